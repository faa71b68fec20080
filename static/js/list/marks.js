// An element with data-marks="<ids>" puts what its template holds into each of them, where data-marks-in says,
// and takes it out again when it goes itself.
for (const source of document.querySelectorAll("[data-marks]")) {
  const marks = [];
  for (const id of source.dataset.marks.trim().split(" ")) {
    const mark = source.querySelector("template").content.firstElementChild.cloneNode(true);
    document.getElementById(id)?.querySelector(source.dataset.marksIn)?.prepend(mark);
    marks.push(mark);
  }
  new MutationObserver(() => source.isConnected || marks.forEach((mark) => mark.remove())).observe(source.parentNode, { childList: true });
}
