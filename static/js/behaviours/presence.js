// Who is here: whatever stands for a person ([data-person]) carries it, and says it in words where it has room.
(() => {
  const people = new Map();
  let known = null; // until the first word about it the page stays as it was served

  document.addEventListener("htmx:ws:after:message:incoming", ({ detail: { message: { frame } } }) => {
    if (frame.type !== "presence") return;
    if (frame.all) people.clear();
    for (const [id, here] of Object.entries(frame.people)) here ? people.set(id, here) : people.delete(id);
    known = frame.known;
    tell(document.body);
  });
  document.addEventListener("placed", ({ detail }) => known !== null && detail.rows.forEach(tell));

  function tell(within) {
    const inside = within.querySelectorAll("[data-person]");
    for (const each of within.dataset.person ? [within, ...inside] : inside) {
      const here = people.get(each.dataset.person);
      const state = !known ? "unknown" : here ? "online" : "offline";
      const task = each.parentElement.dataset.hereOn;
      if (task) each.hidden = !here?.tasks.includes(task);
      say(each, state, here?.away ?? false);
    }
  }

  function say(each, state, away) {
    const before = each.dataset.presence;
    each.dataset.presence = state;
    each.toggleAttribute("data-away", away);
    const words = each.querySelector(".presence");
    if (!words || (state === before && state === "offline")) return;
    words.textContent = { unknown: "Unknown", online: away ? "Away" : "Online", offline: before === "online" ? "Seen " : "Offline" }[state];
    if (words.textContent !== "Seen ") return;
    const now = document.createElement("time");
    now.dateTime = new Date().toISOString();
    now.dataset.relative = "";
    words.append(now);
  }
})();
