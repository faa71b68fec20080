// A button holds what comes from the server until it is pressed again. It is read all the same, so that no line is
// cut for silence; only nothing of it is put in place. Then it is let in as it came, and what came meanwhile after it.
// A line that breaks while it is held asks anew from what the page shows, so what it brought is dropped.
const HELD = ["changes", "presence", "resync"];
const MOST = 500; // frames of one line; more than that is fetched in one go
const lines = new Map(); // the element of a line -> what waits
let button;

export default function press(pressed) {
  button = pressed;
  button.ariaPressed = !paused();
  if (!paused()) resume();
  else for (const line of lines.values()) line.replayed = 0;
  say();
}

const paused = () => button?.ariaPressed === "true";
const nothing = () => ({ frames: [], presence: null, things: new Set(), many: false });

document.addEventListener("htmx:ws:before:message:incoming", (event) => {
  const { target, detail } = event;
  const frame = JSON.parse(detail.message.data);
  if (frame.type === "welcome") lines.delete(target);
  const line = lines.get(target) ?? { ...nothing(), replayed: 0 };
  lines.set(target, line);
  line.connection = detail.connection;
  if (paused() && frame.type === "heartbeat") detail.message.data = `{"type":"heartbeat"}`; // the page is not that far
  if (!HELD.includes(frame.type)) return say();
  if (paused()) hold(line, frame);
  else if (frame.replayed) return line.replayed--;
  else if (line.replayed) replay(line, frame); // it had come before the button was pressed
  else return;
  event.stopImmediatePropagation();
  detail.cancelled = true;
  say();
}, true);

function hold(line, frame) {
  if (frame.type === "presence") {
    line.presence = { ...frame, people: { ...(!frame.all && line.presence?.people), ...frame.people }, all: frame.all || Boolean(line.presence?.all) };
    return;
  }
  line.frames.push(frame);
  line.many ||= frame.type === "resync";
  const content = new DOMParser().parseFromString(frame.content ?? "", "text/html");
  for (const { id } of content.querySelectorAll("[data-v]:not(#bell)")) line.things.add(id);
  for (const [, , , noun, id] of frame.news ?? []) line.things.add(`${noun}-${id}`);
  if (line.frames.length > MOST) line.frames = [{ type: "resync", seq: frame.seq }];
}

function resume() {
  for (const line of lines.values()) {
    const waiting = [...line.frames, line.presence];
    Object.assign(line, nothing());
    for (const frame of waiting) if (frame) replay(line, frame);
  }
}

// By the way on which it came, which is in order.
function replay(line, frame) {
  line.replayed++;
  line.connection.socket?.dispatchEvent(new MessageEvent("message", { data: JSON.stringify({ ...frame, replayed: true }) }));
}

function say() {
  const count = new Set([...lines.values()].flatMap(({ things }) => [...things])).size;
  const many = [...lines.values()].some((line) => line.many);
  const waiting = many ? ": many changes wait" : count ? `: ${count} ${count === 1 ? "change waits" : "changes wait"}` : "";
  button.textContent = paused() ? `Paused${waiting}` : "Pause";
}
