// A text field with data-mentions="<id of a listbox>" completes "@" and the beginning of a name from that list.
(() => {
  const begun = /(?:^|\s)@([\p{L}\p{M}\p{N}'.\- ]{0,40})$/u;
  let field, list;

  const options = () => [...list.children].filter((option) => !option.hidden);
  const chosen = () => list.querySelector("[aria-selected=true]");

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  }

  function close() {
    if (!field) return;
    list.hidden = true;
    (field.closest("section") ?? document.body).append(list); // it stood beside the field, which may go
    field.removeAttribute("aria-activedescendant");
    field.removeAttribute("aria-controls");
    field = null;
  }

  function complete(option) {
    const end = field.selectionStart;
    const start = end - begun.exec(field.value.slice(0, end))[1].length;
    const into = field;
    field.setRangeText(`${option.textContent} `, start, end, "end");
    close();
    into.focus();
  }

  document.addEventListener("input", ({ target }) => {
    close();
    const name = target.dataset.mentions && begun.exec(target.value.slice(0, target.selectionStart))?.[1].toLowerCase();
    if (name == null) return;
    [field, list] = [target, document.getElementById(target.dataset.mentions)];
    for (const option of list?.children ?? []) option.hidden = !` ${option.textContent.toLowerCase()}`.includes(` ${name}`);
    if (!list || !options().length) return void (field = null);
    // It stays a text field, of several lines: no combobox may be that.
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-controls", list.id);
    field.after(list);
    list.hidden = false;
    choose(options()[0]);
  });

  document.addEventListener("keydown", (event) => {
    if (!field || event.isComposing || event.target !== field) return;
    const all = options();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
    else if (event.key === "Enter" || event.key === "Tab") complete(chosen());
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  document.addEventListener("pointerdown", (event) => {
    const option = field && event.target.closest("[role=option]");
    if (!option) return close();
    event.preventDefault();
    complete(option);
  });
})();
