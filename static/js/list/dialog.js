// A plain click on a title opens the task over the list; what that takes is fetched then, or when Forward leads there.
(() => {
  const list = document.getElementById("tasks");
  if (!list.dataset.dialogScript) return;
  const load = () => import(list.dataset.dialogScript);
  list.addEventListener("click", (event) => {
    const link = event.target.closest(".task__title");
    // A task that lives elsewhere is told of on another line.
    if (!link?.pathname.startsWith(location.pathname) || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    load().then(({ open }) => open(link.href), () => navigator.onLine && location.assign(link.href));
  });
  addEventListener("popstate", () => load().then(({ follow }) => follow()));
})();
