// Rows are selected by checkboxes inside [data-selection]; a bar counts them and offers what can be done with them.
//   input[data-select]      one row;   input[data-select-all]  all rows on the page
//   [data-selected-count]   shows how many;   .selbar is hidden while there are none
//   button[data-select-matching="1757"] + input[name=all]  extends the selection to all that the filters match
(() => {
  "use strict";

  let last = null;

  const boxes = (scope) => [...scope.querySelectorAll("input[data-select]")];
  const format = (count) => count.toLocaleString("en-GB");

  function show(scope) {
    const all = boxes(scope);
    const chosen = all.filter((box) => box.checked);
    all.forEach((box) => box.closest("[data-row]")?.classList.toggle("sel", box.checked));
    const everything = scope.querySelector("[data-select-all]");
    if (everything) {
      everything.checked = all.length > 0 && chosen.length === all.length;
      everything.indeterminate = chosen.length > 0 && chosen.length < all.length;
    }
    const matching = scope.querySelector("[data-select-matching]");
    const wide = scope.querySelector("input[name=all]");
    if (wide && chosen.length < all.length) wide.value = "";
    const count = wide?.value ? Number(matching.dataset.selectMatching) : chosen.length;
    scope.querySelectorAll("[data-selected-count]").forEach((place) => (place.textContent = format(count)));
    if (matching) matching.hidden = Boolean(wide?.value) || chosen.length < all.length || Number(matching.dataset.selectMatching) <= all.length;
    scope.querySelectorAll(".selbar").forEach((bar) => (bar.hidden = chosen.length === 0));
  }

  function clear(scope) {
    boxes(scope).forEach((box) => (box.checked = false));
    const wide = scope.querySelector("input[name=all]");
    if (wide) wide.value = "";
    show(scope);
  }

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("input[data-select]");
    if (!box) return;
    const scope = box.closest("[data-selection]");
    const all = boxes(scope);
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((each) => (each.checked = box.checked));
    }
    last = box;
    show(scope);
  });

  document.addEventListener("change", (event) => {
    const everything = event.target.closest?.("[data-select-all]");
    if (!everything) return;
    const scope = everything.closest("[data-selection]");
    boxes(scope).forEach((box) => (box.checked = everything.checked));
    show(scope);
  });

  document.addEventListener("click", (event) => {
    const scope = event.target.closest?.("[data-selection]");
    if (!scope) return;
    if (event.target.closest("[data-select-clear]")) {
      event.preventDefault();
      clear(scope);
    }
    if (event.target.closest("[data-select-matching]")) {
      scope.querySelector("input[name=all]").value = "1";
      show(scope);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], details.drop[open]")) return;
    document.querySelectorAll("[data-selection]").forEach((scope) => {
      if (boxes(scope).some((box) => box.checked)) clear(scope);
    });
  });

  const showAll = () => document.querySelectorAll("[data-selection]").forEach(show);
  document.addEventListener("DOMContentLoaded", showAll);
  document.addEventListener("htmx:afterSettle", showAll);
  window.addEventListener("pageshow", showAll);
})();
