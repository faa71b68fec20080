// Keys of the list: arrows walk through it, and what is bound acts on what is selected, else on the row of the keys.
(() => {
  const list = document.getElementById("tasks");
  const form = document.getElementById("selected");
  const one = form.querySelector("[data-one]");
  const rows = () => [...list.querySelectorAll(":scope > [data-v]")];
  const selected = () => list.querySelector(".task__select:checked");
  let current;

  delete list.dataset.coming; // see tasks.css

  // Tab goes to one row of the list, from where arrows go to the others.
  function enter(row) {
    if (current === row) return;
    if (current) stops(current, -1);
    current = row;
    if (current) stops(current, 0);
  }
  const stops = (row, index) => row.querySelectorAll("a, button, input").forEach((each) => { each.tabIndex = index; });
  function settle(changed) {
    for (const row of changed) if (row.dataset.v) stops(row, row === current ? 0 : -1);
    enter(current?.isConnected ? current : rows()[0]);
  }
  list.addEventListener("placed", ({ detail }) => settle(detail.rows));
  list.addEventListener("focusin", ({ target }) => {
    enter(target.closest("#tasks > [data-v]") ?? current);
    if (target.closest("[data-picker]")) import(list.dataset.pickerScript); // most visits never need it
  });
  // The script of a picker does then what they would have done.
  list.addEventListener("keydown", ({ key, target }) => { if (target.role) (target.early ??= []).push([key, target.value]); });
  settle(rows());

  function walk(key) {
    const all = rows();
    const at = all.indexOf(current);
    const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: all.length - 1 }[key];
    (all[Math.max(0, to)] ?? all.at(-1))?.querySelector("a[href]").focus();
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
  // Arrows lead to a button of it, and so does the letter with which one begins.
  form.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (target.localName !== "button" || event.ctrlKey || event.metaKey || event.altKey) return;
    const buttons = [...form.querySelectorAll("button")].filter((each) => each.checkVisibility());
    const at = buttons.indexOf(target);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[key];
    const begins = (each) => each.textContent.trim()[0].toLowerCase() === key.toLowerCase();
    const next = step ? buttons.at((at + step) % buttons.length) : [...buttons.slice(at + 1), ...buttons].find(begins);
    if (!next) return;
    event.preventDefault();
    next.focus();
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
  // The buttons of such a form lie in the rows, and each asks by itself.
  for (const each of document.querySelectorAll("[data-apart]")) each.addEventListener("submit", (event) => {
    htmx.ajax("POST", event.submitter.getAttribute("formaction"), { source: event.submitter, event });
  });
  list.addEventListener("pointerdown", ({ pointerType }) => {
    if (pointerType === "mouse" && list.dataset.dragScript) import(list.dataset.dragScript);
  });
  list.addEventListener("dragstart", ({ target }) => { target.closest("#tasks > *").dataset.dragged = ""; });
  list.addEventListener("click", ({ target }) => target.matches(".icon--more") && open());

  // A menu of the filters closes when one leaves it.
  const menu = () => document.querySelector(".filter[open]");
  document.addEventListener("focusin", ({ target }) => menu()?.contains(target) === false && (menu().open = false));

  // Before what presses whatever is bound.
  document.addEventListener("key", (event) => {
    const { target, detail: { key, found } } = event;
    const row = target.closest?.("#tasks > *");
    const many = found && selected() && { "#": "[name=delete]", x: "[value=done]" }[key];
    const button = many ? form.querySelector(many) : found;
    if (/^[jk]$/.test(key) || (row && /^(Arrow(Up|Down)|Home|End)$/.test(key))) walk(key);
    else if (row && key === " " && target.matches("a")) row.querySelector(".task__select").click();
    else if (key === "Escape" && menu()) {
      menu().firstElementChild.focus();
      menu().open = false;
    } else if (key === "Escape" && selected()) form.reset();
    else if (button?.localName === "fieldset") open(button);
    else if (button?.form === form) {
      aim();
      form.requestSubmit(button);
      one.disabled = true;
    } else return;
    event.preventDefault();
  }, true);
})();
