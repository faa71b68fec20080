// Escape or its cancel button takes a data-inline form away; then the focus is back on what opened it,
// which the attribute names where the row has several such.
(() => {
  function close(form) {
    const row = form.closest("li");
    form.remove();
    back(row, form);
  }

  function back(row, form) {
    row?.querySelector(form.dataset.inline || "[data-opens]")?.focus();
    if (document.activeElement === document.body) row?.querySelector("a")?.focus(); // it may be hidden
  }

  document.addEventListener("focusin", ({ target }) => {
    if (target.matches("[data-inline] [autofocus]")) target.setSelectionRange(target.value.length, target.value.length);
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-inline]");
    if (!form || event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    close(form);
  });

  document.addEventListener("click", (event) => {
    const cancel = event.target.closest("[data-inline] [data-cancel]");
    if (!cancel) return;
    event.preventDefault();
    close(cancel.closest("[data-inline]"));
  });

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const saved = ctx.request.form?.matches("[data-inline]") && !ctx.request.form.isConnected;
    if (saved && document.activeElement === document.body) back(ctx.target.closest("li"), ctx.request.form);
  });
})();
