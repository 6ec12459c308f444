/* What is left in the state of an input that was read long ago. */
{
  const { line, number, path, scale, short, tag, text } = CourseFigure;
  const T = 20;
  const XS = Array.from({ length: T }, (_, t) => Math.sin(1.3 * t) / 2);

  CourseFigure.define("fading-memory", class extends CourseFigure {
    static label = "A state as a fading memory of its inputs";
    static controls = [
      { id: "w_h", label: "Recurrent weight wₕ", min: 0, max: 1.2, step: 0.05,
        value: 0.8, tint: "h" },
      { id: "w_x", label: "Input weight wₓ", min: 0.1, max: 2, step: 0.05,
        value: 0.5 },
      { id: "changed", label: "Input to change", min: 1, max: T, step: 1,
        value: 4, tint: "f" },
      { id: "push", label: "Change it by", min: -2, max: 2, step: 0.1,
        value: 1, digits: 1, tint: "f" },
    ];

    static run(xs, w_x, w_h) {
      let h = 0;
      return xs.map((x) => (h = Math.tanh(w_x * x + w_h * h)));
    }

    /** dh_T/dx_t for each t: a factor w_h (1 - h²) for each step between. */
    static influence(xs, w_x, w_h) {
      const hs = this.run(xs, w_x, w_h);
      const found = Array(xs.length);
      let back = 1;
      for (let t = xs.length - 1; t >= 0; t--) {
        back *= 1 - hs[t] ** 2;
        found[t] = back * w_x;
        back *= w_h;
      }
      return found;
    }

    get state() {
      const { w_x, w_h, changed, push } = this.v;
      const xs = XS.map((x, t) => (t === changed - 1 ? x + push : x));
      const run = (inputs) => this.constructor.run(inputs, w_x, w_h);
      return { ...this.v, xs, hs: run(XS), hs_changed: run(xs),
        influence: this.constructor.influence(xs, w_x, w_h) };
    }

    say() {
      const { changed, hs, hs_changed } = this.state;
      const gap = Math.abs(hs[T - 1] - hs_changed[T - 1]);
      return `Input ${changed} is changed; ${T - changed} steps later the ` +
        `states differ by ${short(gap)}.`;
    }

    draw(w) {
      const { changed, hs, hs_changed, influence } = this.state;
      const at = scale(0.5, T + 0.5, 4, w - 4);
      const tall = Math.max(0.1, ...[...hs, ...hs_changed].map(Math.abs));
      const up = scale(-tall, tall, 128, 24);
      const most = Math.max(...influence.map(Math.abs));
      const high = scale(0, most, 236, 172);
      const curve = (values) => values.map((h, t) => [at(t + 1), up(h)]);
      const wide = (w - 8) / T;
      let svg = text(0, 12, "state h", { "text-anchor": "start" }) +
        text(w, 12, "dashed: one input changed",
          { c: "f", "text-anchor": "end" }) +
        line(0, up(0), w, up(0), { c: "grey", wide: 1 }) +
        line(at(changed), 20, at(changed), 132, { c: "f", wide: 1,
          "stroke-dasharray": "2 3" }) +
        path(curve(hs), { c: "h", wide: 2.5 }) +
        path(curve(hs_changed), { c: "f", "stroke-dasharray": "5 3" }) +
        text(0, 162, "influence of each input on the last state",
          { "text-anchor": "start" }) +
        line(0, 236, w, 236, { c: "grey", wide: 1 });
      influence.forEach((value, t) => {
        const y = high(Math.abs(value));
        svg += tag("rect", { x: at(t + 1) - wide * 0.35, width: wide * 0.7,
          y, height: 236 - y,
          fill: `var(--fig-${t === changed - 1 ? "f" : "h"})` });
        if (t % 5 === 4 || t === 0) svg += text(at(t + 1), 252, t + 1);
      });
      return [258, svg, "Two curves of the state over twenty steps, which " +
        `differ by input ${changed}, and the influence of each input on the ` +
        `last state: ${short(Math.abs(influence[changed - 1]))} for input ` +
        `${changed}, ${short(Math.abs(influence[T - 1]))} for the last.`];
    }
  });
}
