// Suggests people while somebody types @ in a text area that names where people are found.
//   <textarea data-mentions="URL">  asks URL?q=… for {"results": [{"value", "label", "note"}]}
(() => {
  "use strict";

  const WAIT_MS = 150;
  const TYPED = /(?:^|[\s(])@([\p{L}\d._+-]{1,40})$/u;
  const ADDRESS = /<([^<>\s]+@[^<>\s]+)>\s*$/;
  let list = null;
  let area = null;
  let found = [];
  let active = 0;
  let timer = 0;

  const typed = () => TYPED.exec(area.value.slice(0, area.selectionStart))?.[1];

  function close() {
    clearTimeout(timer);
    list?.remove();
    list = null;
    for (const name of ["aria-controls", "aria-expanded", "aria-activedescendant"]) area?.removeAttribute(name);
  }

  async function suggest() {
    const asked = typed();
    if (!asked) return close();
    const url = new URL(area.dataset.mentions, location.href);
    url.searchParams.set("q", asked);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok || typed() !== asked) return;
    found = (await answer.json()).results.slice(0, 6);
    if (!found.length) return close();
    draw();
  }

  function draw() {
    close();
    list = document.createElement("ul");
    list.id = "mention-list";
    list.className = "suggest";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "People");
    found.forEach((person, place) => list.append(option(person, place)));
    area.after(list);
    area.setAttribute("aria-controls", list.id);
    area.setAttribute("aria-expanded", "true");
    mark(0);
  }

  function option(person, place) {
    const line = document.createElement("li");
    line.id = `mention-${place}`;
    line.setAttribute("role", "option");
    const name = document.createElement("span");
    name.textContent = person.label;
    const note = document.createElement("small");
    note.textContent = person.note || "";
    line.append(name, note);
    line.addEventListener("pointerdown", (event) => event.preventDefault());
    line.addEventListener("click", () => choose(place));
    return line;
  }

  function mark(place) {
    active = (place + found.length) % found.length;
    [...list.children].forEach((line, at) => line.setAttribute("aria-selected", String(at === active)));
    area.setAttribute("aria-activedescendant", `mention-${active}`);
    list.children[active].scrollIntoView({ block: "nearest" });
  }

  function choose(place) {
    const address = ADDRESS.exec(found[place].value)?.[1] || found[place].value;
    const start = area.selectionStart - typed().length;
    area.setRangeText(`${address} `, start, area.selectionStart, "end");
    close();
    area.focus();
  }

  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("textarea[data-mentions]")) return;
    area = event.target;
    clearTimeout(timer);
    timer = setTimeout(suggest, WAIT_MS);
  });

  document.addEventListener("keydown", (event) => {
    if (!list || event.target !== area) return;
    if (event.key === "ArrowDown") mark(active + 1);
    else if (event.key === "ArrowUp") mark(active - 1);
    else if (event.key === "Enter" || event.key === "Tab") choose(active);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  document.addEventListener("focusout", (event) => {
    if (event.target === area) setTimeout(close, WAIT_MS);
  });
})();
