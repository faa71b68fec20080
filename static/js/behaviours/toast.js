// Messages in #toasts: those that the server sends, and those about answers that never came.
(() => {
  const toasts = document.getElementById("toasts");

  function say(ctx, text) {
    if (!ctx || ctx.sent || "quiet" in ctx.sourceElement.dataset) return; // quick_add.js tells it where it was written
    const toast = document.createElement("p");
    toast.className = "problem";
    toast.textContent = text;
    toasts.append(toast);
  }

  function dress(toast) {
    if (!toast.matches(".toast--news")) toast.setAttribute("role", "alert");
    toast.addEventListener("animationend", () => toast.remove());
    const close = document.createElement("button");
    close.className = "icon icon--close";
    close.setAttribute("aria-label", "Dismiss");
    close.addEventListener("click", () => toast.remove());
    toast.append(close);
  }

  new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const toast of addedNodes) if (toast.nodeType === 1) dress(toast);
    while (toasts.childElementCount > 3 && !toasts.querySelector("[data-news]")) toasts.firstElementChild.remove();
  }).observe(toasts, { childList: true });

  // What one frame brings together happened while nobody could see it.
  document.addEventListener("htmx:ws:after:message:incoming", () => {
    const news = toasts.querySelectorAll("[data-news]");
    for (const toast of news) delete toast.dataset.news;
    if (news.length < 2) return;
    for (const toast of news) toast.remove();
    const one = document.createElement("p");
    one.className = "toast toast--news";
    one.innerHTML = `<a href="/notifications">${news.length} new while you were away</a>`;
    toasts.append(one);
  });

  // What was asked for by a message is answered.
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (ctx.response?.status < 400) ctx.sourceElement.closest("#toasts > *")?.remove();
  });
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => say(ctx, "That needs a connection."));
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    if (ctx.response.status >= 500) say(ctx, "Something went wrong on the server. Try again.");
  });
})();
