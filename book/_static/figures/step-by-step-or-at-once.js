/* A forecast that reads its own forecasts, beside one made at once. */
{
  const { arrow, line, number, path, scale, tag, text } = CourseFigure;
  const K = 10;

  CourseFigure.define("step-by-step-or-at-once", class extends CourseFigure {
    static label = "A forecast step by step, and one made at once";
    static last = K;
    static begins = 2;

    controls() {
      return [{ id: "series", label: "Series", min: 1,
        max: this.data.known.length, step: 1, value: 1 }];
    }

    get state() {
      const { known, truth, iterated, direct, errors } = this.data;
      const n = this.v.series - 1;
      return { series: n + 1, step: this.at, known: known[n], truth: truth[n],
        iterated: iterated[n].slice(0, this.at),
        direct: this.at ? direct[n] : [],
        errors: { iterated: errors.iterated.slice(0, this.at),
          direct: this.at ? errors.direct : [] } };
    }

    say() {
      const { step, iterated, truth, errors } = this.state;
      if (!step) return "Nothing is forecast yet; ten steps are to come.";
      const reads = step === 1 ? "reads known values only"
        : `reads ${step - 1} of its own ${step === 2 ? "forecast" :
          "forecasts"}`;
      return `Step ${step}: the step-by-step forecast ${reads} and is off by ` +
        `${number(Math.abs(iterated[step - 1] - truth[step - 1]))}. Over ` +
        `${this.data.windows} series, squared: ` +
        `${number(errors.iterated[step - 1], 4)} against ` +
        `${number(errors.direct[step - 1], 4)} at once.`;
    }

    draw(w) {
      const { step, known, truth, iterated, direct, errors } = this.state;
      const shown = known.slice(w < 420 ? -12 : -20);
      const n = shown.length;
      const at = scale(0, n + K - 1, 6, w - 8);
      const all = [...shown, ...truth, ...this.data.iterated[this.v.series - 1],
        ...this.data.direct[this.v.series - 1]];
      const up = scale(Math.min(...all), Math.max(...all), 150, 40);
      const curve = (values) =>
        [[at(n - 1), up(shown[n - 1])],
          ...values.map((value, k) => [at(n + k), up(value)])];
      const dots = (values, r, c) => values.map((value, k) =>
        tag("circle", { cx: at(n + k), cy: up(value), r,
          fill: `var(--fig-${c})` })).join("");
      let svg = text(0, 12, "step by step", { c: "f", "text-anchor": "start" }) +
        text(94, 12, "all at once", { c: "h", "text-anchor": "start" }) +
        text(180, 12, "dots: truth", { "text-anchor": "start" }) +
        line(at(n - 0.5), 24, at(n - 0.5), 160, { c: "grey", wide: 1,
          "stroke-dasharray": "2 3" }) +
        path(shown.map((value, t) => [at(t), up(value)]), {}) +
        dots(truth, 3.5, "ink");
      if (step) {
        svg += path(curve(direct), { c: "h", wide: 2.5 }) +
          path(curve(iterated), { c: "f", "stroke-dasharray": "5 3",
            wide: 2.5 });
        const [x, y] = curve(iterated)[step];
        const [px, py] = curve(iterated)[step - 1];
        svg += tag("circle", { cx: x, cy: y, r: 5, fill: "var(--fig-f)",
          "data-from": `${px - x},${py - y}` });
        // What was forecast goes back in as the newest known value.
        if (step > 1) svg += arrow(px, 172, x, 172, { c: "f", wide: 2 }) +
          text((px + x) / 2, 190, "read again",
            { c: "f", "text-anchor": px > w - 70 ? "end" : "middle" });
      }
      const top = Math.max(...this.data.errors.iterated,
        ...this.data.errors.direct);
      const high = scale(0, top, 304, 226);
      const column = (w - 4) / K;
      svg += text(0, 214, "mean squared error by horizon",
        { "text-anchor": "start" }) +
        line(0, 304, w, 304, { c: "grey", wide: 1 });
      for (let k = 0; k < K; k++) {
        const x = 2 + column * (k + 0.5);
        const bar = (value, from, c) => value === undefined ? "" :
          tag("rect", { x: x + from * column, width: 0.36 * column,
            y: high(value), height: 304 - high(value),
            fill: `var(--fig-${c})` });
        svg += bar(errors.iterated[k], -0.38, "f") +
          bar(errors.direct[k], 0.02, "h") + text(x, 320, k + 1);
      }
      return [326, svg, `A series and its forecasts: ${step} of ten made ` +
        "step by step, " + (step ? "ten at once" : "none at once") +
        ". Below, their mean squared errors by horizon."];
    }
  });
}
