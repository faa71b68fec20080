// Gives back what was written and not accepted, with the reason, but never over what has been written since.
export default function giveBack({ field, text }, answer, write) {
  tell(field, text, reason(answer), write);
}

function tell(field, text, why, write) {
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
      if (written) tell(field, written, "", write);
    });
    said.append(back);
  }
  field.form.querySelector("[role=alert]").append(said);
}

function reason(answer) {
  const problem = new DOMParser().parseFromString(answer ?? "", "text/html").querySelector(".problem");
  return problem?.textContent.trim() ?? "Something went wrong. Try again.";
}
