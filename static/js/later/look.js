// What is shown over a list stays true as the list does: the page's own line tells of it, and it is fetched with it.
const list = document.getElementById("tasks");
let looking = null; // { task, since }: `since` until the server follows it, then the page's own number counts
let number = 0;
let [answered, answer] = [Promise.resolve(), () => {}];

export const ask = (href) => fetch(href, { headers: { "HX-Request": "true", Accept: "text/html" }, cache: "no-store" }).catch(() => null);
export const parsed = async (page) => new DOMParser().parseFromString(await page.text(), "text/html").body.firstElementChild;
export const settled = () => answered;
export const reached = () => looking?.since ?? Number(list.dataset.seq);

// After the answer nothing comes any more of what was looked at before.
export function look(next) {
  looking = next;
  number += 1;
  answered = new Promise((done) => { answer = done; });
  tell();
}

function tell() {
  const detail = { type: "look", ref: number, data: { task: looking?.task ?? null, since: reached() } };
  document.dispatchEvent(new CustomEvent("tell", { detail }));
  if (!detail.sent) answer();
}

document.addEventListener("htmx:ws:before:message:incoming", ({ target, detail: { message: { frame } } }) => {
  if (target.id === "live" && frame.type === "welcome") tell();
  if (frame.ref !== number) return;
  if (frame.type === "ack" && looking) looking.since = null;
  if (frame.type === "error") warn("This task is no longer there. What you wrote is still here.");
  answer();
});
document.addEventListener("htmx:ws:close", () => answer());

document.addEventListener("resync", async ({ detail: { rewound } }) => {
  const shown = document.querySelector(".task-dialog[open] > .stack");
  const page = shown && await ask(location.href);
  if (!page || page.status >= 500 || !shown.isConnected) return;
  const fresh = page.ok && await parsed(page);
  const of = (id) => fresh.querySelector(`#${id}`);
  for (const region of shown.querySelectorAll("[data-live-region]")) {
    if (fresh) htmx.trigger(region, "place:all", { content: of(region.id), seq: Number(fresh.dataset.seq), rewound });
  }
  const known = shown.querySelector("#task-changed").dataset.v;
  if (!fresh) warn("This task is no longer there. What you wrote is still here.");
  else if (of("task-fields").dataset.v > Number(known)) warn("This task was changed meanwhile. What you write here stays; where you both changed the same, you are shown both.");
});

function warn(words) {
  const news = document.getElementById("task-changed");
  if (!news) return;
  news.className = "notice notice--warning";
  news.hidden = false;
  news.textContent = words;
}
