// Says when nobody has looked at the page for a while, and at once when somebody does again.
(() => {
  let leaving;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(leaving);
    leaving = setTimeout(() => {
      if (document.body.toggleAttribute("data-away", document.hidden) || !document.hidden) htmx.trigger(document, "attention");
    }, document.hidden ? 30_000 : 0);
  });
})();
