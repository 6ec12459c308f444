/* One neuron fed back on itself, unrolled one step at a time. */
{
  const { arrow, below, box, line, number, scale, tag, text } = CourseFigure;
  const T = 8;
  const INPUTS = {
    pulse: [1, 0, 0, 0, 0, 0, 0, 0],
    steps: [1, 1, 1, 1, 0, 0, 0, 0],
    waves: [1, 1, -1, -1, 1, 1, -1, -1],
  };

  CourseFigure.define("recurrent-neuron", class extends CourseFigure {
    static label = "A recurrent neuron, unrolled step by step";
    static last = T;
    static begins = 3;
    static controls = [
      { id: "w_x", label: "Input weight wₓ", min: -2, max: 2, step: 0.05,
        value: 1 },
      { id: "w_h", label: "Recurrent weight wₕ", min: -1.5, max: 1.5,
        step: 0.05, value: 0.8, tint: "h" },
      { id: "input", label: "Input", value: "pulse",
        options: [["pulse", "a pulse"], ["steps", "on, then off"],
          ["waves", "a wave"]] },
    ];

    /** h_t = tanh(w_x x_t + w_h h_{t-1}). */
    static step(x, h, w_x, w_h) {
      return Math.tanh(w_x * x + w_h * h);
    }

    static run(xs, w_x, w_h) {
      let h = 0;
      return xs.map((x) => (h = this.step(x, h, w_x, w_h)));
    }

    get state() {
      const xs = INPUTS[this.v.input];
      const hs = this.constructor.run(xs, this.v.w_x, this.v.w_h);
      return { ...this.v, t: this.at, xs, hs: hs.slice(0, this.at) };
    }

    say() {
      const { t, xs, hs, w_x, w_h } = this.state;
      if (!t) return "Step 0: nothing read yet, the state is 0.";
      const before = number(hs[t - 2] ?? 0);
      return `Step ${t}: h = tanh(${number(w_x)} · ${number(xs[t - 1], 0)} + ` +
        `${number(w_h)} · ${before}) = ${number(hs[t - 1])}.`;
    }

    draw(w) {
      const { t, xs, hs, w_x, w_h } = this.state;
      const at = scale(0, T, 0, w);
      const up = scale(-1, 1, 106, 6);
      const wide = w / T;
      const size = Math.min(wide - 10, 46);
      const [yh, yx] = [150, 222];
      const pipe = (weight) => ({ wide: 1 + 2.2 * Math.abs(weight),
        "stroke-dasharray": weight < 0 && "3 3" });
      // On a phone without the zero: .54 has room where 0.54 has none.
      const shown = (h) => w < 420 ? number(h).replace("0.", ".") : number(h);
      let svg = line(0, up(0), w, up(0), { c: "grey", wide: 1 }) +
        text(2, up(1) + 8, "1", { "text-anchor": "start", c: "grey" }) +
        text(2, up(-1) + 2, "−1", { "text-anchor": "start", c: "grey" });
      for (let k = 0; k < T; k++) {
        const x = at(k + 0.5);
        const done = k < t;
        const now = k === t - 1;
        svg += box(x, yx, size, 28, number(xs[k], 0),
          { c: done ? "" : "grey", dash: !done }) +
          text(x, yx + 32, `x${below(k + 1)}`, { c: done ? "" : "grey" });
        if (!done) {
          svg += box(x, yh, size, 28, "", { c: "faint", dash: true });
          continue;
        }
        const h = hs[k];
        svg += tag("rect", { x: x - size / 3, width: (2 * size) / 3,
          y: Math.min(up(h), up(0)), height: Math.abs(up(h) - up(0)),
          fill: "var(--fig-h)", opacity: now ? 1 : 0.55 }) +
          arrow(x, yx - 15, x, yh + 16, pipe(w_x));
        if (k) svg += arrow(x - wide + size / 2, yh, x - size / 2 - 1, yh,
          { c: "h", ...pipe(w_h) });
        svg += tag("g", now ? { "data-from": `${k ? -wide : 0},${k ? 0 : 30}` }
          : {}, box(x, yh, size, 28, shown(h),
          { c: "h", fill: now && "wash", "font-size": w < 420 ? 11 : 13 }));
      }
      return [262, svg, `A neuron unrolled over ${T} steps, ${t} of them done` +
        `${t ? `; the state is ${number(hs[t - 1])}` : ""}. Bars show the ` +
        "state after each step; an arrow is as thick as its weight."];
    }
  });
}
