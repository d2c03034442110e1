// Keys: / or Ctrl K search, j k rows, Enter open, x select, e edit, ? the sheet. Single keys can be switched off.
(() => {
  "use strict";

  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  const openerOf = (row) => row.querySelector("[data-open]") || row.querySelector(".name a, a[href], button") || row;

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(Math.max(here + step, 0), all.length - 1)];
    openerOf(next).focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function currentRow() {
    return rows().find((row) => row.contains(document.activeElement));
  }

  function search() {
    const field = document.getElementById("q");
    field?.focus();
    field?.select();
    return Boolean(field);
  }

  const keys = {
    "/": search,
    j: () => move(1),
    k: () => move(-1),
    e: () => (currentRow() || document).querySelector("[data-edit]")?.click(),
    x: () => currentRow()?.querySelector("[data-select]")?.click(),
    "?": () => window.aiso.openDialog(document.getElementById("keys")),
  };

  function isTyping(target) {
    return target.isContentEditable || target.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select");
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      if (search()) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
    if (document.documentElement.dataset.singleKeys === "off" || document.querySelector("dialog:modal")) return;
    const bound = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (bound) bound.click();
    else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
  });

  // Escape leaves the search field.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.id === "q") event.target.blur();
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-keys-sheet]");
    if (!opener) return;
    opener.closest("details")?.removeAttribute("open");
    keys["?"]();
  });
})();
