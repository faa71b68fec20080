// Escape or its cancel button takes a data-inline form away; then the focus is back where it came from in the row,
// else on what opens it, which the attribute names where the row has several such. What has data-fills="<id of a template>" opens one.
(() => {
  function close(form) {
    const row = form.closest("li");
    form.remove();
    back(row, form);
  }

  function back(row, form) {
    const from = row?.contains(form.from) && form.from;
    (from || row?.querySelector(form.dataset.inline || "[data-opens]"))?.focus();
    if (document.activeElement === document.body) row?.querySelector("a")?.focus(); // it may be hidden
  }

  // The form of a template, for a row, also without a connection.
  function fill(row, template) {
    const slot = row.querySelector("[hx-morph-skip-children]");
    slot.innerHTML = document.getElementById(template).innerHTML.replaceAll("{id}", row.id.slice(-36));
    slot.querySelector("[name=version]").value = row.dataset.v;
    const field = slot.querySelector("[autofocus]");
    field.setAttribute("value", row.querySelector("a").textContent);
    htmx.process(slot);
    field.focus();
  }

  document.addEventListener("focusin", ({ target, relatedTarget }) => {
    if (!target.matches("[data-inline] [autofocus]")) return;
    target.setSelectionRange(target.value.length, target.value.length);
    target.form.from ??= relatedTarget;
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-inline]");
    if (!form || event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    close(form);
  });

  document.addEventListener("click", (event) => {
    const cancel = event.target.closest("[data-inline] [data-cancel]");
    const opener = event.target.closest("[data-fills]");
    if (cancel) close(cancel.closest("[data-inline]"));
    else if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) fill(opener.closest("[data-v]"), opener.dataset.fills);
    else return;
    event.preventDefault();
  });

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const { form } = ctx.request;
    if (!form?.matches("[data-inline]")) return;
    if (ctx.waits) form.remove();
    if (!form.isConnected && document.activeElement === document.body) back(ctx.target.closest("li"), form);
  });
})();
