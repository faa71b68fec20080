// The page's title says how many notifications are unread, as the bell does.
document.addEventListener("placed", ({ target }) => {
  const unread = target.querySelector("[data-unread]")?.dataset.unread;
  if (unread) document.title = (unread > 0 ? `(${unread}) ` : "") + document.title.replace(/^\(\d+\) /, "");
});
