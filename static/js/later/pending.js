// What somebody has asked for shows on the list at once, until its answer says how it is: also while it waits for days.
const { viewer } = document.body.dataset;
const list = document.getElementById("tasks");
const page = () => document.body.dataset.address ?? location.href; // of the list, whatever is open over it
const asked = new Map(); // what is on its way, by key
let titles = []; // what was put over a title, and what is under it

const rowOf = (id) => document.getElementById(`task-${id}`);
const titleOf = (row) => row?.querySelector("a[href]").textContent ?? "";

function idsOf({ action, body }) {
  const form = new URLSearchParams(body);
  return form.has("task") ? form.getAll("task").map((each) => each.split(":")[0]) : action.match(/(?<=^\/tasks\/)[^/]{36}/) ?? [];
}

function waiting() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(`waiting/${viewer}/`)).sort();
  return names.flatMap((name) => {
    try {
      return { ...JSON.parse(localStorage[name]), waits: "queue" };
    } catch {
      return []; // what sends throws it away
    }
  });
}

function show() {
  for (const { row, link, was, now, v } of titles) {
    delete link.dataset.asked;
    if (row.dataset.v === v && link.textContent === now) link.textContent = was;
  }
  titles = [];
  const all = [...waiting(), ...asked.values()];
  const [marked, added] = [new Set(), new Set()];
  for (const entry of all) {
    const ids = idsOf(entry);
    if (!ids.length && entry.action.endsWith("/tasks") && entry.page === page() && !rowOf(entry.key)) added.add(add(entry));
    for (const row of ids.map(rowOf)) if (row) marked.add(mark(row, entry));
  }
  for (const row of list.querySelectorAll("[data-waits]")) if (!marked.has(row) && !added.has(row)) unmark(row);
}

function add({ key, body, waits }) {
  let row = document.getElementById(`pending-${key}`);
  if (!row) {
    row = document.createElement("li");
    row.id = `pending-${key}`;
    row.className = "task";
    row.dataset.pending = "";
    const text = document.createElement("p");
    text.className = "task__text task__pending";
    text.textContent = new URLSearchParams(body).get("title");
    row.append(text);
    const { order, grouped } = list.dataset;
    if (order === "desc") list.prepend(row);
    else list.insertBefore(row, grouped ? document.getElementById("group-1") : null);
  }
  row.dataset.waits = waits;
  return row;
}

function mark(row, { action, body, waits }) {
  const form = new URLSearchParams(body);
  row.dataset.waits = waits;
  const [turn] = action.match(/(complete|reopen|delete)$/) ?? [];
  const turns = { complete: "done", reopen: "todo", delete: "gone" }[turn] ?? (form.has("delete") ? "gone" : form.get("status"));
  if (turns) row.dataset.turns = turns;
  if (form.has("title")) {
    const link = row.querySelector("a[href]");
    titles.unshift({ row, link, was: link.textContent, now: form.get("title"), v: row.dataset.v });
    link.textContent = form.get("title");
    link.dataset.asked = "";
  }
  return row;
}

function unmark(row) {
  if ("pending" in row.dataset) return row.remove();
  delete row.dataset.waits;
  delete row.dataset.turns;
}

// In the words of the page: what the button is called, which rows it is about, and what was typed.
function words({ sourceElement, request: { action, form, submitter, body } }) {
  if (submitter?.ariaLabel) return submitter.ariaLabel;
  const typed = body.get("title") ?? "";
  const rows = idsOf({ action, body }).map((id) => `“${titleOf(rowOf(id))}”`).join(", ");
  const group = submitter?.closest("fieldset")?.firstElementChild.textContent ?? "";
  if (typed) return rows ? `Change ${rows} to “${typed}”` : `${submitter?.textContent ?? "Add"} “${typed}”`;
  return `${group} ${submitter?.textContent ?? (sourceElement.ariaLabel || "Move")}`.trim() + (rows && `: ${rows}`);
}

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const { action, body, headers } = ctx.request;
  const key = headers["Idempotency-Key"];
  if (!key) return;
  ctx.words = words(ctx);
  asked.set(key, { key, action, body: `${new URLSearchParams(body)}`, page: page(), waits: "answer" });
  show();
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (asked.delete(ctx.request.headers["Idempotency-Key"])) show();
});
document.addEventListener("waiting", show);
list.addEventListener("placed", show);
show();
