/* Seeds and intervals: when may you say "better"? */
{
  const { line, number, scale, short, tag, text } = CourseFigure;

  CourseFigure.define("fair-contest", class extends CourseFigure {
    static label = "Seeds and intervals: when may you say better?";

    controls() {
      const { contests } = this.data;
      return [
        { id: "contest", label: "Contest", value: "0",
          options: contests.map(({ title }, n) => [String(n), title]) },
        { id: "seeds", label: "Seeds", min: 2, max: 5, step: 1, value: 2 },
        { id: "paired", label: "Compare by", value: "difference",
          options: [["difference", "the difference within a seed"],
            ["separate", "two separate intervals"]] },
      ];
    }

    /** Mean and 95 % t-interval; values that are all the same have none. */
    static interval(values, t) {
      const n = values.length;
      const mean = values.reduce((a, b) => a + b) / n;
      if (values.every((value) => value === values[0])) {
        return [mean, mean, mean];
      }
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) /
        (n - 1);
      const half = t[n - 2] * Math.sqrt(variance / n);
      return [mean, mean - half, mean + half];
    }

    get state() {
      const { contest, seeds, paired } = this.v;
      const { t, contests } = this.data;
      const [first, second] = contests[contest].errors
        .map((errors) => errors.slice(0, seeds));
      const of = (values) => this.constructor.interval(values, t);
      const gap = of(second.map((error, n) => error - first[n]));
      const [a, b] = [of(first), of(second)];
      const side = paired === "difference"
        ? [gap[1] > 0, gap[2] < 0]
        : [a[2] < b[1], b[2] < a[1]];
      return { contest: +contest, seeds, paired, first, second, a, b, gap,
        verdict: side[0] ? "first" : side[1] ? "second" : "undecided" };
    }

    say() {
      const { contest, seeds, verdict, paired, gap } = this.state;
      const { names } = this.data.contests[contest];
      const why = paired === "difference"
        ? `the interval of the difference ${verdict === "undecided"
          ? "contains" : "is clear of"} zero`
        : `the two intervals ${verdict === "undecided" ? "overlap"
          : "are apart"}`;
      if (verdict === "undecided") return `${seeds} seeds: no verdict; ${why}.`;
      const who = names[verdict === "first" ? 0 : 1];
      return `${seeds} seeds: lower for ${who}, by ` +
        `${short(Math.abs(gap[0]))} in the mean; ${why}.`;
    }

    draw(w) {
      const { contest, seeds, first, second, a, b, gap, paired, verdict } =
        this.state;
      const { names, errors } = this.data.contests[contest];
      const all = errors.flat();
      const [least, most] = [Math.min(...all), Math.max(...all)];
      const room = (most - least) * 0.35;
      const at = scale(Math.max(0, least - room), most + room, 10, w - 10);
      const inside = (x) => Math.max(2, Math.min(w - 2, x));
      const dot = (x, y, c, r = 5) =>
        tag("circle", { cx: x, cy: y, r, fill: `var(--fig-${c})` });
      const bar = (x, y, [mean, low, high], c, wide = 4) =>
        line(inside(x(low)), y, inside(x(high)), y, { c, wide }) +
        tag("rect", { x: inside(x(mean)) - 2, y: y - 8, width: 4, height: 16,
          fill: `var(--fig-${c})` });
      let svg = text(0, 12, `● ${names[0]}`, { "text-anchor": "start",
        c: "h" }) +
        text(w, 12, `${names[1]} ●`, { "text-anchor": "end", c: "f" });
      for (let n = 0; n < 5; n++) {
        const y = 34 + n * 22;
        if (n >= seeds) {
          svg += text(w / 2, y + 4, "not run yet", { c: "grey" });
          continue;
        }
        svg += line(at(first[n]), y, at(second[n]), y,
          { c: first[n] < second[n] ? "h" : "f", wide: 2 }) +
          dot(at(second[n]), y, "f") + dot(at(first[n]), y, "h");
      }
      const step = 10 ** Math.floor(Math.log10(most - least));
      const digits = Math.max(0, -Math.log10(step));
      svg += line(0, 142, w, 142, { c: "grey", wide: 1 });
      svg += text(w / 2, 158, "error", { c: "grey" });
      for (const error of [least, most]) {
        svg += text(at(error), 158, number(error, Math.round(digits) + 1));
      }
      if (paired === "separate") {
        svg += text(0, 184, "each mean with its 95 % interval",
          { "text-anchor": "start" }) + bar(at, 206, a, "h") +
          bar(at, 230, b, "f");
      } else {
        const tall = Math.max(Math.abs(gap[1]), Math.abs(gap[2]),
          (most - least) * 0.6);
        const x = scale(-tall, tall, 10, w - 10);
        svg += text(0, 184, "second less first, within a seed; 95 % interval",
          { "text-anchor": "start" }) +
          line(x(0), 194, x(0), 236, { c: "grey", "stroke-dasharray": "3 3" }) +
          text(x(0), 252, "0") +
          bar(x, 215, gap, verdict === "first" ? "h"
            : verdict === "second" ? "f" : "grey", 6);
      }
      return [260, svg, `Errors of ${names.join(" and ")} over ${seeds} ` +
        `seeds. Verdict: ${verdict}.`];
    }
  });
}
