// A form with data-clears="<name of a field>" empties the field as it sends it, for the next entry. What was not
// accepted comes back by the script that its data-refused names.
(() => {
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement;
    const field = form.dataset.clears && form.elements[form.dataset.clears];
    if (!field) return;
    ctx.sent = { field, text: field.value };
    write(field, "");
    field.removeAttribute("aria-invalid");
    field.focus();
    for (const said of [...form.querySelector("[role=alert]").children]) if (!said.querySelector("button")) said.remove();
  });

  document.addEventListener("htmx:finally:request", ({ detail: { ctx: { sent, response, text } } }) => {
    if (!sent || response?.status < 400) return;
    const { field } = sent;
    import(field.form.dataset.refused).then((script) => script.default(sent, text, write), () => field.value || write(field, sent.text));
  });

  // As typed: the page follows what is in it.
  function write(field, text) {
    field.value = text;
    htmx.trigger(field, "input");
  }
})();
