// The keys that work on this page, over it: those of the template that something here is bound to.
export function open(bound) {
  if (document.querySelector("dialog.help")) return;
  const from = document.activeElement;
  const dialog = document.getElementById("help").content.firstElementChild.cloneNode(true);
  const letters = document.body.dataset.keys ?? "list";
  for (const said of dialog.querySelectorAll("[data-letters]")) said.hidden = said.dataset.letters !== letters;
  for (const row of dialog.querySelectorAll("[data-does]")) {
    const { does, of } = row.dataset;
    if (!(of ? document.querySelector(of) : bound(does, from))) row.remove();
  }
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
