// A live meeting: what is typed is kept until it is recorded, a lost connection is told, keys lead, minutes run.
(() => {
  "use strict";

  const KEPT_DAYS = 14;
  const TICK_MS = 5000;
  const NEVER_KEPT = ["csrfmiddlewaretoken", "seen"];
  const meeting = () => document.getElementById("meeting");

  // A swap leaves what carries the same data-keep as it is: nothing that is being typed is touched.
  const isKept = (before, after) => before.dataset?.keep !== undefined && before.dataset.keep === after.dataset?.keep;
  // What is typed stays as it is; what has the focus only because it was led there changes with the rest.
  Object.defineProperty(window.Idiomorph.defaults, "ignoreActiveValue", {
    enumerable: true,
    get: () => Boolean(document.activeElement?.matches("input, select, textarea")),
  });
  window.Idiomorph.defaults.callbacks.beforeNodeMorphed = (before, after) => !isKept(before, after);

  // Drafts. Each form with data-draft is kept on this device, by meeting and person, until it was sent.
  const keyOf = (draft) => `aiso:draft:${meeting().dataset.drafts}:${draft}`;
  const isWritten = (control) => control.matches("textarea, input[type=text]") && control.value.trim() && control.value !== control.defaultValue;

  function keep(form) {
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NEVER_KEPT.includes(name));
    const words = [...form.elements].filter(isWritten).map((control) => control.value);
    localStorage.setItem(keyOf(form.dataset.draft), JSON.stringify({ at: Date.now(), fields, words }));
  }

  function restore(form) {
    const kept = JSON.parse(localStorage.getItem(keyOf(form.dataset.draft)) || "null");
    // One that came back with errors already holds what was typed.
    if (!kept || form.dataset.restored || form.querySelector("[aria-invalid=true]")) return;
    form.dataset.restored = "yes";
    const left = kept.fields.map((each) => [...each]);
    const take = (name) => left.splice(left.findIndex((each) => each[0] === name), 1)[0][1];
    for (const control of form.elements) {
      if (!control.name || NEVER_KEPT.includes(control.name)) continue;
      const choice = control.type === "radio" || control.type === "checkbox";
      if (choice) control.checked = kept.fields.some(([name, value]) => name === control.name && value === control.value);
      else if (left.some((each) => each[0] === control.name)) control.value = take(control.name);
    }
    sayVerb(form);
  }

  function forgetOld() {
    const oldest = Date.now() - KEPT_DAYS * 24 * 60 * 60 * 1000;
    Object.keys(localStorage).filter((key) => key.startsWith("aiso:draft:")).forEach((key) => {
      if (JSON.parse(localStorage.getItem(key)).at < oldest) localStorage.removeItem(key);
    });
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-draft]")) return;
    keep(form);
    sayVerb(form);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { requestConfig, xhr } = event.detail;
    const form = requestConfig?.elt?.closest?.("form[data-draft]");
    // A button inside that asks for something else, like a vote, sends nothing of it for good.
    if (form?.getAttribute("action") === requestConfig?.path && form && xhr.status < 400) localStorage.removeItem(keyOf(form.dataset.draft));
  });

  // Somebody else was first: what one had written oneself has no form to come back to, and stays here to be copied.
  const unsent = () => [...document.querySelectorAll("[data-settled]")].map((turn) => keyOf(turn.dataset.settled)).filter((key) => localStorage.getItem(key));

  function showUnsent() {
    const box = document.getElementById("unsent");
    if (!box) return;
    const words = unsent().flatMap((key) => JSON.parse(localStorage.getItem(key)).words || []);
    box.hidden = !words.length;
    box.querySelector("ul").replaceChildren(...words.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-forget-unsent]")) return;
    unsent().forEach((key) => localStorage.removeItem(key));
    showUnsent();
  });

  // The button says what it records.
  function sayVerb(form) {
    const words = form.querySelector("[data-record-words]");
    const says = form.querySelector("input:checked[data-says]")?.dataset.says;
    if (words && says) words.textContent = says;
  }

  // A connection that is gone, and comes back.
  function tellConnection(isThere) {
    const line = document.getElementById("offline");
    if (!line || line.hidden === isThere) return;
    line.querySelector("[data-offline-since]").textContent = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    line.hidden = isThere;
  }
  for (const lost of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(lost, () => tellConnection(false));
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status >= 500) tellConnection(false);
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status < 500) tellConnection(true);
  });

  // Keys: arrows go from item to item, Enter records; never while something else has the focus. Ctrl Enter sends the
  // form of the field that one types in, else records.
  function isFree(target) {
    return !target.closest?.("input, select, textarea, button, a, summary, [contenteditable], dialog");
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
    if (document.querySelector("dialog:modal")) return;
    const typed = event.target.matches?.("input, select, textarea") ? event.target.form : null;
    const form = typed || document.getElementById("decision");
    if (!form) return;
    form.requestSubmit();
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing || !isFree(event.target)) return;
    if (document.documentElement.dataset.singleKeys === "off" || document.querySelector("dialog:modal")) return;
    const arrow = document.querySelector(`[data-arrow="${CSS.escape(event.key)}"]`);
    if (arrow) arrow.click();
    else if (event.key === "Enter") document.getElementById("decision")?.requestSubmit();
    else return;
    event.preventDefault();
  });

  // Who does not see the screen hears which item is on it, and what was recorded.
  let heard = null;

  function tellTurn() {
    const { item = "", motion = "", result = "" } = meeting().dataset;
    const latest = result || motion;
    const now = [item, latest].filter(Boolean).join(". ");
    if (heard && heard.now !== now) document.getElementById("told").textContent = heard.item === item && latest ? latest : now;
    heard = { item, now };
  }

  // Minutes run here; the server is asked only for what changed.
  function tick() {
    const seconds = Date.now() / 1000;
    document.querySelectorAll("[data-until]").forEach((place) => {
      place.textContent = String(Math.floor((Number(place.dataset.until) - seconds) / 60)).replace("-", "−");
    });
    document.querySelectorAll("[data-spent][data-since]").forEach((place) => {
      place.textContent = String(Math.floor((Number(place.dataset.spent) + Math.max(0, seconds - Number(place.dataset.since))) / 60));
    });
  }
  setInterval(tick, TICK_MS);

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-full-screen]")) return;
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  });

  function settle() {
    if (!meeting()) return;
    document.querySelectorAll("form[data-draft]").forEach(restore);
    showUnsent();
    tellTurn();
    document.querySelectorAll("[data-full-screen]").forEach((button) => { button.hidden = !document.fullscreenEnabled; });
    tick();
  }
  document.addEventListener("DOMContentLoaded", () => { forgetOld(); settle(); });
  document.addEventListener("htmx:afterSwap", settle);
})();
