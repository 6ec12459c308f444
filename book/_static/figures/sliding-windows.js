/* Windows over a real series, and what leaks when they are drawn at random. */
{
  const { line, path, scale, tag, text } = CourseFigure;

  CourseFigure.define("sliding-windows", class extends CourseFigure {
    static label = "Windows over the sea-surface temperature";

    controls() {
      return [
        { id: "how", label: "Test windows", value: "time",
          options: [["time", "split by time, then cut"],
            ["random", "cut, then draw one in five"]] },
        { id: "T", label: "Known steps T", min: 6, max: 36, step: 1,
          value: 24 },
        { id: "K", label: "Horizon K", min: 1, max: 12, step: 1, value: 6,
          tint: "h" },
        { id: "window", label: "Window", min: 1, max: this.data.values.length,
          step: 1, value: 23, tint: "f" },
      ];
    }

    /** First steps of the windows of each part; some belong to none.

        By time the cuts are those of chronological_split; else every fifth
        window is a test window, as a random draw would have it. */
    static parts(n, T, K, how) {
      const parts = { train: [], valid: [], test: [], none: [] };
      const last = n - Math.round(0.2 * n);
      const middle = last - Math.round(0.15 * n);
      for (let s = 0; s + T + K <= n; s++) {
        const [first, end] = [s + T, s + T + K];
        const part = how === "random" ? (s % 5 === 2 ? "test" : "train")
          : end <= middle ? "train"
            : first >= middle && end <= last ? "valid"
              : first >= last ? "test" : "none";
        parts[part].push(s);
      }
      return parts;
    }

    /** Steps among a window's targets that training windows hold, too. */
    static leaked(s, train, T, K) {
      return Array.from({ length: K }, (_, k) => s + T + k)
        .filter((step) => train.some((r) => r <= step && step < r + T + K));
    }

    get state() {
      const { T, K, how } = this.v;
      const n = this.data.values.length;
      const windows = n - T - K + 1;
      const window = Math.min(this.v.window, windows);
      const parts = this.constructor.parts(n, T, K, how);
      const s = window - 1;
      const part = Object.keys(parts).find((name) => parts[name].includes(s));
      const leaked = part === "test"
        ? this.constructor.leaked(s, parts.train, T, K) : [];
      const count = parts.test.reduce((sum, r) =>
        sum + this.constructor.leaked(r, parts.train, T, K).length, 0);
      return { T, K, how, windows, window, part, leaked, parts,
        leakedShare: count / (parts.test.length * K) };
    }

    chosen() {
      const { T, K } = this.v;
      const windows = this.data.values.length - T - K + 1;
      this.querySelector('[data-id="window"]').max = windows;
      if (this.v.window > windows) this.set("window", windows);
    }

    say() {
      const { K, window, windows, part, leaked, leakedShare } = this.state;
      const what = {
        train: "a training window.",
        valid: "a validation window.",
        none: "in no part: its targets lie on both sides of a cut.",
        test: `a test window. ${leaked.length} of its ${K} targets are in ` +
          "training windows as well.",
      }[part];
      return `Window ${window} of ${windows}: ${what} Over all test windows: ` +
        `${Math.round(100 * leakedShare)} % of the targets leak.`;
    }

    draw(w) {
      const { values, start, unit } = this.data;
      const { T, K, window, part, leaked, parts } = this.state;
      const n = values.length;
      const s = window - 1;
      const at = scale(-0.5, n - 0.5, 0, w);
      const up = scale(Math.min(...values), Math.max(...values), 130, 34);
      const points = values.map((value, t) => [at(t), up(value)]);
      const colour = { train: "grey", valid: "g", test: "f", none: "faint" };
      const [year, month] = start.split("-").map(Number);
      let svg = text(0, 12, `temperature (${unit})`,
        { "text-anchor": "start" }) +
        tag("rect", { x: at(s - 0.5), y: 22, width: at(T) - at(0), height: 118,
          fill: "var(--fig-faint)", opacity: 0.7 }) +
        tag("rect", { x: at(s + T - 0.5), y: 22, width: at(K) - at(0),
          height: 118, fill: "var(--fig-wash)" }) +
        path(points, { wide: 1.2 }) +
        path(points.slice(s + T, s + T + K), { c: "h", wide: 3 });
      for (const t of leaked) {
        svg += tag("circle", { cx: at(t), cy: up(values[t]), r: 4.5,
          fill: "none", stroke: "var(--fig-r)", "stroke-width": 2 });
      }
      for (let t = (13 - month) % 12; t < n; t += 12) {
        svg += line(at(t), 140, at(t), 145, { c: "grey", wide: 1 });
        const y = year + Math.ceil((t + month - 1) / 12);
        if (y % (w < 420 ? 3 : 2) === 0) svg += text(at(t), 158, y);
      }
      // One mark for each window, where its first target is.
      svg += text(0, 184, "all windows, each at its first target",
        { "text-anchor": "start" });
      for (const [name, starts] of Object.entries(parts)) {
        for (const r of starts) {
          const here = r === s;
          svg += line(at(r + T), here ? 190 : 194, at(r + T), here ? 216 : 210,
            { c: colour[name], wide: here ? 4 : Math.max(1.4, w / n - 1) });
        }
      }
      let x = 0;
      for (const [name, words] of [["train", "training"],
        ["valid", "validation"], ["test", "test"]]) {
        if (!parts[name].length) continue;
        svg += tag("rect", { x, y: 227, width: 11, height: 11,
          fill: `var(--fig-${colour[name]})` }) +
          text(x + 16, 237, words, { "text-anchor": "start" });
        x += 96;
      }
      return [244, svg, `Twelve years of monthly temperatures. Window ` +
        `${window} has ${T} known steps and ${K} targets and is ` +
        `${part === "none" ? "in no part" : `part of the ${part} windows`}` +
        `${leaked.length ? `; ${leaked.length} of its targets leak` : ""}.`];
    }
  });
}
