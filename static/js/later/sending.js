// Sends what waits: in order, one change at a time, from one tab, and as the person who made it.
const { viewer } = document.body.dataset;
const place = `waiting/${viewer}/`;
const lease = `sender/${viewer}`;
const me = `${Math.random()}`;
const next = () => Object.keys(localStorage).filter((name) => name.startsWith(place)).sort()[0];
const pause = (time) => new Promise((done) => setTimeout(done, time));
let running, again, wait = 250, failures = 0;

// There are no locks on plain http. Should two tabs send all the same, the keys still see to it that it is done once.
const holder = () => localStorage[lease]?.split(" ") ?? [];
const HELD = 5000;
function renew() {
  try {
    localStorage[lease] = `${me} ${Date.now() + HELD}`;
  } catch {} // it is full of what waits: better twice than never
}
const isMine = () => [undefined, me].includes(holder()[0]);
const tabs = new BroadcastChannel(`done/${viewer}`);

async function takeLease() {
  const [who, until] = holder();
  const left = until - Date.now(); // more than it can be where the clock has been set back
  if (who !== me && left > 0 && left <= HELD) return false;
  renew();
  if (who !== me) await pause(50 + Math.random() * 100);
  return isMine();
}

async function run() {
  clearTimeout(again);
  if (running || !next()) return;
  running = true;
  let rest = 1000;
  if (await takeLease()) {
    const renewing = setInterval(renew, 1000);
    rest = await sendAll().catch(backoff);
    clearInterval(renewing);
    if (isMine()) localStorage.removeItem(lease);
  }
  running = false;
  if (next()) again = setTimeout(run, rest);
}

function backoff() {
  wait = Math.min(wait * 2, 30_000);
  return wait * (0.5 + Math.random() / 2);
}

// How long to rest before it is tried again.
async function sendAll() {
  const known = await fetch("/api/me", { cache: "no-store" });
  if (!known.ok || (await known.json()).id !== viewer) return Math.max(5000, backoff());
  for (let name = next(); name; name = next()) {
    if (!isMine()) return 1000; // this tab was asleep
    const entry = read(name);
    if (!entry) continue;
    const body = new FormData();
    new URLSearchParams(entry.body).forEach((value, field) => body.append(field, value));
    const headers = { Accept: "text/html", "HX-Request": "true", "HX-Current-URL": entry.page, "Idempotency-Key": entry.key, "X-Viewer-Id": viewer };
    const answer = await fetch(entry.action, { method: entry.method, body, headers, signal: AbortSignal.timeout(20_000) });
    const { status } = answer;
    if (status === 429) return (parseInt(answer.headers.get("Retry-After")) || 5) * 1000;
    // What the server fails on again and again must not hold up the rest for ever.
    if (status === 401 || (status >= 500 && !(status === 500 && ++failures > 5))) return backoff();
    const text = await answer.text();
    if (status >= 400) await refuse(name, entry, status, text);
    else await apply(entry, answer, text);
    localStorage.removeItem(name);
    htmx.trigger(document, "waiting");
    [wait, failures] = [250, 0];
  }
  return 0;
}

// What cannot be read can neither be sent nor shown.
function read(name) {
  try {
    return JSON.parse(localStorage[name]);
  } catch {
    localStorage.removeItem(name);
    htmx.trigger(document, "waiting");
  }
}

async function apply({ page }, answer, text) {
  // Its first answer was lost, and its push was left out as an echo.
  if (answer.headers.has("Idempotency-Replayed")) {
    tabs.postMessage("missed"); // it may have been any tab's
    htmx.trigger(document, "missed");
  } else if (page === (document.body.dataset.address ?? location.href)) await htmx.swap({ sourceElement: document.body, target: document.body, swap: "none", text, response: answer });
}

async function refuse(name, entry, status, text) {
  const said = new DOMParser().parseFromString(text, "text/html");
  entry.problem = said.querySelector(".problem, .field__error")?.textContent.trim() ?? "The server did not take it.";
  const body = new URLSearchParams(entry.body);
  const ids = body.has("task") ? body.getAll("task").map((each) => each.split(":")[0]) : entry.action.match(/(?<=\/tasks\/)[^/]+/) ?? [];
  if (status === 409 && (body.has("version") || body.has("task"))) {
    entry.version = said.querySelector("[name=version]")?.value;
    entry.now = (await Promise.all(ids.map(stands))).filter(Boolean);
  }
  if (localStorage[name]) localStorage[`refused/${viewer}/${entry.key}`] = JSON.stringify(entry);
}

// How a task is now, and who else changed it last.
async function stands(id) {
  const [task, history] = await Promise.all(["", "/history"].map((part) => fetch(`/api/tasks/${id}${part}`)));
  if (!task.ok || !history.ok) return null;
  const { title, status, priority, due_on, assignee, version } = await task.json();
  const { items } = await history.json();
  const by = items.find(({ actor }) => actor && actor.id !== viewer)?.actor.name;
  return { id, version, by, title, status, priority, due: due_on, assignee: assignee?.name };
}

tabs.addEventListener("message", () => htmx.trigger(document, "missed"));
document.addEventListener("waiting", run);
document.addEventListener("htmx:ws:after:connection", run);
window.addEventListener("online", run);
run();
