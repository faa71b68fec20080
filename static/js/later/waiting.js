// The list of changes that wait or were refused; a conflict shows both versions, and which one is to be kept.
const { viewer } = document.body.dataset;
const list = document.getElementById("waiting");
const opener = document.getElementById("waiting-open");
const names = (kind) => Object.keys(localStorage).filter((name) => name.startsWith(`${kind}/${viewer}/`)).sort();

function element(tag, text, more) {
  return Object.assign(document.createElement(tag), { textContent: text, ...more });
}

function button(words, act) {
  const made = element("button", words, { type: "button", className: "button" });
  made.addEventListener("click", () => {
    act();
    htmx.trigger(document, "waiting");
  });
  return made;
}

function show() {
  const [refused, waiting] = [names("refused"), names("waiting")];
  const all = [...refused, ...waiting];
  const said = [[refused.length, "not made"], [waiting.length, "waiting"]].filter(([count]) => count).map((each) => each.join(" ")).join(", ");
  if (opener.textContent !== said) opener.textContent = said;
  opener.hidden = !all.length;
  opener.toggleAttribute("data-refused", refused.length > 0);
  const rows = list.querySelector("ul");
  for (const row of [...rows.children]) if (!all.includes(row.dataset.name)) leave(row);
  for (const [index, name] of all.entries()) if (rows.children[index]?.dataset.name !== name) rows.insertBefore(describe(name), rows.children[index]);
  if (!all.length && list.matches(":popover-open")) list.hidePopover();
}

function leave(row) {
  const near = row.nextElementSibling ?? row.previousElementSibling;
  if (row.contains(document.activeElement)) (near?.querySelector("button") ?? list).focus();
  row.remove();
}

function read(name) {
  try {
    return JSON.parse(localStorage[name]);
  } catch {
    return { words: "A change that cannot be read any more" };
  }
}

function describe(name) {
  const entry = read(name);
  const row = element("li", "");
  row.dataset.name = name;
  const drop = () => localStorage.removeItem(name);
  row.append(element("p", entry.words, { className: "waiting__words" }));
  if (entry.now) {
    row.append(element("p", "This conflicts with what is there now:"), ...entry.now.map((now) => theirs(entry, now)));
    if (!entry.now.length) row.append(element("p", entry.problem));
    row.append(button("Keep mine", () => keep(name, entry)), button("Take theirs", drop));
  } else if (entry.problem) row.append(element("p", entry.problem), button("Dismiss", drop));
  else row.append(button("Discard", drop));
  return row;
}

function theirs(entry, now) {
  const body = new URLSearchParams(entry.body);
  const field = ["status", "priority", "due", "assignee"].find((each) => body.has(each));
  const value = field ? `“${now.title}”, ${field} ${now[field] ?? "none"}` : `“${now.title}”`;
  return element("p", `${value}${now.by ? `, changed by ${now.by}` : ""}`, { className: "waiting__theirs" });
}

// A change of its own, based on what is there now.
function keep(name, entry) {
  const body = new URLSearchParams(entry.body);
  if (body.has("version")) body.set("version", entry.now[0]?.version ?? entry.version);
  body.delete("task");
  if (!body.has("version")) for (const { id, version } of entry.now) body.append("task", `${id}:${version}`);
  const random = [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const time = Date.now().toString(16).padStart(12, "0");
  const key = `${time}7${random.slice(0, 3)}8${random.slice(3)}`.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  const { action, method, page, words } = entry;
  localStorage[`waiting/${viewer}/${key}`] = JSON.stringify({ key, action, method, body: `${body}`, page, words });
  localStorage.removeItem(name);
}

document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") !== "/logout") return;
  const all = [...names("waiting"), ...names("refused")];
  const sure = !all.length || confirm(`${opener.textContent}: signing out throws that away. Sign out?`);
  if (sure) all.forEach((name) => localStorage.removeItem(name));
  else event.preventDefault();
});
document.addEventListener("waiting", show);
show();
