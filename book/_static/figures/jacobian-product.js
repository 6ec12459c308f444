/* The norm of a product of Jacobians: what decides whether it vanishes. */
{
  const { line, number, path, scale, short, tag, text } = CourseFigure;
  const LAST = 100;

  CourseFigure.define("jacobian-product", class extends CourseFigure {
    static label = "The norm of a product of Jacobians";
    static controls = [
      { id: "rho", label: "Spectral radius ρ", min: 0.5, max: 1.3, step: 0.01,
        value: 0.9, tint: "h" },
      { id: "s", label: "Off the diagonal, s", min: 0, max: 10, step: 0.1,
        value: 0, digits: 1, tint: "f" },
      { id: "slope", label: "Slope of the tanh", min: 0.2, max: 1, step: 0.05,
        value: 1 },
      { id: "k", label: "Factors k", min: 1, max: LAST, step: 1, value: 20 },
      { id: "clip", label: "Clip the gradient at norm 5", value: false },
    ];
    static bound = 5;

    /** One more factor on the left of a 2 x 2 product. */
    static step(J, P) {
      return J.map((row) => [0, 1].map((c) =>
        row[0] * P[0][c] + row[1] * P[1][c]));
    }

    /** The largest singular value of a 2 x 2 matrix. */
    static norm([[a, b], [c, d]]) {
      return (Math.hypot(a + d, b - c) + Math.hypot(a - d, b + c)) / 2;
    }

    /** Norms of J^1 to J^n, for J = slope * [[rho, s], [0, rho]]. */
    static norms(rho, s, slope, n) {
      const J = [[slope * rho, slope * s], [0, slope * rho]];
      let P = [[1, 0], [0, 1]];
      return Array.from({ length: n }, () => {
        P = this.step(J, P);
        return this.norm(P);
      });
    }

    /** Clipping by norm: the direction stays, the size is cut. */
    static clipped(norm, bound) {
      return Math.min(norm, bound);
    }

    get state() {
      const { rho, s, slope, k, clip } = this.v;
      const norms = this.constructor.norms(rho, s, slope, LAST);
      const used = clip
        ? norms.map((n) => this.constructor.clipped(n, this.constructor.bound))
        : norms;
      return { ...this.v, norms, norm: used[k - 1], sigma: norms[0],
        radius: slope * rho };
    }

    say() {
      const { k, norm, sigma, radius } = this.state;
      const fate = radius < 0.995 ? "vanishes in the end"
        : radius > 1.005 ? "grows without end" : "stays, or grows slowly";
      return `After ${k} factors the norm is ${short(norm)}. One factor has ` +
        `the spectral radius ${number(radius)} and the largest singular ` +
        `value ${number(sigma)}: the product ${fate}.`;
    }

    draw(w) {
      const { norms, clip, k, norm, radius } = this.state;
      const log = Math.log10;
      const at = scale(1, LAST, 40, w - 14);
      const y = scale(-8, 6, 236, 24);
      const up = (value) =>
        Math.max(18, Math.min(240, y(log(Math.max(value, 1e-30)))));
      let svg = text(0, 12, "norm of the product", { "text-anchor": "start" });
      for (let power = -8; power <= 6; power += 2) {
        const digits = [...String(power)].map((c) => c === "-" ? "⁻"
          : "⁰¹²³⁴⁵⁶⁷⁸"[c]).join("");
        svg += line(40, y(power), w, y(power),
          { c: power ? "faint" : "grey", wide: 1 }) +
          text(34, y(power) + 4, power ? `10${digits}` : "1",
            { "text-anchor": "end" });
      }
      svg += path(norms.map((_, n) => [at(n + 1), up(radius ** (n + 1))]),
        { c: "grey", "stroke-dasharray": "3 4" });
      const curve = norms.map((value, n) => [at(n + 1), up(value)]);
      if (clip) {
        const bound = this.constructor.bound;
        svg += path(curve, { c: "faint" }) +
          path(norms.map((value, n) => [at(n + 1),
            up(this.constructor.clipped(value, bound))]), { c: "r", wide: 3 });
      } else svg += path(curve, { c: "h", wide: 3 });
      svg += line(at(k), 24, at(k), 240, { c: "ink", wide: 1,
        "stroke-dasharray": "2 3" }) +
        tag("circle", { cx: at(k), cy: up(norm), r: 5,
          fill: `var(--fig-${clip ? "r" : "h"})` });
      for (const n of [1, 20, 40, 60, 80, 100]) svg += text(at(n), 256, n);
      svg += text(w, 274, "factors k; dotted: the spectral radius alone",
        { "text-anchor": "end" });
      return [280, svg, `Norm of a product of 1 to ${LAST} Jacobians on a ` +
        `logarithmic axis; after ${k} factors it is ${short(norm)}.`];
    }
  });
}
