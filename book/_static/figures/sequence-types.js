/* One diagram of one cell, wired in four ways. */
{
  const { arrow, below, box, tag, text } = CourseFigure;
  const N = 3;
  const every = (n) => Array.from({ length: n }, (_, t) => t);
  // For each type: how many steps, which of them read, which of them write.
  const TYPES = {
    "seq-to-seq": { T: 4, reads: every(4), writes: every(4),
      words: "An output at every step: a forecast at each moment, a label " +
        "for each word" },
    "seq-to-vector": { T: 4, reads: every(4), writes: [3],
      words: "One output after the last step: the class of a text, the next " +
        "value" },
    "vector-to-seq": { T: 4, reads: [0], writes: every(4),
      words: "One input, here at the first step, and an output at every " +
        "step: a caption for an image" },
    "encoder-decoder": { T: 6, reads: every(N), writes: [3, 4, 5],
      words: "First read all, then write: a translation" },
  };

  CourseFigure.define("sequence-types", class extends CourseFigure {
    static label = "Four ways to wire one recurrent cell";
    static controls = [
      { id: "type", label: "Wiring", value: "seq-to-seq",
        options: [["seq-to-seq", "sequence to sequence"],
          ["seq-to-vector", "sequence to vector"],
          ["vector-to-seq", "vector to sequence"],
          ["encoder-decoder", "encoder–decoder"]] },
      { id: "output", label: "Output", min: 1, max: 4, step: 1, value: 1,
        tint: "h" },
    ];

    /** The inputs that output number n (from 1) can depend on. */
    static seen(type, n) {
      const { reads, writes } = TYPES[type];
      return reads.filter((t) => t <= writes[n - 1]).map((t) => t + 1);
    }

    /** Wiring of a type: steps, and the steps that read and write. */
    static wiring(type) {
      const { T, reads, writes } = TYPES[type];
      return { T, reads, writes };
    }

    get state() {
      const { type } = this.v;
      const output = Math.min(this.v.output, TYPES[type].writes.length);
      return { type, output, ...this.constructor.wiring(type),
        seen: this.constructor.seen(type, output) };
    }

    say() {
      const { type, output, seen, writes } = this.state;
      const which = seen.length > 1 ? `inputs 1 to ${seen.length}` : "input 1";
      return `${TYPES[type].words}. Output ${output} of ${writes.length} ` +
        `depends on ${which}.`;
    }

    chosen(id) {
      if (id === "type") {
        this.set("output", 1);
        this.fresh = true;
      }
      const range = this.querySelector('[data-id="output"]');
      range.max = TYPES[this.v.type].writes.length;
      range.disabled = range.max === "1";
    }

    render(moved) {
      super.render(this.fresh ? 1 : moved);
      this.fresh = false;
    }

    draw(w) {
      const { type, T, reads, writes, output, seen } = this.state;
      const split = type === "encoder-decoder";
      const wide = w / T;
      const size = Math.min(46, wide - 16);
      const [yx, yh, yo] = [180, 108, 36];
      const end = writes[output - 1];
      let svg = "";
      for (let t = 0; t < T; t++) {
        const x = (t + 0.5) * wide;
        const on = t <= end;
        const c = on ? "h" : "grey";
        const decodes = split && t >= N;
        if (t) svg += arrow(x - wide + size / 2, yh, x - size / 2 - 1, yh,
          { c, wide: on ? 3 : 1.5 });
        svg += box(x, yh, size, 36, `h${below(t + 1)}`,
          { c, fill: on && "wash", dash: decodes });
        if (reads.includes(t)) {
          const lit = seen.includes(t + 1);
          svg += tag("g", { "data-from": "0,24" },
            arrow(x, yx - 17, x, yh + 19, { c: lit ? "" : "grey",
              wide: lit ? 3 : 1.5 }) +
            box(x, yx, size, 34, `x${below(t + 1)}`,
              { c: lit ? "" : "grey", fill: lit && "faint", write: "" }));
        }
        if (writes.includes(t)) {
          const n = writes.indexOf(t) + 1;
          const chosen = n === output;
          svg += tag("g", { "data-from": "0,-24" },
            arrow(x, yh - 18, x, yo + 19, { c: chosen ? "h" : "grey",
              wide: chosen ? 3 : 1.5 }) +
            box(x, yo, size, 34, `y${below(n)}`,
              { c: chosen ? "h" : "grey", fill: chosen && "wash", write: "" }));
        }
        // A decoder reads what it wrote before.
        if (decodes && t > N) {
          svg += arrow(x - wide + size / 2, yo + 10, x - size / 2 + 2, yh - 19,
            { c: on ? "h" : "grey", "stroke-dasharray": "4 3" });
        }
      }
      if (split) {
        svg += text(1.5 * wide, 216, "encoder") +
          text(4.5 * wide, 216, "decoder");
      } else {
        svg += text(w / 2, 216, "the same weights at every step");
      }
      return [224, svg, `${type}: ${reads.length} inputs, ${T} states and ` +
        `${writes.length} outputs. Output ${output} depends on ` +
        `${seen.length} of the inputs.`];
    }
  });
}
