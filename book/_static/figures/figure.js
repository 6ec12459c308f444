/* What all figures share: controls, drawing in plain SVG, live text.

   A figure is a custom element. Its class says what can be moved and how a
   picture of so many pixels' width is drawn; this file makes native controls
   from the first and keeps the second at the width of the page, so that
   writing has its full size on a phone as well.

     static label       name for screen readers
     static controls    list of {id, label, ...}: a range with min, max and
                        step; a choice with options [[value, words], ...];
                        else a tick box. Their values are in this.v[id].
     static begins      the step to begin with, so that there is something to see
     static last        steps; the buttons Back, Step, Play and Reset come
                        with it, and this.at is the step
     draw(w)            -> [height, svg, title]
     say()              -> the sentence that a step is announced with
     state              -> plain values, for tests and the curious

   Colours are variables of course.css: both themes, one place. */
(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let count = 0;

  const escape = (text) =>
    String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

  /** A number with a real minus sign, and never minus zero. */
  const number = (value, digits = 2) => {
    const text = value.toFixed(digits);
    return (+text === 0 ? (0).toFixed(digits) : text).replace("-", "−");
  };

  /** The size of a number, as 0.034 or 5.1 × 10⁻⁷. */
  const short = (value) => {
    if (value === 0) return "0";
    const power = Math.floor(Math.log10(Math.abs(value)));
    if (power >= -3 && power < 4) return number(value, Math.max(0, 2 - power));
    const digits = [...String(power)].map((c) =>
      c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]);
    return `${number(value / 10 ** power, 1)} × 10${digits.join("")}`;
  };

  const below = (n) => [...String(n)].map((c) => "₀₁₂₃₄₅₆₇₈₉"[c]).join("");

  const tag = (name, attributes, inside = "") => {
    const all = Object.entries(attributes)
      .filter(([, value]) => value !== undefined && value !== false)
      .map(([key, value]) =>
        ` ${key}="${typeof value === "number" ? +value.toFixed(2) : value}"`);
    return `<${name}${all.join("")}>${inside}</${name}>`;
  };

  /* Colours by meaning; a name of course.css, or none for ink. */
  const ink = (name) => `var(--fig-${name || "ink"})`;

  const text = (x, y, words, { c, ...more } = {}) =>
    tag("text", { x, y, "text-anchor": "middle", fill: ink(c), ...more },
      escape(words));

  const line = (x1, y1, x2, y2, { c, wide = 1.5, ...more } = {}) =>
    tag("line", { x1, y1, x2, y2, stroke: ink(c), "stroke-width": wide,
      ...more });

  /** An arrow; its head grows with its width and stays readable. */
  const arrow = (x1, y1, x2, y2, { c, wide = 1.5, ...more } = {}) => {
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    const [u, v] = [(x2 - x1) / length, (y2 - y1) / length];
    const head = Math.min(6 + wide, length);
    const half = 3 + wide / 2;
    const [bx, by] = [x2 - head * u, y2 - head * v];
    return line(x1, y1, bx, by, { c, wide, ...more }) +
      tag("polygon", { fill: ink(c), ...more, "stroke-dasharray": undefined,
        points: [[x2, y2], [bx - half * v, by + half * u],
          [bx + half * v, by - half * u]]
          .map((p) => p.map((n) => +n.toFixed(1)).join()).join(" ") });
  };

  /** A box around (x, y) with words in it. */
  const box = (x, y, w, h, words, { c, fill, dash, write, ...more } = {}) =>
    tag("rect", { x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 5,
      fill: fill ? ink(fill) : "var(--fig-paper)", stroke: ink(c),
      "stroke-width": 1.5, "stroke-dasharray": dash && "4 3", ...more }) +
    (words === "" ? "" : text(x, y + 4.5, words, { c: write ?? c, ...more }));

  const path = (points, { c, wide = 2, ...more } = {}) =>
    tag("polyline", { fill: "none", stroke: ink(c), "stroke-width": wide,
      "stroke-linejoin": "round", ...more,
      points: points.map((p) => p.map((n) => +n.toFixed(1)).join())
        .join(" ") });

  /** The function that takes [a, b] to [from, to]. */
  const scale = (a, b, from, to) => (value) =>
    from + ((value - a) / (b - a || 1)) * (to - from);

  const make = (name, attributes = {}, ...inside) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined) element.setAttribute(key, value);
    }
    element.append(...inside);
    return element;
  };

  class CourseFigure extends HTMLElement {
    static define(name, figure) {
      if (!customElements.get(name)) customElements.define(name, figure);
    }

    connectedCallback() {
      if (this.svg) return;
      const data = this.querySelector('script[type="application/json"]');
      this.data = data ? JSON.parse(data.textContent) : null;
      this.v = {};
      this.at = 0;
      this.inputs = {};
      const controls = make("div", { class: "live-controls" });
      for (const control of this.controls()) {
        controls.append(this.control(control));
      }
      if (this.last !== undefined) controls.append(this.steps());
      this.svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      this.svg.setAttribute("role", "img");
      this.svg.setAttribute("aria-labelledby", `live-${++count}`);
      this.heading = `live-${count}`;
      this.status = make("p", { role: "status", class: "live-status" });
      this.replaceChildren(make("div",
        { class: "live-box", role: "group", "aria-label": this.constructor.label },
        controls, this.svg, this.status));
      for (let n = this.constructor.begins ?? 0; n > 0; n--) {
        this.at++;
        this.stepped?.(1);
      }
      this.render();
      this.tell(this.say(), false);
      new ResizeObserver(() => {
        if (this.width !== this.svg.clientWidth) this.render();
      }).observe(this);
    }

    disconnectedCallback() {
      this.pause?.();
    }

    controls() {
      return this.constructor.controls ?? [];
    }

    get last() {
      return this.constructor.last;
    }

    control({ id, label, min, max, step, value, digits, options, tint }) {
      this.v[id] = value;
      if (options) {
        const name = `live-${++count}`;
        const radios = options.map(([key, words]) => {
          const radio = make("input", { type: "radio", name, value: key });
          radio.checked = key === value;
          radio.addEventListener("change", () => this.changed(id, key, true));
          return make("label", {}, radio, words);
        });
        this.inputs[id] = (to) => {
          for (const label of radios) {
            label.firstChild.checked = label.firstChild.value === to;
          }
        };
        return make("fieldset", { "data-id": id },
          make("legend", {}, label), ...radios);
      }
      if (max === undefined) {
        const tick = make("input", { type: "checkbox", "data-id": id });
        tick.checked = value;
        this.inputs[id] = (to) => { tick.checked = to; };
        tick.addEventListener("change", () =>
          this.changed(id, tick.checked, true));
        return make("label", { class: "live-tick" }, tick, label);
      }
      const places = digits ?? (step < 1 ? 2 : 0);
      const range = make("input", { type: "range", min, max, step,
        "data-id": id });
      const shown = make("output");
      const show = (to) => {
        range.value = to;
        shown.textContent = number(to, places);
        range.setAttribute("aria-valuetext", number(to, places));
      };
      show(value);
      this.inputs[id] = show;
      range.addEventListener("input", () => {
        show(+range.value);
        this.changed(id, +range.value, false);
      });
      const words = make("label", { class: "live-range" },
        make("span", {}, label), range, shown);
      if (tint) words.style.setProperty("--tint", ink(tint));
      return words;
    }

    /** Set a control from the figure's own side. */
    set(id, value) {
      this.v[id] = value;
      this.inputs[id]?.(value);
    }

    steps() {
      const button = (words, act) => {
        const element = make("button", { type: "button" }, words);
        element.addEventListener("click", act);
        return element;
      };
      let timer = null;
      const play = button("Play", () => {
        if (timer) return this.pause();
        if (this.at >= this.last) this.go(-this.at);
        this.go(1);
        play.textContent = "Pause";
        timer = setInterval(() => {
          this.go(1);
          if (this.at >= this.last) this.pause();
        }, 900);
      });
      this.pause = () => {
        clearInterval(timer);
        timer = null;
        play.textContent = "Play";
      };
      const by = (n) => () => {
        this.pause();
        this.go(n());
      };
      return make("div", { class: "live-steps" },
        button("Back", by(() => -1)), button("Step", by(() => 1)), play,
        button("Reset", by(() => -this.at)));
    }

    /** Move by n steps, and say so. */
    go(n) {
      const to = Math.max(0, Math.min(this.last, this.at + n));
      const moved = to - this.at;
      while (this.at !== to) {
        this.at += Math.sign(moved);
        this.stepped?.(Math.sign(moved));
      }
      this.render(moved);
      const end = n > 0 ? "Last step. " : "First step. ";
      this.tell((moved || n === 0 ? "" : end) + this.say(), true);
    }

    changed(id, value, announce) {
      this.v[id] = value;
      this.chosen?.(id, value);
      if (this.at > this.last) this.at = this.last;
      this.render();
      // A moved slider is read out by itself; what follows from it is there
      // to be read, and not called out at every touch.
      this.tell(this.say(), announce);
    }

    tell(words, aloud) {
      this.status.setAttribute("aria-live", aloud ? "polite" : "off");
      this.status.textContent = words;
    }

    render(moved = 0) {
      this.width = this.svg.clientWidth;
      const w = Math.max(280, this.width || 640);
      const [height, inside, title] = this.draw(w);
      this.svg.setAttribute("viewBox", `0 0 ${w} ${height}`);
      this.svg.innerHTML =
        tag("title", { id: this.heading }, escape(title)) + inside;
      // What a step brings slides in from where it comes from.
      if (moved <= 0 || calm.matches) return;
      for (const part of this.svg.querySelectorAll("[data-from]")) {
        const [x, y] = part.dataset.from.split(",");
        part.animate([{ transform: `translate(${x}px, ${y}px)`, opacity: 0.2 },
          { transform: "none", opacity: 1 }],
        { duration: 450, easing: "ease-out" });
      }
    }
  }

  Object.assign(CourseFigure,
    { number, short, below, tag, text, line, arrow, box, path, scale, ink });
  window.CourseFigure = CourseFigure;
})();
