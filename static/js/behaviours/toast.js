// Messages in #toasts: those that the server sends, and those about answers that never came.
(() => {
  const toasts = document.getElementById("toasts");

  function say(ctx, text) {
    if (!ctx || ctx.sent) return; // quick_add.js tells it where it was written
    const toast = document.createElement("p");
    toast.className = "problem";
    toast.textContent = text;
    toasts.append(toast);
  }

  function dress(toast) {
    const close = document.createElement("button");
    close.className = "icon icon--close";
    close.setAttribute("aria-label", "Dismiss");
    close.addEventListener("click", () => toast.remove());
    toast.append(close);
  }

  new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const toast of addedNodes) if (toast.nodeType === 1) dress(toast);
    while (toasts.childElementCount > 3) toasts.firstElementChild.remove();
  }).observe(toasts, { childList: true });

  document.addEventListener("htmx:error", ({ detail: { ctx } }) => say(ctx, "That did not get through. Try again."));
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    if (ctx.response.status >= 500) say(ctx, "Something went wrong on the server. Try again.");
  });
})();
