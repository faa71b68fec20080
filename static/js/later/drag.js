// A row of the list is dragged to another place, or under another heading. What is dragged has data-dragged.
const list = document.getElementById("tasks");
const dragged = () => list.querySelector("[data-dragged]");
let mark; // the row beside which it would go

function show(row, side) {
  delete mark?.dataset.drop;
  mark = row;
  if (row) row.dataset.drop = side;
}

// Where it would go: { after or before: a task's id, status }; nothing where it cannot.
function goal(event) {
  const row = dragged();
  let over = event.target.closest("#tasks > *");
  if (!row || !over || over === row || document.body.dataset.role === "viewer") return null;
  const heading = !("v" in over.dataset);
  const { top, height } = over.getBoundingClientRect();
  let after = heading || event.clientY > top + height / 2;
  const { status } = over.dataset;
  const drop = { over, side: after ? "after" : "before" };
  if (heading && "v" in (over.nextElementSibling?.dataset ?? {})) [over, after] = [over.nextElementSibling, false];
  const values = status === row.dataset.status || !list.dataset.grouped ? {} : { status };
  if (list.dataset.sort === "position" && "v" in over.dataset) values[after ? "after" : "before"] = over.id.replace("task-", "");
  return over !== row && Object.keys(values).length ? { ...drop, values } : null;
}

list.addEventListener("dragover", (event) => {
  const to = goal(event);
  show(to?.over, to?.side);
  if (to) event.preventDefault();
});

list.addEventListener("drop", (event) => {
  const { values } = goal(event) ?? {};
  if (!values) return;
  event.preventDefault();
  const row = dragged();
  const moves = "after" in values || "before" in values;
  if (!moves) values.task = row.querySelector(".task__select").value;
  const source = row.querySelector("[data-fills]");
  htmx.ajax("POST", moves ? `/tasks/${row.id.replace("task-", "")}/move` : "/tasks/selected", { source, target: list, swap: "none", values });
});

document.addEventListener("dragend", () => {
  show();
  delete dragged()?.dataset.dragged;
});
