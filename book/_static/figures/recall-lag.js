/* Recall over a lag: networks that were trained while the book was built. */
{
  const { line, number, path, scale, short, tag, text } = CourseFigure;

  CourseFigure.define("recall-lag", class extends CourseFigure {
    static label = "Recall of the first symbol after a lag";

    controls() {
      const { lags, runs } = this.data;
      return [
        { id: "cell", label: "Network", value: Object.keys(runs)[1],
          options: Object.keys(runs).map((name) => [name, name]) },
        { id: "lag", label: "Length T", value: String(lags[0]),
          options: lags.map((lag) => [String(lag), String(lag)]) },
      ];
    }

    get state() {
      const { cell, lag } = this.v;
      const { lags, runs, guess } = this.data;
      return { cell, lag: +lag, guess, ...runs[cell][lags.indexOf(+lag)] };
    }

    say() {
      const { cell, lag, accuracy, steps, influence, guess } = this.state;
      const most = Math.max(...influence);
      return `${lag} steps, ${steps ? `${steps} training steps` : cell}: ` +
        `right in ${number(100 * accuracy, 1)} %; a guess has ` +
        `${100 * guess} %. Exchanging the first input changes the answer by ` +
        `${short(influence[0])}; the most that any input does is ` +
        `${short(most)}.`;
    }

    draw(w) {
      const { cell, lag, influence, guess } = this.state;
      const { lags, runs } = this.data;
      const at = scale(0, lags.length - 1, 46, w - 24);
      const up = scale(0, 1, 118, 26);
      let svg = text(0, 12, "accuracy, by the length of the sequence",
        { "text-anchor": "start" });
      for (const [value, words] of [[0, "0"], [0.5, "50 %"], [1, "100 %"]]) {
        svg += line(40, up(value), w, up(value),
          { c: value ? "faint" : "grey", wide: 1 }) +
          text(36, up(value) + 4, words, { "text-anchor": "end",
            "font-size": 12 });
      }
      svg += line(40, up(guess), w, up(guess), { c: "grey",
        "stroke-dasharray": "4 4" }) +
        text(w, up(guess) + 15, "a guess", { "text-anchor": "end" });
      Object.entries(runs).forEach(([name, all], n) => {
        const c = n ? "h" : "f";
        const on = name === cell;
        svg += path(all.map((run, k) => [at(k), up(run.accuracy)]),
          { c, wide: on ? 3 : 1.5, "stroke-dasharray": n ? undefined : "6 3" });
        all.forEach((run, k) => {
          const here = on && lags[k] === lag;
          svg += tag("circle", { cx: at(k), cy: up(run.accuracy),
            r: here ? 6 : 3.5, fill: `var(--fig-${c})` });
        });
      });
      lags.forEach((n, k) => { svg += text(at(k), 136, n); });
      const most = Math.max(...influence);
      const high = scale(0, most, 258, 186);
      const wide = w / lag;
      svg += text(0, 172, "change of the answer if an input is exchanged",
        { "text-anchor": "start" }) +
        line(0, 258, w, 258, { c: "grey", wide: 1 });
      influence.forEach((value, t) => {
        svg += tag("rect", { x: (t + 0.12) * wide, width: 0.76 * wide,
          y: high(value), height: 258 - high(value),
          fill: `var(--fig-${t ? "grey" : "r"})` });
      });
      svg += text(0, 275, "the one to recall",
        { "text-anchor": "start", c: "r" }) +
        text(w, 275, "the last", { "text-anchor": "end" });
      return [282, svg, `Accuracy of ${Object.keys(runs).join(" and ")} at ` +
        `lengths ${lags.join(", ")}, and the influence of each input on the ` +
        `answer, ${cell}, at length ${lag}.`];
    }
  });
}
