// An element with data-count-of="<selector>" shows how many live elements are in there.
document.addEventListener("placed", ({ target }) => {
  for (const shown of document.querySelectorAll("[data-count-of]")) {
    if (target.matches(shown.dataset.countOf)) shown.textContent = target.querySelectorAll(":scope > [data-v]").length;
  }
});
