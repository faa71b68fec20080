// Keys. What they do is on the page: an element with data-key is pressed, a field or a group of buttons gets the
// focus; in a row that of the row comes before that of the page.
(() => {
  const list = document.getElementById("tasks");
  const form = document.getElementById("selected");
  const one = form.querySelector("[data-one]");
  const rows = () => [...list.querySelectorAll(":scope > [data-v]")];
  const title = (row) => row?.querySelector("a[href]");
  const selected = () => list.querySelector(".task__select:checked");
  let current, before;

  delete list.dataset.coming; // see tasks.css

  // Tab goes to one row of the list, from where arrows go to the others.
  function enter(row) {
    if (current === row && current?.isConnected) return;
    if (current) stops(current, -1);
    current = row;
    if (current) stops(current, 0);
  }
  const stops = (row, index) => row.querySelectorAll("a, button, input").forEach((each) => { each.tabIndex = index; });
  function settle() {
    for (const row of rows()) if (row !== current && title(row).tabIndex !== -1) stops(row, -1);
    enter(current?.isConnected ? current : rows()[0]);
  }
  list.addEventListener("placed", settle);
  list.addEventListener("focusin", ({ target }) => {
    enter(target.closest("#tasks > [data-v]") ?? current);
    if (target.closest("[data-picker]")) import(list.dataset.pickerScript); // most visits never need it
  });
  settle();

  function walk(key) {
    const all = rows();
    const at = all.indexOf(current);
    const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: all.length - 1 }[key];
    title(all[Math.max(0, Math.min(to, all.length - 1))])?.focus();
  }

  // The form acts on what is selected, else on the row in which the keys are.
  function aim() {
    one.disabled = Boolean(selected());
    one.value = current?.querySelector(".task__select").value;
  }
  function open(group) {
    aim();
    form.popover = "auto";
    form.showPopover();
    (group ?? form).querySelector("button").focus();
  }
  form.addEventListener("toggle", ({ newState }) => newState === "closed" && form.removeAttribute("popover"));
  form.addEventListener("submit", () => setTimeout(() => form.popover && form.hidePopover()));
  form.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step || event.target.localName !== "button") return;
    event.preventDefault();
    const buttons = [...form.querySelectorAll("button")].filter((each) => each.checkVisibility());
    buttons.at((buttons.indexOf(event.target) + step) % buttons.length).focus();
  });
  form.addEventListener("click", ({ target }) => {
    if (target.matches(".selected__open")) open();
    if (!target.matches(".selected__one")) return;
    current.querySelector(".task__select").checked = true;
    form.hidePopover();
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (ctx.request.form === form && ctx.response?.status < 400) form.reset();
  });
  list.addEventListener("pointerdown", ({ pointerType }) => {
    if (pointerType === "mouse" && list.dataset.dragScript) import(list.dataset.dragScript);
  });
  list.addEventListener("dragstart", ({ target }) => { target.closest("#tasks > *").dataset.dragged = ""; });
  document.addEventListener("dragend", () => list.querySelectorAll("[data-dragged]").forEach((row) => delete row.dataset.dragged));
  list.addEventListener("click", ({ target }) => target.matches(".icon--more") && open());

  function press(key, row) {
    const many = selected() && { "#": "[name=delete]", x: "[value=done]" }[key];
    const bound = `[data-key="${key}"]`;
    const found = many ? form.querySelector(many) : row?.querySelector(bound) ?? [...document.querySelectorAll(bound)].at(-1);
    if (!found) return false;
    if (found.localName === "fieldset") open(found);
    else if (found.form === form) {
      aim();
      form.requestSubmit(found);
      one.disabled = true;
    } else if (found.matches("input")) found.focus();
    else found.click();
    return true;
  }

  // A menu of the filters closes when one leaves it.
  const menu = () => document.querySelector(".filter[open]");
  document.addEventListener("focusin", ({ target }) => menu()?.contains(target) === false && (menu().open = false));

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (key === "Escape" && menu()) {
      menu().firstElementChild.focus();
      menu().open = false;
    }
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches("select, textarea, input:not([type=checkbox])") || target.closest("dialog, [popover]")) return;
    const row = target.closest("#tasks > *");
    const letters = document.body.dataset.keys ?? "list";
    const combined = before && `${before} ${key}`;
    before = null;
    if (row && /^(Arrow(Up|Down)|Home|End)$/.test(key)) walk(key);
    else if (row && key === " " && target.matches("a")) row.querySelector(".task__select").click();
    else if (key === "Escape" && selected()) form.reset();
    else if (key.length > 1 || key === " " || letters === "off" || (letters === "list" && !row)) return;
    else if (key === "j" || key === "k") walk(key);
    else if (key === "g") before = key;
    else if (!press(combined ?? key, row ?? current)) return;
    event.preventDefault();
  });
})();
