// Reloaded where it was open over a list, the page has the list in its own history: Back shows that.
(() => {
  const { pathname } = location;
  addEventListener("popstate", () => pathname === location.pathname || location.reload());
})();
