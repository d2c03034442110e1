// An agenda put in order by dragging its rows. The buttons beside each item do the same by keys and without script.
(() => {
  "use strict";

  let dragged = null;

  const table = () => document.querySelector("table[data-order]");
  const rows = () => [...table().querySelectorAll("tr[data-item]")];

  function makeDraggable() {
    if (table()) rows().forEach((row) => { row.draggable = true; });
  }

  function clear() {
    table()?.querySelectorAll(".drop-here, .drop-after").forEach((row) => row.classList.remove("drop-here", "drop-after"));
  }

  // Above the middle of a row means before it, below after it.
  function placeAt(event) {
    const row = event.target.closest?.("table[data-order] tr[data-item]");
    if (!row || !dragged || row === dragged) return null;
    const box = row.getBoundingClientRect();
    return { row, after: event.clientY > box.top + box.height / 2 };
  }

  document.addEventListener("dragstart", (event) => {
    const row = event.target.closest?.("table[data-order] tr[data-item]");
    if (!row) return;
    dragged = row;
    row.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", row.querySelector("th").textContent.trim());
  });

  document.addEventListener("dragover", (event) => {
    const place = placeAt(event);
    if (!dragged || !table()?.contains(event.target)) return;
    event.preventDefault();
    clear();
    if (place) place.row.classList.add(place.after ? "drop-after" : "drop-here");
  });

  document.addEventListener("drop", (event) => {
    const place = placeAt(event);
    clear();
    if (!place) return;
    event.preventDefault();
    if (place.after) place.row.after(dragged);
    else place.row.before(dragged);
    const item = rows().map((row) => row.dataset.item);
    window.htmx.ajax("POST", table().dataset.order, { target: "#agenda", swap: "morph:outerHTML", values: { item } });
  });

  document.addEventListener("dragend", () => {
    dragged?.classList.remove("dragged");
    dragged = null;
    clear();
  });

  document.addEventListener("DOMContentLoaded", makeDraggable);
  document.addEventListener("htmx:afterSettle", makeDraggable);
})();
