/* One neuron reads any number of steps; how many does it need? */
{
  const { line, number, path, scale, short, tag, text } = CourseFigure;

  CourseFigure.define("any-length", class extends CourseFigure {
    static label = "One neuron that reads any number of steps";

    controls() {
      const { w_x, w_h, inputs } = this.data;
      return [
        { id: "length", label: "Steps to read", min: 1, max: inputs[0].length,
          step: 1, value: 10, tint: "f" },
        { id: "series", label: "Series", min: 1, max: inputs.length, step: 1,
          value: 1 },
        { id: "w_x", label: "Input weight wₓ", min: -2, max: 2, step: 0.01,
          value: w_x },
        { id: "w_h", label: "Recurrent weight wₕ", min: -1.2, max: 1.2,
          step: 0.01, value: w_h, tint: "h" },
      ];
    }

    /** The forecast of the neuron that reads the last `length` values. */
    static forecast(xs, length, w_x, w_h) {
      let h = 0;
      for (const x of xs.slice(-length)) h = Math.tanh(w_x * x + w_h * h);
      return h;
    }

    get state() {
      const { length, series, w_x, w_h } = this.v;
      const xs = this.data.inputs[series - 1];
      const forecasts = xs.map((_, n) =>
        this.constructor.forecast(xs, n + 1, w_x, w_h));
      return { ...this.v, target: this.data.targets[series - 1], forecasts,
        forecast: forecasts[length - 1] };
    }

    say() {
      const { length, forecast, forecasts, target } = this.state;
      const all = forecasts[forecasts.length - 1];
      return `After ${length} ${length > 1 ? "steps" : "step"} the forecast ` +
        `is ${number(forecast)}, ${short(Math.abs(forecast - all))} from ` +
        `that of all ${forecasts.length}. The truth is ${number(target)}.`;
    }

    draw(w) {
      const { length, series, target, forecasts, forecast } = this.state;
      const xs = this.data.inputs[series - 1];
      const n = xs.length;
      const at = scale(0, n + 1, 0, w - 6);
      const tall = Math.max(...xs.map(Math.abs), Math.abs(target));
      const up = scale(-tall, tall, 112, 26);
      const points = xs.map((x, t) => [at(t), up(x)]);
      const range = [...forecasts, target].map((y) =>
        Math.max(-1.5 * tall, Math.min(1.5 * tall, y)));
      const high = scale(Math.min(...range), Math.max(...range), 248, 170);
      // Read from the right: the n-th forecast has begun n steps back.
      const curve = forecasts.map((y, k) =>
        [at(n - 1 - k), Math.max(158, Math.min(260, high(y)))]);
      const x = at(n - length);
      const svg = text(0, 12, "read: the thick part",
        { "text-anchor": "start" }) +
        text(w, 12, "● truth ○ forecast", { "text-anchor": "end" }) +
        path(points, { c: "grey", wide: 1.2 }) +
        path(points.slice(-length), { wide: 3 }) +
        tag("circle", { cx: at(n), cy: up(target), r: 4,
          fill: "var(--fig-ink)" }) +
        tag("circle", { cx: at(n), cy: up(Math.max(-tall,
          Math.min(tall, forecast))), r: 5, fill: "none",
        stroke: "var(--fig-h)", "stroke-width": 2.5 }) +
        line(x, 22, x, 122, { c: "f", "stroke-dasharray": "3 3" }) +
        line(x, 152, x, 262, { c: "f", "stroke-dasharray": "3 3" }) +
        text(0, 142, "forecast, by the step where reading begins",
          { "text-anchor": "start" }) +
        line(0, high(target), w - 6, high(target),
          { c: "grey", "stroke-dasharray": "6 4" }) +
        text(0, high(target) + (target < forecasts[n - 1] ? 15 : -6), "truth",
          { "text-anchor": "start" }) +
        path(curve, { c: "h", wide: 2.5 }) +
        tag("circle", { cx: x, cy: curve[length - 1][1], r: 5,
          fill: "var(--fig-h)" });
      return [274, svg, `A series of ${n} values, of which the last ` +
        `${length} are read, and the forecast by the step where reading ` +
        `begins: ${number(forecast)} now, the truth is ${number(target)}.`];
    }
  });
}
