// A button copies what stands in the field that it names, also where there is no https and so no clipboard API.
export default function copy(button) {
  document.querySelector(button.dataset.copy).select();
  if (document.execCommand("copy")) button.textContent = "Copied";
  button.focus();
}
