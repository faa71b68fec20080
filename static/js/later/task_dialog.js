// One task over its list, under its own address. Back, Escape and what has data-close lead back to the list.
const list = document.getElementById("tasks");
const { ask, look, parsed, reached, settled } = await import(list.dataset.lookScript);
const toasts = document.getElementById("toasts");
const said = document.getElementById("said"); // what lies behind a dialog is not read aloud
const kept = new Map(); // address -> content with unsaved text
const named = document.title.replace(/^\(\d+\) /, "");
const dialog = document.createElement("dialog");
dialog.className = "task-dialog";
dialog.closedBy = "none"; // a browser closes it at a second Escape, whatever is written
dialog.dataset.private = "";
dialog.setAttribute("aria-labelledby", "task-heading");
dialog.setAttribute("hx-status:4xx", "swap:beforeend target:#toasts");
document.body.append(dialog);

let address, near, asked, back;

const row = () => document.getElementById(`task-${address.split("/").at(-1)}`);
const titled = (words) => { document.title = (/^\(\d+\) /.exec(document.title)?.[0] ?? "") + words; };

export async function open(href) {
  asked = href;
  await back;
  const page = kept.get(href) ?? await ask(href);
  await settled(); // what still comes until then is of the task that was open before
  if (asked !== href || dialog.open) return;
  if (!page) return say("problem", "That did not get through. Try again.");
  if (page.ok === false) return location.assign(href);
  show(href, page.ok ? await parsed(page) : page);
}

export function follow() {
  if (history.state?.list) open(location.href);
  else hide();
}

function show(href, page) {
  address = href;
  if (location.href !== href) {
    history.scrollRestoration = "manual"; // the list does not move behind it
    history.pushState({ list: location.href }, "", href);
  }
  document.body.dataset.address = history.state.list;
  dialog.replaceChildren(page, toasts, said);
  htmx.process(page);
  htmx.trigger(dialog, "placed", { rows: [dialog] });
  import(page.dataset.mentionsScript);
  titled(`${page.querySelector("h1").textContent} · Tandem`);
  dialog.showModal();
  look({ task: href.split("/").at(-1), since: Number(page.dataset.seq) });
}

function hide(saved) {
  asked = null;
  if (!dialog.open) return;
  const page = dialog.firstElementChild;
  kept.delete(address);
  if (!saved && unsaved(page)) {
    page.dataset.seq = reached();
    kept.set(address, page);
    say("toast toast--news", "What you wrote is kept until you open the task again.");
  }
  dialog.before(toasts, said);
  dialog.close();
  look(null);
  delete document.body.dataset.address;
  titled(named);
  const title = (of) => of?.querySelector(".task__title");
  (title(row()) ?? title(near) ?? document.querySelector(list.dataset.otherwise))?.focus({ preventScroll: true });
  setTimeout(() => { history.scrollRestoration = "auto"; }, 200);
  setTimeout(() => dialog.open || dialog.replaceChildren(), 200);
}

function leave(saved) {
  hide(saved);
  back = new Promise((done) => addEventListener("popstate", done, { once: true }));
  history.back();
}

function say(look, text) {
  const toast = document.createElement("p");
  toast.className = look;
  toast.textContent = text;
  toasts.append(toast);
}

function unsaved(page, form) {
  const changed = (field) => field.options ? [...field.options].some((each) => each.selected !== each.defaultSelected) : field.value !== field.defaultValue;
  const fields = [...page.querySelectorAll("input, textarea, select")].filter((field) => field.form !== form);
  return fields.some(changed) || (!form && page.querySelector("#task-fields > [role=alert]"));
}

const anew = () => htmx.ajax("GET", address, { source: dialog, target: "#task-fields", select: "#task-fields", swap: "outerHTML" });

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (!dialog.open) return;
  near = row()?.nextElementSibling ?? row()?.previousElementSibling;
  ctx.request.headers["HX-Current-URL"] = document.body.dataset.address;
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const { form } = ctx.request;
  if (!dialog.open || !("closes" in (form?.dataset ?? {})) || !(ctx.response?.status < 400)) return;
  const saved = form.dataset.closes === "saved";
  if (!saved || !unsaved(dialog, form)) return leave(saved);
  say("toast toast--news", ctx.waits ? "Not saved yet: it waits for a connection." : "Saved.");
  if (!ctx.waits) anew();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest(".task-dialog :is([data-close], [data-anew])");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if ("anew" in link.dataset) anew();
  else leave();
});
document.addEventListener("keydown", (event) => {
  if (!dialog.open || event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
  event.preventDefault();
  leave();
});
