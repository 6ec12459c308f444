/* Which paths lead from an input to the output of a stack of layers. */
{
  const { arrow, below, box, line, number, short, tag, text } = CourseFigure;
  const T = 6;

  CourseFigure.define("deep-rnn", class extends CourseFigure {
    static label = "Paths through a stack of recurrent layers";
    static begins = 1;
    static controls = [
      { id: "layers", label: "Layers L", min: 1, max: 4, step: 1, value: 2 },
      { id: "input", label: "Input", min: 1, max: T, step: 1, value: 3 },
      { id: "weight", label: "Each weight w", min: 0.2, max: 1.2, step: 0.05,
        value: 0.8, tint: "h" },
    ];

    /** All paths: the layer (from 1) at which each step to the right is
        taken, lowest first; a path never goes down. */
    static paths(layers, rights) {
      let found = [[]];
      for (let n = 0; n < rights; n++) {
        found = found.flatMap((path) => {
          const low = path[n - 1] ?? 1;
          return Array.from({ length: layers - low + 1 },
            (_, k) => [...path, low + k]);
        });
      }
      return found;
    }

    get last() {
      const { layers, input } = this.v;
      return this.constructor.paths(layers, T - input).length;
    }

    get state() {
      const { layers, input, weight } = this.v;
      const paths = this.constructor.paths(layers, T - input);
      const length = layers + T - input;
      return { layers, input, weight, path: this.at, paths,
        count: paths.length, length,
        gradient: paths.length * weight ** length,
        gradients: Array.from({ length: T }, (_, n) =>
          this.constructor.paths(layers, T - 1 - n).length *
          weight ** (layers + T - 1 - n)) };
    }

    chosen() {
      this.at = 0;
    }

    say() {
      const { layers, input, path, count, length, weight, gradient } =
        this.state;
      if (!path) {
        return `From input ${input} to the output: ${count} ` +
          `${count > 1 ? "paths" : "path"} of ${length} weights each. ` +
          `Gradient of linear units: ${count} · ${number(weight)}^${length} ` +
          `= ${short(gradient)}.`;
      }
      return `Path ${path} of ${count}: ${T - input} to the right, ${layers} ` +
        `up, so ${length} factors: ${number(weight)}^${length} = ` +
        `${short(weight ** length)}. All paths together: ${short(gradient)}.`;
    }

    draw(w) {
      const { layers, input, path, paths, gradients } = this.state;
      const wide = w / T;
      const size = Math.min(44, wide - 24);
      const row = 56;
      const y = (layer) => (layers + 1 - layer) * row - 2;
      const x = (t) => (t - 0.5) * wide;
      // The layers at which the drawn path goes to the right.
      const on = path ? paths[path - 1] : null;
      const highlighted = (edge) => {
        if (!on) return false;
        let [layer, t] = [0, input];
        for (const next of [...on, layers]) {
          for (; layer < next; layer++) {
            if (edge === `up ${layer} ${t}`) return true;
          }
          if (t < T && edge === `right ${layer} ${t}`) return true;
          t++;
        }
        return false;
      };
      let svg = "";
      for (let t = 1; t <= T; t++) {
        for (let layer = 0; layer <= layers; layer++) {
          const reached = t >= input && (layer || t === input);
          const draw = (edge, ...points) => {
            const lit = highlighted(edge);
            return arrow(...points, { c: lit ? "r" : reached ? "h" : "grey",
              wide: lit ? 5 : reached ? 2 : 1 });
          };
          if (layer < layers) svg += draw(`up ${layer} ${t}`, x(t),
            y(layer) - 15, x(t), y(layer + 1) + 16);
          if (layer && t < T) svg += draw(`right ${layer} ${t}`,
            x(t) + size / 2, y(layer), x(t + 1) - size / 2 - 1, y(layer));
          svg += box(x(t), y(layer), size, 28, layer ? "h" : `x${below(t)}`,
            { c: reached ? "h" : "grey", write: "",
              fill: reached && "wash" });
        }
      }
      svg += arrow(x(T), y(layers) - 15, x(T), y(layers) - 40, { c: "h",
        wide: 2 }) + text(x(T) - 14, y(layers) - 34, "output",
        { "text-anchor": "end" });
      // What reaches each input: the number of paths times what each carries.
      const foot = y(0) + 112;
      const tall = 46 / Math.max(...gradients);
      svg += text(0, y(0) + 40, "gradient at each input, all paths together",
        { "text-anchor": "start" }) + line(0, foot, w, foot, { c: "grey",
        wide: 1 });
      gradients.forEach((value, n) => {
        svg += tag("rect", { x: x(n + 1) - size / 3, width: (2 * size) / 3,
          y: foot - tall * value, height: tall * value, fill: "var(--fig-h)",
          opacity: n + 1 === input ? 1 : 0.45 }) +
          text(x(n + 1), foot + 16, short(value), { "font-size": 12,
            c: n + 1 === input ? "h" : "grey" });
      });
      return [foot + 22, svg, `${layers} layers over ${T} steps. ` +
        `${paths.length} paths lead from input ${input} to the ` +
        `output${path ? `; number ${path} is drawn` : ""}. Bars show the ` +
        "gradient at each input."];
    }
  });
}
