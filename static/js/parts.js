// Menus, dialogs, definitions and self-saving forms. All by delegation, so swapped-in markup works at once.
(() => {
  "use strict";

  const HOVER_MS = 300;

  // details.drop is a menu: it closes on Escape, on a click elsewhere, and when focus leaves it.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.drop[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.drop[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopImmediatePropagation();
  });
  document.addEventListener("focusout", (event) => {
    const menu = event.target.closest?.("details.drop[open]");
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });

  // What a menu's entry fetches shows elsewhere on the page: the menu closes, and the focus goes there.
  let chosen = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    const menu = event.detail.elt.closest?.("details.drop[open]");
    chosen = menu ? event.detail.elt : null;
    if (menu) menu.open = false;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!chosen || event.detail.requestConfig?.elt !== chosen) return;
    chosen = null;
    event.detail.elt.querySelector?.("input:not([type=hidden]):not([hidden]), select:not([hidden]), textarea, button, a[href]")?.focus();
  });

  // Dialogs. What htmx swaps into one opens it; [data-dialog="id"] opens one that stands in the page.
  document.addEventListener("htmx:afterSwap", (event) => {
    const box = event.detail.target;
    if (!(box instanceof HTMLDialogElement)) return;
    if (!box.childElementCount) box.close();
    else if (!box.open) open(box);
  });

  function open(box) {
    box.returnTo = document.activeElement;
    box.returnRow = box.returnTo?.closest("details[id], tr[id], li[id]")?.id;
    if (box.classList.contains("drawer")) box.show();
    else box.showModal();
    const first = box.querySelector("[autofocus]") || box.querySelector("h2, h3");
    if (first) {
      if (!first.matches("input, select, textarea, button, a")) first.tabIndex = -1;
      first.focus();
    }
  }

  function close(box) {
    box.close();
    if (box.returnTo?.isConnected && box.returnTo.checkVisibility()) box.returnTo.focus();
    else goOnFrom(document.getElementById(box.returnRow));
  }

  // The deed took its button away: the row that it changed takes the focus.
  function goOnFrom(row) {
    const place = row?.querySelector(":scope > summary") || row;
    if (!place) return;
    if (!place.matches("summary")) place.tabIndex = -1;
    place.focus();
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) open(document.getElementById(opener.dataset.dialog));
    const closer = event.target.closest("[data-close]");
    if (closer) {
      event.preventDefault();
      close(closer.closest("dialog"));
    }
  });
  document.addEventListener("keydown", (event) => {
    // A modal dialog closes itself; the drawer beside the page does not.
    const drawer = document.querySelector("dialog.drawer[open]");
    if (event.key === "Escape" && drawer && !event.defaultPrevented) close(drawer);
  });
  // An action that is done closes its dialog: the answer triggers `close-dialog`.
  document.addEventListener("close-dialog", () => {
    document.querySelectorAll("dialog[open]").forEach(close);
  });

  // Definitions also open under a resting pointer.
  let resting = 0;
  document.addEventListener("pointerover", (event) => {
    const button = event.target.closest?.(".term[popovertarget]");
    if (!button || event.pointerType !== "mouse") return;
    const box = document.getElementById(button.getAttribute("popovertarget"));
    resting = setTimeout(() => box.showPopover({ source: button }), HOVER_MS);
    button.addEventListener("pointerleave", () => {
      clearTimeout(resting);
      setTimeout(() => box.matches(":hover") || box.hidePopover(), HOVER_MS);
    }, { once: true });
  });

  // A form with data-autosave saves itself as you go and says when it did.
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest?.("[data-autosave]");
    const place = form && (form.querySelector("[data-saved]") || document.querySelector("[data-saved]"));
    if (!place) return;
    const time = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    const tick = place.querySelector("svg");
    const told = event.detail.successful ? `Saved ${time}` : "Not saved. It is tried again with your next change.";
    place.replaceChildren(...(tick && event.detail.successful ? [tick] : []), told);
    place.classList.toggle("late", !event.detail.successful);
    form.dataset.unsaved = event.detail.successful ? "" : "yes";
  });
  // One with data-guard does not, and is not left in the middle without a question.
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("[data-autosave], [data-guard]");
    if (form) form.dataset.unsaved = "yes";
  });
  // What was typed before this script ran is saved, too.
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-autosave]").forEach((form) => {
      const typed = [...form.elements].find((field) => field.name && "defaultValue" in field && field.value !== field.defaultValue);
      typed?.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-autosave], [data-guard]")) event.target.dataset.unsaved = "";
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector('[data-unsaved="yes"]')) event.preventDefault();
  });

  // A control with data-submit sends its form as soon as it changes.
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-submit]")) event.target.form.requestSubmit();
  });

  // Escape in a form that stands in place of a value takes the value back.
  document.addEventListener("keydown", (event) => {
    const form = event.key === "Escape" && event.target.closest?.("form[data-inline]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    form.querySelector("[data-cancel]").click();
  });

  // Tabs that scroll sideways start where the current one is in sight.
  function showCurrentTab() {
    document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
      const row = tab.parentElement;
      if (row.scrollWidth > row.clientWidth) row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
    });
  }
  document.addEventListener("DOMContentLoaded", showCurrentTab);
  document.addEventListener("htmx:afterSettle", showCurrentTab);

  // Copy the text of a place.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
    window.aiso.toast({ text: "Copied." });
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  window.aiso = Object.assign(window.aiso || {}, { openDialog: open, closeDialog: close });
})();
