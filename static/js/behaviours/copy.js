// A button copies what stands in the field that it names, also where there is no https and so no clipboard API.
document.addEventListener("click", ({ target }) => {
  const { copy } = target.dataset;
  if (!copy) return;
  document.querySelector(copy).select();
  if (document.execCommand("copy")) target.textContent = "Copied";
  target.focus();
});
