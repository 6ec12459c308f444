/* A wide equation or table scrolls in its own box. Whoever has only a keyboard can
   scroll it too, once it takes the focus; others are no stop on the way.

   Equations appear when MathJax writes them, once or again, and their widths
   change with the window, with fonts that arrive late and with boxes that
   open. So each is watched from the moment it is on the page. */
(() => {
  const BOXES = "div.math, .pst-scrollable-table-container";
  const scrolls = (box) =>
    (box.scrollWidth > box.clientWidth ||
      box.scrollHeight > box.clientHeight) &&
    /auto|scroll/.test(getComputedStyle(box).overflow);
  const sizes = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      const box = target.closest(`mjx-container, ${BOXES}`);
      if (!box) continue;
      if (scrolls(box)) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  });
  const watched = new WeakSet();
  const watch = () => {
    const wide = `mjx-container[display], ${BOXES}`;
    for (const box of document.querySelectorAll(wide)) {
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
})();

/* Equations on the screen come first. The others follow when the page has been
   there for a while and nothing else is to do, so that searching and reading
   aloud find all of them. (For printing MathJax sees to it itself.) */
window.addEventListener("load", async () => {
  if (!window.MathJax?.startup) return;
  await MathJax.startup.promise;
  const idle = window.requestIdleCallback ?? ((go) => go());
  const rest = () => MathJax.startup.document.lazyTypesetAll();
  setTimeout(() => idle(rest), 1500);
});
