// Says in #said what others did: grouped, at most one sentence in 5 seconds.
// While somebody writes it waits until they pause, but not longer than 5 seconds; on a page that nobody sees, until
// somebody does. What a toast tells is not said twice.
const GATHER = 1_000;
const APART = 5_000;
const PAUSE = 1_500;
const MOST = 120;
const said = document.getElementById("said");
const toasts = document.getElementById("toasts");
const { viewer } = document.body.dataset;
const waiting = new Map(); // thing -> { noun, what, people, words }
let anew; // [count, noun], where it is not known who
let timer;
let last = -Infinity;
let due;
// This script comes with the first news, which may come while somebody writes.
let written = document.activeElement.matches("input, textarea") ? Date.now() : -Infinity;

export default function announce(what) {
  if (what === document.getElementById("mute")) return mute(what);
  if ("mute" in localStorage) return;
  for (const [actor, name, words, noun, id, thing] of what.news ?? []) {
    if (actor === viewer) continue;
    const before = waiting.get(noun + id) ?? { id, noun, people: new Map(), words: new Set() };
    before.people.set(actor, name);
    waiting.set(noun + id, { ...before, what: thing, words: before.words.add(words) });
  }
  anew = what.anew ?? anew;
  toldByToasts();
  due ??= Math.max(Date.now() + GATHER, last + APART);
  wait(due);
}

function mute(button) {
  if (localStorage.mute) delete localStorage.mute;
  else localStorage.mute = "1";
  button.ariaPressed = !localStorage.mute;
  waiting.clear();
  anew = null;
}

function wait(until) {
  clearTimeout(timer);
  timer = setTimeout(say, until - Date.now());
}

function say() {
  const now = Date.now();
  if (document.hidden) return;
  const until = Math.max(due, Math.min(written + PAUSE, due + APART));
  if (now < until) return wait(until);
  const sentence = anew ? `Caught up: ${count(anew)} changed` : waiting.size && told([...waiting.values()]);
  if (anew) anew = null;
  else waiting.clear();
  due = null;
  if (!sentence) return;
  const words = document.createElement("p");
  words.textContent = short(sentence);
  said.replaceChildren(words);
  last = now;
  if (waiting.size) wait((due = last + APART));
}

// "Ana finished Fix login", "Ana and Bo changed 3 tasks", "Ana changed 2 tasks, and Stan joined".
function told(things) {
  const nouns = [...new Set(things.map(({ noun }) => noun))];
  const sentence = nouns.map((noun) => ofOneKind(things.filter((thing) => thing.noun === noun))).join(", and ");
  if (sentence.length <= MOST || things.length === 1) return sentence;
  return `${names(everybody(things), 0)} made ${things.length} changes`;
}

function ofOneKind(things) {
  const people = everybody(things);
  const words = new Set(things.flatMap((thing) => [...thing.words]));
  const [{ noun, what }] = things;
  if (words.size === 1 && (things.length === 1 ? people.length === 1 : noun !== "task")) {
    const times = things.length > people.length ? ` ${things.length} times` : "";
    return `${names(people)} ${[...words][0]}${times}`;
  }
  return `${names(people)} changed ${things.length === 1 ? what : count([things.length, noun])}`;
}

const everybody = (things) => [...new Map(things.flatMap(({ people }) => [...people])).values()];
const count = ([number, noun]) => `${number} ${noun}${number === 1 ? "" : "s"}`;

function names(people, most = 3) {
  if (!most && people.length > 1) return `${people.length} people`;
  const named = people.length > 3 ? [...people.slice(0, 2), `${people.length - 2} others`] : people;
  return named.length > 1 ? `${named.slice(0, -1).join(", ")} and ${named.at(-1)}` : named[0];
}

function short(sentence) {
  const characters = [...sentence];
  return characters.length > MOST ? `${characters.slice(0, MOST - 1).join("")}…` : sentence;
}

// They are a live region of their own. One about no task tells of the viewer, or of who did it.
function toldByToasts() {
  for (const { dataset: { by, about } } of toasts.querySelectorAll("[data-by]")) {
    for (const [key, { id, people }] of waiting) {
      const same = about ? id === about || location.pathname.includes(about) : [viewer, by].includes(id);
      if (same && people.delete(by) && !people.size) waiting.delete(key);
    }
  }
}

new MutationObserver(toldByToasts).observe(toasts, { childList: true });
document.addEventListener("input", () => { written = Date.now(); });
document.addEventListener("visibilitychange", () => due && wait(due));
