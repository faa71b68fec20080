// Keys. What they do is on the page: an element with data-key is pressed, a field gets the focus; in a row that of
// the row comes before that of the page. Whoever does more with a key hears of it as the event `key`.
(() => {
  let before, opening;

  function bound(key, from) {
    const selector = `[data-key="${CSS.escape(key)}"]`;
    const row = from.closest?.("#tasks > *") ?? document.querySelector("#tasks > :has([href][tabindex='0'])");
    const found = row?.querySelector(selector) ?? [...document.querySelectorAll(selector)].at(-1);
    // What is hidden is in a menu, but what those who only view do not see is not theirs to do.
    const theirs = document.body.dataset.role !== "viewer" || found?.checkVisibility() || !found?.closest("form, #tasks");
    return theirs && !found?.matches(":disabled") && found;
  }

  document.addEventListener("key", (event) => {
    const { found } = event.detail;
    if (!found || event.defaultPrevented) return;
    event.preventDefault();
    if (found.matches("input, select, textarea")) found.focus();
    else found.click();
  });

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (opening && key.length === 1) event.preventDefault(); // what it is meant for is not there yet
    const graph = event.getModifierState?.("AltGraph"); // without it many keyboards have no brackets
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || (event.altKey && !graph)) return;
    const letters = document.body.dataset.keys ?? "list";
    let name = before ? `${before} ${key}` : key;
    before = null;
    if (!graph && (event.ctrlKey || event.metaKey)) name = event.shiftKey ? "" : `Control+${key.toUpperCase()}`;
    else if (target.closest("select, textarea, input:not([type=checkbox]), dialog, [popover]") || document.querySelector("dialog:modal")) return;
    else if (key.length === 1 && key !== " ") {
      if (document.querySelector("[data-opens].htmx-request") || letters === "off" || (letters === "list" && !target.closest("#tasks > *"))) return;
      if (key === "g") before = key;
    }
    if (!htmx.trigger(target, "key", { key: name, found: bound(name, target) })) event.preventDefault();
  });

  // What opens by a script that comes then; without it the link leads to a page.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-script]");
    if (!opener || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    opening = true;
    setTimeout(() => { opening = false; }, 2000);
    import(opener.dataset.script).then(({ open }) => open(bound), () => navigator.onLine && location.assign(opener.href)).finally(() => { opening = false; });
  });
})();
