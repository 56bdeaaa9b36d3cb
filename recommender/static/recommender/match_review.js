// Keys of the review page: each presses the button or follows the link that names it.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const page = document.getElementById("review");
  const zoom = document.getElementById("zoom");
  if (!page) return;
  let leaving = false; // a key that is held down decides once

  // Where a screen reader begins and Tab goes on: the theme shows the page too late for the attribute autofocus.
  page.querySelector(".review-subject").focus({preventScroll: true});

  if (zoom) zoom.addEventListener("click", () => {
    zoom.setAttribute("aria-pressed", String(page.classList.toggle("zoomed")));
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || leaving || event.repeat) return;
    if (event.target.closest("input:not([type=hidden]), textarea, select, [contenteditable]")) return;
    const wanted = page.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!wanted) return;
    event.preventDefault();
    leaving = wanted !== zoom;
    wanted.click();
  });
  window.addEventListener("pageshow", () => { leaving = false; }); // brought back by the browser's own back
});
