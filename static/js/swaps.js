// What happens around htmx's swaps: focus stays, messages appear, failures say what to do.
(() => {
  "use strict";

  const UNDO_SECONDS = 10;
  const READ_SECONDS = 5;

  // Focus. A swap that replaces the focused control gives its successor the focus; where there is
  // none, the region takes it, so that the next Tab goes on from there and not from the page's top.
  let focused = null;

  document.addEventListener("htmx:beforeSwap", (event) => {
    const active = document.activeElement;
    const target = event.detail.target;
    // Another swap, elsewhere, may come between this one and its settling: it leaves the note alone.
    if (active && active !== document.body && target.contains(active)) {
      const row = active.closest("details[id]")?.id;
      focused = { id: active.id, name: active.getAttribute("name"), value: active.value, row, region: target.id };
    }
  });

  document.addEventListener("htmx:afterSettle", () => {
    if (!focused || (document.activeElement && document.activeElement !== document.body)) return;
    const region = document.getElementById(focused.region);
    const successor = successorOf(focused, region);
    focused = null;
    if (!successor) return;
    successor.focus({ preventScroll: true });
    // What it was led to is to be seen; the style leaves room for the bar on top.
    if (successor.matches("[role=alert], [data-focus]")) successor.scrollIntoView({ block: "nearest" });
  });

  function successorOf(before, region) {
    if (before.id && document.getElementById(before.id)) return document.getElementById(before.id);
    if (!region) return null;
    const wrong = region.querySelector('[role="alert"], [aria-invalid="true"], [data-focus]');
    if (wrong) return wrong;
    if (before.name) {
      const same = [...region.querySelectorAll(`[name="${CSS.escape(before.name)}"]`)];
      if (same.length) return same.find((each) => each.value === before.value) || same[0];
    }
    // Whoever worked in a row that folds goes on from that row.
    const summary = before.row && document.getElementById(before.row)?.querySelector("summary");
    if (summary) return summary;
    const controls = region.querySelectorAll("a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, summary");
    // What is folded away takes no focus.
    const first = [...controls].find((each) => each.checkVisibility());
    if (first) return first;
    region.tabIndex = -1;
    return region;
  }

  function show(summary) {
    summary.focus({ preventScroll: true });
    summary.scrollIntoView({ block: "nearest" });
  }

  // A form that came back with errors starts at their summary.
  document.addEventListener("htmx:afterSettle", (event) => {
    const summary = event.detail.elt.querySelector?.(".errs[role=alert]");
    if (summary && event.detail.xhr?.status === 422) show(summary);
  });

  // Messages.
  const region = () => document.getElementById("toasts");

  function toast({ text, level = "success", undo = "" }) {
    const box = region();
    [...box.querySelectorAll("[data-toast]")].filter((each) => each.querySelector("[data-text]")?.textContent === text).forEach((each) => each.remove());
    const line = box.querySelector("template").content.firstElementChild.cloneNode(true);
    line.classList.add(level);
    line.querySelector("[data-text]").textContent = text;
    const form = line.querySelector("[data-undo]");
    if (undo) form.action = undo;
    else form.remove();
    box.append(line);
    startClock(line);
    return line;
  }

  function startClock(line) {
    if (line.classList.contains("error")) return;
    let left = line.querySelector("[data-undo]") ? UNDO_SECONDS : READ_SECONDS;
    const clock = setInterval(() => {
      // Who reads it or is about to press Undo keeps it.
      if (!line.isConnected) clearInterval(clock);
      else if (!line.matches(":hover, :focus-within") && --left <= 0) dismiss(line);
    }, 1000);
  }

  function dismiss(line) {
    const hadFocus = line.contains(document.activeElement);
    line.remove();
    if (hadFocus) document.getElementById("main")?.focus({ preventScroll: true });
  }

  document.addEventListener("toasts", (event) => event.detail.value.forEach(toast));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dismiss]");
    if (button) dismiss(button.closest("[data-toast]"));
  });

  // Undo posts in the background, then the page shows what is true again, at the same place.
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-undo]");
    if (!form) return;
    event.preventDefault();
    const line = form.closest("[data-toast]");
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    dismiss(line);
    if (answer.type === "opaqueredirect" || answer.ok) await refresh();
    else toast({ text: "That could not be undone any more: it was changed since.", level: "error" });
  });

  function refresh() {
    return window.htmx.ajax("GET", location.href, { target: "#main", select: "#main", swap: "morph:outerHTML" });
  }

  // Failures.
  const REASONS = {
    403: "You may not do this. Somebody of the office can grant it.",
    404: "That is not there any more. Reload the page.",
    413: "That is too large to send.",
    429: "Too many tries. Wait a minute, then try again.",
  };

  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    // Nobody asked for what the page fetches by itself.
    if (event.detail.elt.matches("[data-quiet]")) return;
    toast({ text: REASONS[status] || "Something broke on our side. Nothing was changed; try again.", level: "error" });
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (event.detail.elt.matches("[data-quiet]")) return;
    toast({ text: "The server does not answer. Check the connection, then try again.", level: "error" });
  });

  document.addEventListener("DOMContentLoaded", () => {
    const summary = document.querySelector("main .errs[role=alert]");
    if (summary) show(summary);
    document.querySelectorAll("[data-toast]").forEach(startClock);
  });

  window.aiso = Object.assign(window.aiso || {}, { toast, refresh });
})();
