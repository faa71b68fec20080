// Keeps the page's one connection, and says how fresh the page is. Knows frames, not what is in them.
(() => {
  const owner = document.querySelector("[hx-ws\\:connect]");
  const words = document.getElementById("live-state");
  const page = document.querySelector("[data-seq]");
  let connection, connectionId, beating, watching;
  let [interval, lastBeat, ended] = [30_000, 0, false];

  function show(state) {
    document.body.dataset.live = state;
    if (words.textContent !== words.dataset[state]) words.textContent = words.dataset[state];
  }

  const on = (name, listener) => document.addEventListener(name, ({ detail }) => listener(detail));

  on("htmx:ws:before:connection", (detail) => { connection = detail.connection; });
  on("htmx:ws:after:connection", () => {
    connection.socket.addEventListener("close", closed);
    alive();
  });
  on("htmx:ws:close", () => {
    connectionId = null;
    clearTimeout(watching);
    clearInterval(beating);
    show("offline");
  });

  // hx-ws reads the next frame only when all work of this one is done.
  on("htmx:ws:before:message:incoming", ({ message, waitUntil }) => {
    const frame = (message.frame = JSON.parse(message.data));
    alive();
    if (frame.type === "welcome") welcome(frame);
    if (frame.type === "resync") waitUntil(resync(frame.seq < Number(page.dataset.seq)));
    if (frame.type === "heartbeat") beat();
  });
  on("htmx:ws:after:message:incoming", ({ message: { frame } }) => {
    // A welcome names the server's position, which this page may still be behind.
    if (frame.type !== "welcome" && frame.seq > Number(page.dataset.seq)) reached(frame.seq);
  });

  function reached(seq) {
    page.dataset.seq = seq;
    const address = new URL(connection.url);
    address.searchParams.set("since", seq);
    connection.url = address.href;
    owner.setAttribute("hx-ws:connect", address.href);
  }

  function welcome(frame) {
    connectionId = frame.connection_id;
    interval = frame.heartbeat_interval * 1000;
    clearInterval(beating);
    beating = setInterval(beat, interval);
    alive();
    show("live");
  }

  // Also in answer to the server's: timers of hidden pages are slow.
  function beat() {
    if (Date.now() - lastBeat < interval * 0.9 || connection.socket?.readyState !== WebSocket.OPEN) return;
    lastBeat = Date.now();
    connection.socket.send('{"type":"heartbeat"}');
  }

  function alive() {
    clearTimeout(watching);
    watching = setTimeout(reconnect, interval * 2.5);
  }

  const reconnect = () => ended || htmx.process(owner, true);

  function closed({ target, code, reason }) {
    if (target !== connection.socket || ended) return;
    const notices = document.querySelectorAll(`[data-close-code~="${code}"]`);
    if (!notices.length) {
      if (!connection.config.reconnectCodes.includes(code)) setTimeout(reconnect, (parseFloat(reason) || 5) * 1000);
      return;
    }
    ended = true;
    words.textContent = words.dataset.ended;
    for (const notice of notices) {
      notice.hidden = false;
      if (notice.dataset.wipes) document.querySelectorAll(notice.dataset.wipes).forEach((secret) => secret.remove());
    }
  }

  // The page as it is now, put in place region by region; `rewound` when the server says that it has gone back.
  async function resync(rewound) {
    for (let wait = 250; !ended; wait = Math.min(wait * 2, 5000)) {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" }).catch(() => null);
      if (answer && answer.status < 500) return answer.ok && !answer.redirected ? apply(await answer.text(), rewound) : location.reload();
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  function apply(html, rewound) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const seq = Number(fresh.querySelector("[data-seq]").dataset.seq);
    for (const region of document.querySelectorAll("[data-live-region]")) {
      const content = fresh.getElementById(region.id);
      if (content) htmx.trigger(region, "place:all", { content, seq, rewound });
    }
    if (rewound || seq > Number(page.dataset.seq)) reached(seq);
  }

  // A write whose answer never came may be done all the same, and its push was left out as an echo.
  on("htmx:finally:request", ({ ctx }) => {
    const lost = ctx.request.method !== "GET" && !(ctx.response?.status < 500);
    if (lost && connection) connection.receiving = connection.receiving.then(() => resync());
  });

  on("htmx:config:request", ({ ctx }) => {
    if (connectionId) ctx.request.headers["X-Connection-Id"] = connectionId;
  });
  window.addEventListener("online", reconnect);
  window.addEventListener("offline", () => show("offline"));
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
