// A block of cells that was copied in a spreadsheet program and is pasted into one cell of a grid fills those beside
// and below it. Without script the page “Paste or import” does the same.
(() => {
  document.addEventListener("paste", (event) => {
    const grid = event.target.closest?.("[data-paste-grid]");
    const text = event.clipboardData?.getData("text/plain").replace(/\r?\n$/, "") ?? "";
    if (!grid || event.target.tagName !== "INPUT" || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const rows = [...grid.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input")]);
    const top = rows.findIndex((row) => row.includes(event.target));
    const left = rows[top].indexOf(event.target);
    text.split(/\r?\n/).forEach((line, down) => {
      line.split("\t").forEach((cell, across) => {
        const input = rows[top + down]?.[left + across];
        if (input) input.value = cell.trim();
      });
    });
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
