// A change that gets no answer waits in this browser, under its reader's id, to be sent again: in order, and under
// the key that it was made with, by which the server does it once. Scripts for later show what waits, and send it.
(() => {
  const { viewer } = document.body.dataset;
  const words = document.getElementById("live-state");
  const { scripts } = document.getElementById("waiting").dataset;
  const alone = words.dataset.offline;
  const place = `waiting/${viewer}/`;
  const waiting = () => {
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith(place)).sort();
    } catch {
      return []; // there is no storage here
    }
  };
  const unanswered = new Map(); // how each of them is kept, by key
  let loaded, last = 0;

  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const { action, method, body, headers, submitter } = ctx.request;
    if (method === "GET") return;
    const key = (headers["Idempotency-Key"] = uuid7());
    headers["X-Viewer-Id"] = viewer; // the cookie may be somebody else's by now
    if (body.has("id")) body.set("id", key); // what is made is made once, too
    const page = document.body.dataset.address ?? location.href;
    const keep = () => {
      const words = ctx.words ?? (submitter?.ariaLabel || submitter?.textContent);
      localStorage[place + key] = JSON.stringify({ key, action, method, body: `${new URLSearchParams(body)}`, page, words });
    };
    // Of several at once all but these may be dropped by htmx.
    if (ctx.sourceElement.matches("[hx-sync='queue all']")) unanswered.set(key, keep);
    ctx.fetch = async (address, request) => {
      unanswered.set(key, keep);
      try {
        const answer = waiting().length || await fetch(address, request);
        if (answer.status < 502) return answer;
      } catch {}
      keep();
      ctx.waits = true;
      htmx.trigger(document, "waiting");
      return new Response(null, { status: 204 });
    };
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => unanswered.delete(ctx.request.headers["Idempotency-Key"]));
  // Whoever leaves does not wait for the answer; should it be done already, the key tells.
  addEventListener("pagehide", () => unanswered.forEach((keep) => keep()));

  function tell() {
    const count = waiting().length;
    words.dataset.offline = count ? `Offline: ${count} ${count > 1 ? "changes are" : "change is"} waiting` : alone;
    if (document.body.dataset.live === "offline") words.textContent = words.dataset.offline;
    if (count) load();
  }

  // Before the line is lost: as soon as somebody is there.
  function load() {
    if (navigator.onLine) loaded ??= Promise.all(scripts.split(" ").map((each) => import(each))).catch(() => setTimeout(() => { loaded = null; }, 5000));
  }
  for (const act of ["focusin", "keydown", "pointerdown"]) document.addEventListener(act, load);
  document.addEventListener("htmx:ws:after:connection", tell);
  document.addEventListener("waiting", tell);
  window.addEventListener("storage", () => htmx.trigger(document, "waiting"));
  tell();

  // Version 7 by hand: crypto.randomUUID is not there on plain http. A later one is greater.
  function uuid7() {
    // Clocks are set back, too.
    last = Math.max(Date.now(), last + 1, parseInt(waiting().at(-1)?.slice(place.length).replace("-", ""), 16) + 1 || 0);
    const random = crypto.getRandomValues(new Uint8Array(10));
    random[0] = (random[0] & 0x0f) | 0x70;
    random[2] = (random[2] & 0x3f) | 0x80;
    const digits = last.toString(16).padStart(12, "0") + Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
})();
