// A form with data-picker: what is typed leaves only the options that match, arrows choose one, Enter presses it.
(() => {
  const options = (form) => [...form.querySelectorAll("[role=option]")].filter((option) => !option.hidden);
  const chosen = (form) => form.querySelector("[role=option][data-chosen]");

  function choose(form, option) {
    delete chosen(form)?.dataset.chosen;
    const field = form.querySelector("[role=combobox]");
    field.setAttribute("aria-activedescendant", option?.id ?? "");
    if (!option) return;
    option.dataset.chosen = "";
    option.scrollIntoView({ block: "nearest" });
  }

  function narrow(target) {
    const form = target.closest("[data-picker]");
    if (!form) return;
    const word = target.value.trim().toLowerCase();
    for (const option of form.querySelectorAll("[role=option]")) option.hidden = !` ${option.textContent.trim().toLowerCase()}`.includes(` ${word}`);
    choose(form, word ? options(form)[0] : null);
  }
  document.addEventListener("input", ({ target }) => narrow(target));
  // What a key does here; tells whether it does anything.
  function press(field, key) {
    const form = field.closest("[data-picker]");
    const all = options(form);
    const at = all.indexOf(chosen(form));
    if (key === "ArrowDown") choose(form, all[(at + 1) % all.length]);
    else if (key === "ArrowUp") choose(form, all.at(at < 0 ? -1 : (at - 1) % all.length));
    else if (key === "Enter") chosen(form)?.click();
    else return false;
    return true;
  }
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (target.role === "combobox" && target.closest("[data-picker]") && !event.isComposing && press(target, key)) event.preventDefault();
  });

  // Somebody was quicker than this script. What was pressed before more was typed is past.
  const field = document.activeElement;
  narrow(field);
  for (const [key, value] of field.early ?? []) if (value === field.value) press(field, key);
})();
