// A form with data-clears="<name of a field>" empties the field as it sends it, for the next entry.
// What was not accepted comes back, but never over what has been written since.
(() => {
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement;
    const field = form.dataset.clears && form.elements[form.dataset.clears];
    if (!field) return;
    ctx.sent = { field, text: field.value };
    write(field, "");
    field.removeAttribute("aria-invalid");
    field.focus();
    for (const said of [...problems(field).children]) if (!said.querySelector("button")) said.remove();
  });

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const { sent, response } = ctx;
    if (sent && !(response?.status < 400)) giveBack(sent, reason(ctx.text));
  });

  function giveBack({ field, text }, why) {
    const said = document.createElement("p");
    said.className = "field__error";
    said.textContent = `“${text}” is not added. ${why} `;
    if (field.value === "") {
      write(field, text);
      field.setAttribute("aria-invalid", "true");
    } else {
      const back = document.createElement("button");
      back.type = "button";
      back.className = "button";
      back.textContent = "Put it back";
      back.addEventListener("click", () => {
        const written = field.value;
        said.remove();
        write(field, text);
        field.focus();
        if (written) giveBack({ field, text: written }, "");
      });
      said.append(back);
    }
    problems(field).append(said);
  }

  // As typed: the page follows what is in it.
  function write(field, text) {
    field.value = text;
    htmx.trigger(field, "input");
  }

  function problems(field) {
    return field.form.querySelector("[role=alert]");
  }

  function reason(text) {
    const problem = new DOMParser().parseFromString(text ?? "", "text/html").querySelector(".problem");
    return problem?.textContent.trim() ?? "Something went wrong. Try again.";
  }
})();
