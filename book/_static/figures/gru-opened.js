/* The same gates in two conventions of the GRU, for one unit. */
{
  const { arrow, box, line, number, path, scale, tag, text } = CourseFigure;
  const LAST = 10;
  const W_HN = 1.5;

  CourseFigure.define("gru-opened", class extends CourseFigure {
    static label = "A gated recurrent unit in two conventions";
    static last = LAST;
    static controls = [
      { id: "z", label: "Update gate z", min: 0, max: 1, step: 0.05,
        value: 0.75, tint: "z" },
      { id: "r", label: "Reset gate r", min: 0, max: 1, step: 0.05, value: 0.5,
        tint: "r" },
      { id: "a", label: "From the input", min: -2, max: 2, step: 0.1,
        value: 1, digits: 1, tint: "n" },
      { id: "b", label: "Bias bₕₙ", min: -2, max: 2, step: 0.1, value: 1,
        digits: 1 },
      { id: "swap", label: "Swap z in the other: 1 − z", value: false },
    ];

    /** torch: the reset gate after the product and its bias, z keeps. */
    static after({ z, r, a, b }, h) {
      const n = Math.tanh(a + r * (W_HN * h + b));
      return { n, h: (1 - z) * n + z * h };
    }

    /** The reset gate before the product; z writes, or 1 - z if swapped. */
    static before({ z, r, a, b, swap }, h) {
      const n = Math.tanh(a + W_HN * (r * h) + b);
      const keeps = swap ? z : 1 - z;
      return { n, h: (1 - keeps) * n + keeps * h };
    }

    past = [];

    get state() {
      const [first, second] = this.past[this.past.length - 1] ?? [0, 0];
      return { t: this.at, ...this.v, w: W_HN, h: [first, second],
        next: [this.constructor.after(this.v, first),
          this.constructor.before(this.v, second)], past: this.past };
    }

    stepped(moved) {
      if (moved > 0) {
        this.past = [...this.past, this.state.next.map(({ h }) => h)];
      } else this.past = this.past.slice(0, this.at);
    }

    say() {
      const { t, h, next } = this.state;
      const gap = Math.abs(h[0] - h[1]);
      const now = t ? `Step ${t}: torch's h is ${number(h[0])}, the ` +
        `other ${number(h[1])}` + (gap < 5e-13 ? ", the same." : ".")
        : "Both start from h = 0.";
      return `${now} Next they would have ${number(next[0].h)} and ` +
        `${number(next[1].h)}.`;
    }

    draw(w) {
      const { t, h, next, past, swap } = this.state;
      const at = scale(-1, 1, 16, w - 16);
      const lane = (top, title, old, { n, h: now }, colour) => {
        const y = top + 44;
        return text(0, top + 12, title, { "text-anchor": "start", c: colour }) +
          line(at(-1), y, at(1), y, { c: "faint", wide: 6,
            "stroke-linecap": "round" }) +
          line(at(old), y, at(n), y, { c: "grey", wide: 6 }) +
          arrow(at(old), y, at(now), y, { c: colour, wide: 4 }) +
          tag("circle", { cx: at(n), cy: y, r: 8, fill: "var(--fig-n)" }) +
          tag("circle", { cx: at(old), cy: y, r: 8, fill: "var(--fig-paper)",
            stroke: `var(--fig-${colour})`, "stroke-width": 3 }) +
          text(at(n), y - 13, `n ${number(n)}`, { c: "n", "text-anchor":
            n > 0.7 ? "end" : n < -0.7 ? "start" : "middle" }) +
          text(Math.max(50, Math.min(w - 50, at((old + now) / 2))), y + 25,
            `h ${number(old)} → ${number(now)}`, { c: colour });
      };
      const up = scale(-1, 1, 290, 196);
      const x = scale(0, LAST, 12, w - 12);
      const curve = (k) => [[x(0), up(0)],
        ...past.map((both, s) => [x(s + 1), up(both[k])])];
      let svg = lane(0, "torch: z keeps, reset after the product", h[0],
        next[0], "h") +
        lane(88, `the other: z ${swap ? "keeps" : "writes"}, reset before the ` +
          "product", h[1], next[1], "f") +
        text(0, 186, "the states, step by step; hollow: the next", { "text-anchor": "start" }) +
        line(0, up(0), w, up(0), { c: "grey", wide: 1 }) +
        path(curve(0), { c: "h", wide: 3 }) +
        path(curve(1), { c: "f", wide: 2.5, "stroke-dasharray": "5 3" });
      for (const [k, c] of [[0, "h"], [1, "f"]]) {
        svg += tag("circle", { cx: x(t), cy: up(h[k]), r: 5,
          fill: `var(--fig-${c})` });
        // The next step, as the gates stand now.
        if (t < LAST) {
          svg += line(x(t), up(h[k]), x(t + 1), up(next[k].h), { c,
            "stroke-dasharray": "2 3" }) +
            tag("circle", { cx: x(t + 1), cy: up(next[k].h), r: 4.5,
              fill: "var(--fig-paper)", stroke: `var(--fig-${c})`,
              "stroke-width": 1.5 });
        }
      }
      for (let s = 0; s <= LAST; s += 2) svg += text(x(s), 308, s);
      return [314, svg, `Two states after ${t} steps: ${number(h[0])} in ` +
        `torch's convention, ${number(h[1])} in the second. Each moves from ` +
        "its old value towards the candidate n; z says how far."];
    }
  });
}
