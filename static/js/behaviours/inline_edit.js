// Escape or its cancel button takes a data-inline form away; then the focus is back on what opened it.
(() => {
  function close(form) {
    const row = form.closest("li");
    form.remove();
    back(row);
  }

  function back(row) {
    row?.querySelector("[data-opens]")?.focus();
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

  document.addEventListener("click", ({ target }) => {
    const cancel = target.closest("[data-inline] [data-cancel]");
    if (cancel) close(cancel.form);
  });

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const saved = ctx.request.form?.matches("[data-inline]") && !ctx.request.form.isConnected;
    if (saved && document.activeElement === document.body) back(ctx.target.closest("li"));
  });
})();
