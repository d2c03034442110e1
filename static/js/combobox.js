// Choosing from a list too long to scroll, after the ARIA combobox pattern. Without script the plain control stays.
//   <select data-combobox>           filters its own options; with `multiple`, chosen ones become chips
//   <input data-combobox-src="URL">  asks URL?q=… for {"results": [{"value", "label", "note"}]}; the chosen value
//                                    is the text of the field
(() => {
  "use strict";

  const WAIT_MS = 150;
  const SHOWN = 50;
  let made = 0;

  const make = (tag, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  class Combobox {
    constructor(box, input, source) {
      this.box = box;
      this.input = input;
      this.source = source;
      this.active = -1;
      this.list = make("ul", { id: `listbox-${++made}`, role: "listbox", "aria-label": labelOf(input) });
      this.list.hidden = true;
      this.told = make("span", { class: "visually-hidden", role: "status" });
      box.append(this.list, this.told);
      for (const [name, value] of Object.entries({
        role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id, autocomplete: "off",
      })) input.setAttribute(name, value);
      this.listen();
    }

    listen() {
      this.input.addEventListener("input", () => this.soon());
      this.input.addEventListener("click", () => this.fill());
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.input.addEventListener("blur", () => setTimeout(() => this.leave(), WAIT_MS));
      this.list.addEventListener("pointerdown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => {
        const option = event.target.closest("[role=option]");
        if (option) this.choose(option);
      });
    }

    soon() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.fill(), this.source.remote ? WAIT_MS : 0);
    }

    async fill() {
      const asked = this.source.query(this.input);
      const found = await this.source.find(asked);
      if (document.activeElement !== this.input) return;
      this.results = found;
      this.list.replaceChildren(...found.map((each, place) => this.option(each, place)));
      if (!found.length) this.list.append(make("li", { class: "none", role: "presentation" }, this.source.none(asked)));
      this.told.textContent = found.length ? `${found.length} to choose from` : this.source.none(asked);
      this.mark(found.length && asked ? 0 : -1);
      this.open(found.length > 0 || Boolean(asked));
    }

    option(result, place) {
      const option = make("li", { id: `${this.list.id}-${place}`, role: "option", "aria-selected": "false" });
      option.append(make("span", {}, result.label));
      if (result.note) option.append(make("small", {}, result.note));
      return option;
    }

    mark(place) {
      this.active = place;
      const options = this.list.querySelectorAll("[role=option]");
      options.forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
      if (place < 0) return this.input.removeAttribute("aria-activedescendant");
      this.input.setAttribute("aria-activedescendant", options[place].id);
      options[place].scrollIntoView({ block: "nearest" });
    }

    key(event) {
      const last = this.list.querySelectorAll("[role=option]").length - 1;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (this.list.hidden) this.fill();
        else if (last >= 0) this.mark(event.key === "ArrowDown" ? Math.min(this.active + 1, last) : Math.max(this.active - 1, 0));
      } else if (event.key === "Enter" && !this.list.hidden && this.active >= 0) {
        event.preventDefault();
        this.choose(this.list.querySelectorAll("[role=option]")[this.active]);
      } else if (event.key === "Escape" && !this.list.hidden) {
        event.preventDefault();
        event.stopPropagation();
        this.open(false);
      } else if (event.key === "Backspace" && !this.input.value) {
        this.source.dropLast?.();
      }
    }

    choose(option) {
      this.source.choose(this.results[[...this.list.querySelectorAll("[role=option]")].indexOf(option)], this.input);
      this.open(false);
    }

    open(yes) {
      this.list.hidden = !yes;
      this.input.setAttribute("aria-expanded", String(yes));
      if (!yes) this.mark(-1);
    }

    leave() {
      if (this.box.contains(document.activeElement)) return;
      this.open(false);
      this.source.leave?.(this.input);
    }
  }

  const labelOf = (input) => input.labels?.[0]?.textContent.trim() || input.getAttribute("aria-label") || "Choices";
  const changed = (element) => element.dispatchEvent(new Event("change", { bubbles: true }));

  // People and other things that only the server can list.
  class RemoteSource {
    remote = true;

    constructor(address) {
      this.address = address;
    }

    query = (input) => input.value.trim();
    none = (asked) => (asked ? `Nobody found for “${asked}”.` : "Type a name.");

    async find(asked) {
      const url = new URL(this.address, location.href);
      url.searchParams.set("q", asked);
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      return answer.ok ? (await answer.json()).results : [];
    }

    choose(result, input) {
      input.value = result.value;
      changed(input);
    }
  }

  // The options of a <select>, which stays in the form and carries the values.
  class SelectSource {
    constructor(select, input, chips) {
      Object.assign(this, { select, input, chips });
      this.typed = false;
      input.addEventListener("input", () => (this.typed = true));
      this.draw();
    }

    query = (input) => (this.select.multiple || this.typed ? input.value.trim() : "");
    none = (asked) => (asked ? `Nothing in the list for “${asked}”.` : "All are chosen.");

    async find(asked) {
      const words = fold(asked).split(/\s+/);
      const open = [...this.select.options].filter((option) => option.value && !(this.select.multiple && option.selected));
      const found = open.filter((option) => words.every((word) => fold(option.text).includes(word)));
      return found.slice(0, SHOWN).map((option) => ({ value: option.value, label: option.text, note: option.dataset.note }));
    }

    choose(result) {
      for (const option of this.select.options) {
        if (option.value === result.value) option.selected = true;
      }
      this.draw();
      changed(this.select);
    }

    dropLast() {
      const chosen = this.select.multiple ? [...this.select.selectedOptions] : [];
      if (chosen.length) this.drop(chosen.at(-1));
    }

    drop(option) {
      option.selected = false;
      this.draw();
      changed(this.select);
    }

    // Leaving with half a word typed keeps what was chosen; an emptied field empties the choice.
    leave(input) {
      if (!this.select.multiple && this.typed && !input.value.trim() && this.select.querySelector('option[value=""]')) {
        this.select.value = "";
        changed(this.select);
      }
      this.draw();
    }

    draw() {
      this.typed = false;
      if (!this.select.multiple) {
        const chosen = this.select.selectedOptions[0];
        this.input.value = chosen?.value ? chosen.text : "";
        return;
      }
      this.input.value = "";
      this.chips.replaceChildren(...[...this.select.selectedOptions].map((option) => this.chip(option)));
      this.chips.hidden = !this.chips.childElementCount;
    }

    chip(option) {
      const chip = make("span", { class: "chip" });
      const remove = make("button", { type: "button", "aria-label": `Remove ${option.text}` });
      remove.append(document.querySelector("#toasts template").content.querySelector("[data-dismiss] svg").cloneNode(true));
      remove.addEventListener("click", () => {
        this.drop(option);
        this.input.focus();
      });
      chip.append(make("b", {}, option.text), remove);
      return chip;
    }
  }

  function enhanceSelect(select) {
    const box = make("div", { class: select.multiple ? "combo" : "combo pick" });
    const chips = make("div", { class: "chips" });
    chips.hidden = true;
    const input = make("input", { type: "text", class: "form-control", id: `${select.id}-text` });
    for (const name of ["aria-describedby", "aria-invalid", "disabled", "data-submit"]) {
      if (select.hasAttribute(name) && name !== "data-submit") input.setAttribute(name, select.getAttribute(name));
    }
    const empty = select.querySelector('option[value=""]');
    input.placeholder = select.dataset.placeholder || empty?.text.replace(/^-+$/, "") || (select.multiple ? "Type to find" : "");
    const label = select.labels?.[0];
    if (label) label.htmlFor = input.id;
    else input.setAttribute("aria-label", select.getAttribute("aria-label") || "Choices");
    const hadFocus = document.activeElement === select;
    select.before(box);
    box.append(chips, input);
    select.hidden = true;
    if (hadFocus) input.focus();
    // A hidden control cannot be focused to show the browser's own complaint: the server's answer stands beside the field.
    select.required = false;
    new Combobox(box, input, new SelectSource(select, input, chips));
  }

  function enhanceInput(input) {
    const box = make("div", { class: "combo" });
    const hadFocus = document.activeElement === input;
    input.before(box);
    box.append(input);
    if (hadFocus) input.focus();
    new Combobox(box, input, new RemoteSource(input.dataset.comboboxSrc));
  }

  function enhance(root) {
    const waiting = (selector) => [...root.querySelectorAll(selector)].filter((each) => !each.closest(".combo") && !each.dataset.enhanced);
    waiting("select[data-combobox]").forEach((select) => {
      select.dataset.enhanced = "yes";
      enhanceSelect(select);
    });
    waiting("input[data-combobox-src]").forEach(enhanceInput);
  }

  document.addEventListener("DOMContentLoaded", () => enhance(document));
  document.addEventListener("htmx:load", (event) => enhance(event.detail.elt.parentElement || document));
})();
