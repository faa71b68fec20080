// A form with data-clears="<name of a field>" empties the field as it sends it, for the next entry.
// What was not accepted comes back, but never over what has been written since.
(() => {
  const lost = new Map(); // text -> id, where no answer came: the same id creates nothing twice

  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement;
    const field = form.dataset.clears && form.elements[form.dataset.clears];
    if (!field) return;
    ctx.sent = { form, field, text: field.value, id: lost.get(field.value) ?? uuid7() };
    ctx.request.body.set("id", ctx.sent.id);
    write(field, "");
    field.removeAttribute("aria-invalid");
    field.focus();
    for (const said of [...problems(field).children]) if (!said.querySelector("button")) said.remove();
  });

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const { sent, response } = ctx;
    if (!sent) return;
    lost.delete(sent.text);
    if (response?.status < 400) return;
    if (!response || response.status >= 500) lost.set(sent.text, sent.id);
    giveBack(sent, reason(response, ctx.text));
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

  function reason(response, text) {
    if (!response) return "There is no connection. Try again.";
    const problem = new DOMParser().parseFromString(text ?? "", "text/html").querySelector(".problem");
    return problem?.textContent.trim() ?? "Something went wrong. Try again.";
  }

  // Version 7 by hand: crypto.randomUUID is not there on plain http.
  function uuid7() {
    const random = crypto.getRandomValues(new Uint8Array(10));
    random[0] = (random[0] & 0x0f) | 0x70;
    random[2] = (random[2] & 0x3f) | 0x80;
    const digits = Date.now().toString(16).padStart(12, "0") + Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
})();
