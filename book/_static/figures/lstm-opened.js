/* The LSTM opened: gates under sliders, the cell state travelling. */
{
  const { arrow, box, line, number, path, scale, tag, text } = CourseFigure;
  const LAST = 10;
  const PRESETS = {
    write: { f: 0, i: 1 },
    keep: { f: 1, i: 0 },
    add: { f: 1, i: 1 },
    fade: { f: 0.5, i: 0 },
  };
  const gate = (id, label, value) => ({ id, label, min: id === "g" ? -1 : 0,
    max: 1, step: 0.05, value, tint: id });

  CourseFigure.define("lstm-opened", class extends CourseFigure {
    static label = "An LSTM cell, its gates held by hand";
    static last = LAST;
    static controls = [
      { id: "preset", label: "Hold", value: "write",
        options: [["write", "write"], ["keep", "keep"], ["add", "add"],
          ["fade", "fade"], ["hand", "by hand"]] },
      gate("f", "Forget gate f", 0),
      gate("i", "Input gate i", 1),
      gate("g", "Candidate g", 0.9),
      gate("o", "Output gate o", 0.2),
    ];

    /** c_t = f c_{t-1} + i g, then h_t = o tanh(c_t). */
    static step({ i, f, g, o }, { c }) {
      const next = f * c + i * g;
      return { h: o * Math.tanh(next), c: next };
    }

    past = [];

    get state() {
      const { i, f, g, o } = this.v;
      const now = this.past[this.past.length - 1] ?? { h: 0, c: 0 };
      return { t: this.at, gates: { i, f, g, o }, h: now.h, c: now.c,
        next: this.constructor.step({ i, f, g, o }, now), past: this.past };
    }

    chosen(id, value) {
      if (id !== "preset") this.set("preset", "hand");
      else for (const [name, to] of Object.entries(PRESETS[value] ?? {})) {
        this.set(name, to);
      }
    }

    stepped(moved) {
      if (moved > 0) {
        const { gates, next } = this.state;
        this.past = [...this.past, { ...gates, ...next }];
      } else this.past = this.past.slice(0, this.at);
    }

    say() {
      const { t, past, h, c, next } = this.state;
      if (!t) {
        return `Nothing is stored yet. The next step would give ` +
          `c = ${number(next.c)}, h = ${number(next.h)}.`;
      }
      const { f, i, g } = past[t - 1];
      const before = past[t - 2]?.c ?? 0;
      return `Step ${t}: f keeps ${number(f)} of ${number(before)}, i lets in ` +
        `${number(i)} of ${number(g)}: c = ${number(c)}. o shows ` +
        `h = ${number(h)}.`;
    }

    draw(w) {
      const { t, gates, c, next, past } = this.state;
      const { i, f, g, o } = gates;
      const x = (share) => share * w;
      const [yc, ym, yg] = [56, 112, 176];
      const thick = (value) => 1 + 8 * Math.min(1.2, Math.abs(value));
      const cell = Math.min(70, w * 0.15);
      const pipe = (x1, y1, x2, y2, value, colour) =>
        arrow(x1, y1, x2, y2, { c: colour, wide: thick(value),
          "stroke-dasharray": value < 0 && "7 3" });
      const node = (at, y, sign, colour) =>
        tag("circle", { cx: at, cy: y, r: 12, fill: "var(--fig-paper)",
          stroke: `var(--fig-${colour})`, "stroke-width": 2 }) +
        text(at, y + 5, sign, { c: colour, "font-size": 16 });
      const X = { c: 0.095, f: 0.275, i: 0.43, m: 0.51, g: 0.595, n: 0.765,
        h: 0.93 };
      for (const name in X) X[name] = x(X[name]);
      const valve = (name, value, words) =>
        box(X[name] ?? X.n, yg, cell * 0.86, 40, "", { c: name,
          fill: "paper" }) +
        text(X[name] ?? X.n, yg - 3, name, { c: name, "font-style": "italic",
          "font-weight": 700 }) +
        text(X[name] ?? X.n, yg + 13, number(value), { c: name,
          "font-size": 12 }) +
        text(X[name] ?? X.n, yg + 35, words, { c: name, "font-size": 11 });
      X.o = X.n;
      // The state's way: from the left, through f, past +, to the right.
      let svg =
        text(X.c, 16, "c before") + text(X.n, 16, "c after") +
        text(X.h, ym - 28, "h") +
        pipe(X.c + cell / 2, yc, X.f - 14, yc, c, "c") +
        pipe(X.f + 12, yc, X.m - 14, yc, f * c, "c") +
        pipe(X.m + 12, yc, X.n - cell / 2 - 2, yc, next.c, "c") +
        arrow(X.f, yg - 21, X.f, yc + 14, { c: "f", wide: thick(f) }) +
        arrow(X.i, yg - 21, X.m - 11, ym + 10, { c: "i", wide: thick(i) }) +
        pipe(X.g, yg - 21, X.m + 11, ym + 10, g, "g") +
        pipe(X.m, ym - 12, X.m, yc + 14, i * g, "g") +
        pipe(X.n, yc + 19, X.n, ym - 13, Math.tanh(next.c), "c") +
        arrow(X.n, yg - 21, X.n, ym + 14, { c: "o", wide: thick(o) }) +
        pipe(X.n + 12, ym, X.h - cell / 2 - 2, ym, next.h, "h") +
        text(X.n + 10, (yc + ym) / 2 + 3, "tanh", { "text-anchor": "start",
          "font-size": 12 }) +
        node(X.f, yc, "×", "f") + node(X.m, yc, "+", "c") +
        node(X.m, ym, "×", "i") + node(X.n, ym, "×", "o") +
        tag("g", { "data-from": `${X.n - X.c},0` },
          box(X.c, yc, cell, 36, number(c), { c: "c", fill: "wash" })) +
        box(X.n, yc, cell, 36, number(next.c), { c: "c", dash: true }) +
        box(X.h, ym, cell * 0.92, 36, number(next.h), { c: "h", dash: true }) +
        valve("f", f, "forget") + valve("i", i, "input") +
        valve("g", g, "candidate") + valve("o", o, "output");
      // What has been: c and h above, the gates of each step below.
      const tall = Math.max(1, ...[...past, next].map((p) => Math.abs(p.c)));
      const up = scale(-tall, tall, 340, 250);
      const at = (n) => 14 + (n / LAST) * (w - 30);
      const curve = (key) => [[at(0), up(0)],
        ...past.map((p, n) => [at(n + 1), up(p[key])])];
      svg += text(0, 240, "c solid, h dashed, ○ the next c; below: the gates",
        { "text-anchor": "start" }) +
        line(0, up(0), w, up(0), { c: "grey", wide: 1 }) +
        path(curve("c"), { c: "c", wide: 3 }) +
        path(curve("h"), { c: "h", wide: 2, "stroke-dasharray": "5 3" }) +
        tag("circle", { cx: at(t), cy: up(c), r: 5, fill: "var(--fig-c)" });
      // The next step, as the gates stand now.
      if (t < LAST) {
        svg += line(at(t), up(c), at(t + 1), up(next.c), { c: "grey",
          "stroke-dasharray": "2 3" }) +
          tag("circle", { cx: at(t + 1), cy: up(next.c), r: 4.5,
            fill: "var(--fig-paper)", stroke: "var(--fig-c)",
            "stroke-width": 1.5 });
      }
      past.forEach((p, n) => {
        const wide = Math.min(9, w / LAST / 4.6);
        ["f", "i", "g", "o"].forEach((name, k) => {
          const height = Math.max(1, 36 * Math.abs(p[name]));
          svg += tag("rect", { x: at(n + 1) + (k - 2) * wide, y: 386 - height,
            width: wide - 1, height, fill: `var(--fig-${name})` });
        });
        svg += text(at(n + 1), 402, n + 1);
      });
      svg += line(0, 387, w, 387, { c: "grey", wide: 1 });
      return [410, svg, `An LSTM cell after ${t} steps with c = ${number(c)}. ` +
        `With the gates as they are, the next step gives ` +
        `c = ${number(next.c)} and h = ${number(next.h)}.`];
    }
  });
}
