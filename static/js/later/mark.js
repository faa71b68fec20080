// A row that somebody else changed has a mark until it is seen: on the screen for 2 seconds, on a page that somebody
// looks at, or by the focus in it. The mark is the page's own, in a part of the row that no push touches.
const SEEN = 2_000;
const { viewer } = document.body.dataset;
const marked = new Map(); // row -> { mark, people, seeing, shown }

export default function mark({ news = [] }) {
  for (const [actor, name, , noun, id] of news) {
    const row = document.getElementById(`${noun}-${id}`);
    const place = row?.querySelector(row.parentElement.dataset.markIn);
    if (!place || actor === viewer) continue;
    const { mark: shown = make(), people = new Map(), ...rest } = marked.get(row) ?? {};
    people.set(actor, name);
    shown.lastChild.textContent = ` Changed by ${[...people.values()].join(", ")}`;
    shown.title = shown.textContent.trim();
    if (!shown.isConnected) place.prepend(shown);
    clearTimeout(rest.seeing); // what is new has not been seen
    marked.set(row, { ...rest, mark: shown, people, seeing: null });
    // Anew, so that it is told where the row stands now.
    observer.unobserve(row);
    observer.observe(row);
  }
}

function make() {
  const made = document.createElement("span");
  made.className = "fresh fresh--dot";
  made.append(Object.assign(document.createElement("span"), { className: "visually-hidden" }));
  return made;
}

const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const known = marked.get(target);
    if (known) known.shown = isIntersecting;
  }
  look();
}, { threshold: 0.5 });

function look() {
  const looking = !document.hidden && document.hasFocus();
  for (const [row, known] of marked) {
    if (!row.isConnected) seen(row);
    else if (!looking || !known.shown) {
      clearTimeout(known.seeing);
      known.seeing = null;
    } else known.seeing ??= setTimeout(() => seen(row), SEEN);
  }
}

function seen(row) {
  const known = marked.get(row);
  if (!known) return;
  clearTimeout(known.seeing);
  known.mark.remove();
  observer.unobserve(row);
  marked.delete(row);
}

document.addEventListener("visibilitychange", look);
addEventListener("focus", look);
addEventListener("blur", look);
document.addEventListener("focusin", ({ target }) => {
  for (const row of marked.keys()) if (row.contains(target)) seen(row);
});
