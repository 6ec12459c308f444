/* A wide equation scrolls in its own line. Whoever has only a keyboard can
   scroll it too, once it takes the focus; others are no stop on the way. */
(() => {
  const update = () => {
    for (const box of document.querySelectorAll("div.math, mjx-container")) {
      if (box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 0) {
        box.tabIndex = 0;
      } else {
        box.removeAttribute("tabindex");
      }
    }
  };
  const start = () => {
    update();
    window.addEventListener("resize", update);
    // An equation within a closed box has no width until the box opens.
    document.addEventListener("toggle", update, true);
  };
  window.addEventListener("load", () => {
    const typeset = window.MathJax?.startup?.promise;
    typeset ? typeset.then(start) : start();
  });
})();
