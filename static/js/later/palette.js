// The palette: what can be done here, every place, and the tasks that are found, in one field. What can be done is
// in its template; what of it is bound here and now, `bound` knows.
export function open(bound) {
  if (document.querySelector("dialog.palette")) return;
  const from = document.activeElement;
  const { selectionStart, selectionEnd } = from;
  const dialog = document.getElementById("palette").content.firstElementChild.cloneNode(true);
  const field = dialog.querySelector("[role=combobox]");
  const list = dialog.querySelector("[role=listbox]");
  const said = dialog.querySelector("[role=status]");
  const [commands, places, tasks] = list.children;
  let chosen, waiting, newest, about;

  for (const option of [...commands.children]) {
    const found = bound(option.dataset.does, from);
    const row = found && found.closest("#tasks > *"); // false is what is not theirs to do
    const { role, viewer } = document.body.dataset;
    // Members delete what they have made themselves.
    if (!found || (role === "member" && found.matches(".task__delete") && row?.dataset.creator !== viewer)) option.remove();
    about = row || about;
  }
  const selected = document.querySelectorAll("#tasks :checked").length;
  const target = dialog.querySelector(".palette__target");
  target.hidden = !about;
  if (about) target.textContent = `On ${selected ? `${selected} selected` : `“${about.querySelector("a").textContent}”`}`;
  for (const link of document.querySelectorAll(".side a:not([data-key]), .bar a:not([data-key]), .work__head a")) {
    const option = commands.firstElementChild.cloneNode();
    option.textContent = link.textContent.trim();
    option.goes = link;
    delete option.dataset.does;
    places.append(option);
  }

  function choose(option) {
    chosen?.setAttribute("aria-selected", "false");
    chosen = option;
    chosen?.setAttribute("aria-selected", "true");
    chosen?.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", chosen?.id ?? "");
  }
  const shown = () => [...list.querySelectorAll("[role=option]")].filter((option) => !option.hidden);

  function show(words) {
    const terms = field.value.toLowerCase().split(/\s+/);
    for (const option of [...commands.children, ...places.children]) {
      const text = option.textContent.toLowerCase();
      option.hidden = !terms.every((term) => text.includes(term));
    }
    for (const group of [commands, places]) group.hidden = ![...group.children].some((option) => !option.hidden);
    const all = shown();
    all.forEach((option, index) => { option.id = `palette-${index}`; });
    choose(all.includes(chosen) ? chosen : all[0]);
    if (words != null) said.textContent = words || `${all.length} ${all.length === 1 ? "result" : "results"}`;
  }

  async function find(q) {
    const mine = newest = new AbortController();
    try {
      const answer = await fetch(`/search?q=${encodeURIComponent(q)}`, { headers: { "HX-Request": "true" }, signal: mine.signal });
      const text = await answer.text();
      if (mine !== newest) return;
      tasks.innerHTML = answer.ok ? text : "";
      show(answer.ok ? "" : "Tasks could not be searched.");
    } catch {
      if (mine === newest) show("Tasks could not be searched: there is no connection.");
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    newest?.abort();
    newest = null;
    const q = field.value.trim();
    if (!q) tasks.replaceChildren();
    else waiting = setTimeout(find, 120, q);
    choose();
    show(q ? null : "");
  });

  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const all = shown();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) choose(all.at((all.indexOf(chosen) + step) % all.length));
    else if (event.key !== "Enter" || !chosen) return;
    else chosen.click();
    event.preventDefault();
  });

  list.addEventListener("click", ({ target }) => {
    const option = target.closest("[role=option]");
    if (!option || option.href) return;
    dialog.close();
    if (option.goes) option.goes.click();
    else htmx.trigger(from, "key", { key: option.dataset.does, found: bound(option.dataset.does, from) });
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the field
  dialog.addEventListener("close", () => {
    newest?.abort();
    newest = null;
    dialog.remove();
    // The browser leads back to the field, but not to the place in it.
    if (selectionStart != null && from === document.activeElement) from.setSelectionRange(selectionStart, selectionEnd);
  });
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
  show("");
}
