/* Gradients on their way back through time, and what truncation cuts off. */
{
  const { arrow, below, box, line, number, short, text } = CourseFigure;
  const T = 8;
  const XS = [0.3, -0.1, 0.2, 0.1, 0.3, -0.1, 0.2, 0.1];
  const W_X = 0.6;
  const H0 = 0.2;

  CourseFigure.define("bptt-arrows", class extends CourseFigure {
    static label = "Backpropagation through time, one arrow at a time";
    static last = T;
    static begins = 3;
    static controls = [
      { id: "w_h", label: "Recurrent weight wₕ", min: -1.5, max: 1.5,
        step: 0.05, value: 0.9, tint: "h" },
      { id: "window", label: "Pieces of", min: 1, max: T, step: 1,
        value: T, tint: "r" },
      { id: "loss", label: "Loss", value: "last",
        options: [["last", "at the last step"], ["every", "at every step"]] },
    ];

    static forward(xs, h0, w_x, w_h) {
      let h = h0;
      return xs.map((x) => (h = Math.tanh(w_x * x + w_h * h)));
    }

    /** As course_lib's rnn_backward, for one unit without a bias.

        `to[t]` is what step t receives from step t + 1, `da[t]` the gradient
        at its pre-activation, `dW_h` the sum that they add up to. */
    static backward(dhs, xs, h0, w_x, w_h, window) {
      const hs = this.forward(xs, h0, w_x, w_h);
      const [da, to] = [[], []];
      let [dW_h, back] = [0, 0];
      for (let t = xs.length - 1; t >= 0; t--) {
        to[t] = back;
        da[t] = (1 - hs[t] ** 2) * (dhs[t] + back);
        dW_h += da[t] * (t ? hs[t - 1] : h0);
        back = t && t % window === 0 ? 0 : da[t] * w_h;
      }
      return { hs, da, to, dW_h, dh0: back };
    }

    get state() {
      const { w_h, window, loss } = this.v;
      const dhs = XS.map((_, t) => +(loss === "every" || t === T - 1));
      const run = (n) =>
        this.constructor.backward(dhs, XS, H0, W_X, w_h, n);
      return { ...this.v, back: this.at, xs: XS, w_x: W_X, h0: H0, dhs,
        ...run(window), full: run(T).dW_h };
    }

    say() {
      const { back, da, to, window, dW_h, full, loss } = this.state;
      if (!back) return "The forward pass is done; nothing has gone back yet.";
      const t = T - back;
      const cut = (t + 1) % window === 0 && t + 1 < T;
      const from = t === T - 1 ? "the loss alone"
        : cut ? `${loss === "every" ? "its own loss; " : "no loss, and "}` +
          "the cut lets nothing through"
          : `${short(to[t])} from step ${t + 2}`;
      const sum = back === T
        ? ` The sum for wₕ: ${short(dW_h)}; without a cut ${short(full)}.`
        : "";
      return `Step ${t + 1} receives ${from}; its gradient is ` +
        `${short(da[t])}.${sum}`;
    }

    draw(w) {
      const { back, hs, da, to, dhs, window, dW_h, full } = this.state;
      const wide = w / T;
      const size = Math.min(46, wide - 18);
      const xsize = Math.min(46, wide - 7);
      const [yl, yh, yx] = [18, 92, 160];
      const thick = (value) => Math.min(9, 0.6 + 7 * Math.abs(value));
      let svg = "";
      for (let t = 0; t < T; t++) {
        const x = (t + 0.5) * wide;
        const cut = t && t % window === 0;
        svg += arrow(x, yx - 14, x, yh + 18, { c: "grey" }) +
          box(x, yx, xsize, 26, number(XS[t], 1), { c: "grey", write: "" }) +
          text(x, yx + 30, `x${below(t + 1)}`);
        if (t) svg += arrow(x - wide + size / 2, yh - 7, x - size / 2 - 1,
          yh - 7, { c: "grey" });
        if (cut) svg += line(x - wide / 2, 44, x - wide / 2, 190,
          { c: "r", wide: 2, "stroke-dasharray": "5 4" });
        const done = t >= T - back;
        svg += box(x, yh, size, 32, `h${below(t + 1)}`,
          { c: done ? "h" : "grey", fill: done && "wash", write: "" });
        if (dhs[t]) {
          svg += box(x, yl, size, 24, "L", { c: "grey", write: "" });
          if (done) svg += arrow(x, yl + 13, x, yh - 17,
            { c: "r", wide: thick(1) });
        }
        if (done) {
          const newest = t === T - back && { "data-from": `${wide},0` };
          if (t < T - 1 && to[t]) svg += arrow(x + wide - size / 2, yh + 8,
            x + size / 2 + 1, yh + 8, { c: "r", wide: thick(to[t]), ...newest });
          svg += text(x, 208, da[t] === 0 ? "0" : number(da[t],
            Math.abs(da[t]) < 0.095 ? 3 : 2), { c: "r", "font-size": 12 });
        }
      }
      const error = Math.abs(dW_h - full) / (Math.abs(full) || 1);
      svg += text(0, 236, "gradient at each step above; its sum for wₕ:",
        { "text-anchor": "start" }) +
        text(0, 256, back < T ? "send the gradient back to the first step"
          : `${short(dW_h)}, in full ${short(full)}: ` +
            `${number(100 * error, 1)} % off`,
        { "text-anchor": "start", c: back < T ? "grey" : "r" });
      return [264, svg, `Eight steps; the gradient has gone back ${back} of ` +
        `them${window < T ? `, in pieces of ${window}` : ""}.`];
    }
  });
}
