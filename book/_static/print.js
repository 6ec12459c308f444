/* Paper is white and can't be opened: for printing the light theme, and every
   answer open. Afterwards all is as it was. */
(() => {
  const root = document.documentElement;
  let before = null;
  window.addEventListener("beforeprint", () => {
    const closed = [...document.querySelectorAll("details:not([open])")];
    before = { theme: root.dataset.theme, closed };
    root.dataset.theme = "light";
    for (const box of closed) box.open = true;
  });
  window.addEventListener("afterprint", () => {
    if (!before) return;
    root.dataset.theme = before.theme;
    for (const box of before.closed) box.open = false;
    before = null;
  });
})();
