/* An equation that is wider than its line is broken between its parts, where
   the source has a \quad, and then made smaller, as far as it stays readable.
   What is still too wide, and a wide table, scrolls in its own box. Whoever has
   only a keyboard can scroll it too, once it takes the focus; others are no
   stop on the way.

   Equations appear when MathJax writes them, once or again, and their widths
   change with the window, with fonts that arrive late and with boxes that
   open. So each is watched from the moment it is on the page. */
(() => {
  const BOXES = "div.math, .pst-scrollable-table-container";
  const scrolls = (box) =>
    (box.scrollWidth > box.clientWidth ||
      box.scrollHeight > box.clientHeight) &&
    /auto|scroll/.test(getComputedStyle(box).overflow);
  const SMALLEST = 0.6;
  const widths = new WeakMap();

  const wide = ({ localName, offsetWidth, parentElement }) =>
    /^mjx-(mspace|mstyle)$/.test(localName) &&
    offsetWidth > 0.9 * parseFloat(getComputedStyle(parentElement).fontSize);
  const isGap = (node) => node.localName && wide(node) &&
    !node.querySelector("mjx-c");

  /** Put what lies between the gaps of an equation into parts. */
  const divide = (container, maths) => {
    if (container.classList.contains("in-parts")) return;
    const gaps = [...maths.children].filter(isGap);
    if (!gaps.length) return;
    let part = null;
    for (const child of [...maths.childNodes]) {
      if (gaps.includes(child)) {
        child.classList.add("between");
        part = null;
        continue;
      }
      if (!part) {
        part = document.createElement("span");
        part.className = "part";
        child.before(part);
      }
      part.append(child);
    }
    container.classList.add("in-parts");
  };

  const fit = (container) => {
    const maths = container.querySelector("mjx-math");
    const width = container.parentElement?.clientWidth;
    if (!maths || !width || widths.get(container) === width) return;
    widths.set(container, width);
    maths.style.fontSize = "";
    const ratio = () => container.clientWidth / container.scrollWidth;
    if (ratio() < 1) divide(container, maths);
    // Not all of it shrinks alike, so it may take a second time.
    let share = 1;
    for (let n = 0; n < 3 && share > SMALLEST && ratio() < 1; n++) {
      share = Math.max(SMALLEST, share * ratio() - 0.01);
      maths.style.fontSize = `${Math.round(100 * share)}%`;
    }
  };

  const settle = (box) => {
    for (const equation of box.matches("mjx-container") ? [box]
      : box.querySelectorAll("mjx-container[display]")) fit(equation);
    if (scrolls(box)) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };
  const sizes = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      const box = target.closest(`mjx-container, ${BOXES}`);
      if (box) settle(box);
    }
  });
  const all = () =>
    document.querySelectorAll(`mjx-container[display], ${BOXES}`);
  const watched = new WeakSet();
  const watch = () => {
    for (const box of all()) {
      // What is inside can grow while the box stays as it is.
      for (const part of [box, ...box.children]) {
        if (watched.has(part)) continue;
        watched.add(part);
        sizes.observe(part);
      }
    }
  };
  const start = () => {
    watch();
    new MutationObserver(watch).observe(document.body, {
      childList: true,
      subtree: true,
    });
  };
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);

  /* Equations on the screen come first. The others follow when the page has been
     there for a while and nothing else is to do, so that searching and reading
     aloud find all of them. (For printing MathJax sees to it itself.) */
  window.addEventListener("load", async () => {
    if (!window.MathJax?.startup) return;
    await MathJax.startup.promise;
    const idle = window.requestIdleCallback ?? ((go) => go());
    // What is far below is not laid out, and its size is not watched.
    const rest = async () => {
      await MathJax.startup.document.lazyTypesetAll();
      all().forEach(settle);
    };
    setTimeout(() => idle(rest), 1500);
  });
})();
