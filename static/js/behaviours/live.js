// Keeps the page's lines to the server, and says how fresh the page is. Knows frames, not what is in them.
(() => {
  const words = document.getElementById("live-state");
  const lines = [...document.querySelectorAll("[hx-ws\\:connect]")].map((owner) => ({
    owner,
    // What says how far this page is: the region that the line fills, or the line itself.
    page: owner.dataset.seqOf ? document.querySelector(owner.dataset.seqOf) : owner,
    state: "connecting",
    interval: 30_000,
    lastBeat: 0,
  }));

  function show(line, state) {
    line.state = state;
    const worst = ["offline", "connecting", "live"].find((each) => lines.some((one) => one.state === each));
    document.body.dataset.live = worst;
    if (!line.ended && words.textContent !== words.dataset[worst]) words.textContent = words.dataset[worst];
  }

  function on(name, listener) {
    document.addEventListener(name, ({ target, detail }) => {
      const line = lines.find(({ owner }) => owner === target);
      if (line) listener(line, detail);
    });
  }

  on("htmx:ws:before:connection", (line, { connection }) => { line.connection = connection; });
  on("htmx:ws:after:connection", (line) => {
    line.connection.socket.addEventListener("close", (event) => closed(line, event));
    alive(line);
  });
  on("htmx:ws:close", (line) => {
    line.id = null;
    clearTimeout(line.watching);
    clearInterval(line.beating);
    show(line, "offline");
  });

  // hx-ws reads the next frame only when all work of this one is done.
  on("htmx:ws:before:message:incoming", (line, { message, waitUntil }) => {
    const frame = (message.frame = JSON.parse(message.data));
    alive(line);
    if (frame.type === "welcome") welcome(line, frame);
    if (frame.type === "resync") waitUntil(resync(line, frame.seq < Number(line.page.dataset.seq)));
    if (frame.type === "heartbeat") beat(line);
  });
  on("htmx:ws:after:message:incoming", (line, { message: { frame } }) => {
    // A welcome names the server's position, which this page may still be behind.
    if (frame.type !== "welcome" && frame.seq > Number(line.page.dataset.seq)) reached(line, frame.seq);
  });

  function reached({ page, connection, owner }, seq) {
    page.dataset.seq = seq;
    const address = new URL(connection.url);
    address.searchParams.set("since", seq);
    connection.url = address.href;
    owner.setAttribute("hx-ws:connect", address.href);
  }

  function welcome(line, frame) {
    line.id = frame.connection_id;
    line.interval = frame.heartbeat_interval * 1000;
    clearInterval(line.beating);
    line.beating = setInterval(() => beat(line), line.interval);
    alive(line);
    show(line, "live");
  }

  // Also in answer to the server's: timers of hidden pages are slow.
  function beat(line, now) {
    if (!now && Date.now() - line.lastBeat < line.interval * 0.9) return;
    if (say(line, "heartbeat", { away: "away" in document.body.dataset })) line.lastBeat = Date.now();
  }

  const say = ({ connection: { socket } }, type, data, ref) =>
    socket?.readyState === WebSocket.OPEN && !socket.send(JSON.stringify({ type, data, ref }));

  document.addEventListener("attention", () => lines.forEach((line) => beat(line, true)));
  document.addEventListener("tell", ({ detail }) => { detail.sent = say(lines[0], detail.type, detail.data, detail.ref); });

  function alive(line) {
    clearTimeout(line.watching);
    line.watching = setTimeout(() => reconnect(line), line.interval * 2.5);
  }

  const reconnect = ({ ended, owner }) => ended || htmx.process(owner, true);

  function closed(line, { target, code, reason }) {
    if (target !== line.connection.socket || line.ended) return;
    const notices = document.querySelectorAll(`[data-close-code~="${code}"]`);
    if (!notices.length) {
      if (!line.connection.config.reconnectCodes.includes(code)) setTimeout(() => reconnect(line), (parseFloat(reason) || 5) * 1000);
      return;
    }
    for (const each of lines) each.ended = true;
    words.textContent = words.dataset.ended;
    for (const notice of notices) {
      notice.hidden = false;
      if (notice.dataset.wipes) document.querySelectorAll(notice.dataset.wipes).forEach((secret) => secret.remove());
    }
  }

  const fetched = () => import(words.dataset.resync).catch(() => new Promise((again) => setTimeout(again, 1000)).then(fetched));
  const resync = async (line, rewound) => await fetched() && new Promise((done) => htmx.trigger(document, "resync", { line, rewound, done, given: () => line.ended, reached: (seq) => reached(line, seq) }));

  // A write whose answer never came may be done all the same, and its push was left out as an echo.
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (ctx.request.method !== "GET" && !(ctx.response?.status < 500)) htmx.trigger(document, "missed");
  });
  document.addEventListener("missed", () => {
    const connection = lines[0]?.connection;
    if (connection) connection.receiving = connection.receiving.then(() => resync(lines[0]));
  });
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (lines[0]?.id) ctx.request.headers["X-Connection-Id"] = lines[0].id;
  });
  window.addEventListener("online", () => lines.forEach(reconnect));
  window.addEventListener("offline", () => lines.forEach((line) => show(line, "offline")));
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
