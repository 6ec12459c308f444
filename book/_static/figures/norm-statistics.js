/* Batch or layer normalisation: which numbers share a mean. */
{
  const { number, tag, text } = CourseFigure;
  const EPS = 1e-5;
  // Pre-activations of six sequences (rows) and five units at one step.
  const ROWS = [
    [0.4, -1.2, 0.9, 2.1, 0.3],
    [1.8, 0.6, -0.5, 3.0, 1.1],
    [-0.7, -2.0, 0.2, 1.4, -0.9],
    [0.1, -0.3, 1.6, 2.6, 0.5],
    [2.5, 1.0, 0.7, 3.9, 1.9],
    [-1.1, -1.6, -0.4, 0.8, -0.2],
  ];

  CourseFigure.define("norm-statistics", class extends CourseFigure {
    static label = "Which numbers share a mean";
    static controls = [
      { id: "kind", label: "Normalise by", value: "batch",
        options: [["batch", "batch"], ["layer", "layer"]] },
      { id: "B", label: "Batch size", min: 1, max: ROWS.length, step: 1,
        value: ROWS.length },
      { id: "row", label: "Sequence", min: 1, max: ROWS.length, step: 1,
        value: 2, tint: "h" },
      { id: "unit", label: "Unit", min: 1, max: ROWS[0].length, step: 1,
        value: 4, tint: "h" },
    ];

    /** (a - mean) / sqrt(variance + eps), over those that share them. */
    static normalise(rows, kind) {
      const over = (values) => {
        const mean = values.reduce((a, b) => a + b) / values.length;
        const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) /
          values.length;
        return { mean, std: Math.sqrt(variance + EPS) };
      };
      const groups = kind === "layer" ? rows.map(over)
        : rows[0].map((_, j) => over(rows.map((row) => row[j])));
      return { groups, values: rows.map((row, b) => row.map((a, j) => {
        const { mean, std } = groups[kind === "layer" ? b : j];
        return (a - mean) / std;
      })) };
    }

    get state() {
      const { kind, B, unit } = this.v;
      const row = Math.min(this.v.row, B);
      const rows = ROWS.slice(0, B);
      const { groups, values } = this.constructor.normalise(rows, kind);
      return { kind, B, row, unit, rows, values,
        value: values[row - 1][unit - 1],
        ...groups[(kind === "layer" ? row : unit) - 1] };
    }

    chosen() {
      const range = this.querySelector('[data-id="row"]');
      range.max = this.v.B;
      if (this.v.row > this.v.B) this.set("row", this.v.B);
      range.disabled = this.v.B === 1;
    }

    say() {
      const { kind, B, mean, value, rows, row, unit } = this.state;
      const n = kind === "layer" ? rows[0].length : B;
      if (n === 1) {
        return "A batch of one: the number is its own mean, and 0 is all " +
          "that is left. torch refuses to compute it.";
      }
      return `${number(rows[row - 1][unit - 1], 1)} shares its mean, ` +
        `${number(mean)}, with ${n - 1} other numbers: ` +
        (kind === "layer" ? "the other units of the same sequence."
          : "the same unit in the other sequences.") +
        ` Normalised it is ${number(value)}.`;
    }

    draw(w) {
      const { kind, B, rows, row, unit, values } = this.state;
      const left = w < 420 ? 18 : 90;
      const wide = Math.min(110, (w - left) / 5);
      const high = 27;
      const table = (numbers, top, digits) => {
        let svg = "";
        for (let b = 0; b < ROWS.length; b++) {
          for (let j = 0; j < 5; j++) {
            const [x, y] = [left + j * wide, top + b * high];
            const gone = b >= B;
            const shares = !gone && (kind === "layer" ? b === row - 1
              : j === unit - 1);
            const chosen = b === row - 1 && j === unit - 1;
            svg += tag("rect", { x: x + 1.5, y: y + 1.5, width: wide - 3,
              height: high - 3, rx: 3,
              fill: `var(--fig-${shares ? "wash" : "paper"})`,
              stroke: `var(--fig-${chosen ? "h" : "faint"})`,
              "stroke-width": chosen ? 3 : 1,
              "stroke-dasharray": gone && "3 3" });
            if (!gone) svg += text(x + wide / 2, y + 18,
              number(numbers[b][j], digits),
              { "font-weight": shares ? 700 : 400 });
          }
          svg += text(left - 6, top + b * high + 18,
            w < 420 ? b + 1 : `sequence ${b + 1}`, { "text-anchor": "end",
              c: b < B ? "" : "grey" });
        }
        return svg;
      };
      const second = 28 + ROWS.length * high + 38;
      const svg = text(left, 16, w < 420
        ? "before: sequences down, units across"
        : "before: a row is a sequence, a column a unit",
      { "text-anchor": "start" }) + table(rows, 24, 1) +
        text(left, second - 8, "after", { "text-anchor": "start" }) +
        table(values, second, 2);
      return [second + ROWS.length * high + 6, svg,
        `${B} ${B > 1 ? "sequences" : "sequence"} of five numbers, before ` +
        `and after normalisation by ${kind}. Those that share a mean with ` +
        `sequence ${row}, unit ${unit} stand on blue.`];
    }
  });
}
