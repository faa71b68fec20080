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
  // Somebody was quicker than this script.
  const early = document.activeElement;
  narrow(early);
  if (early.value && early.dataset.entered === early.value) chosen(early.form)?.click();

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-picker]");
    if (!form || event.isComposing || event.target.role !== "combobox") return;
    const all = options(form);
    const at = all.indexOf(chosen(form));
    if (event.key === "ArrowDown") choose(form, all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(form, all.at(at < 0 ? -1 : (at - 1) % all.length));
    else if (event.key === "Enter") chosen(form)?.click();
    else return;
    event.preventDefault();
  });
})();
