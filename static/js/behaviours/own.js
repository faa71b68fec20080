// Rows are the same for everybody; a style sheet made here marks the reader's own, and no push undoes it.
(() => {
  const { viewer } = document.body.dataset;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`@layer utilities {
    [data-person="${viewer}"] .you { display: inline; }
    [data-author="${viewer}"] :is(.comment__edit, .comment__delete) { display: inline-flex; }
    body[data-role="member"] [data-creator="${viewer}"] .task__delete { display: grid; }
  }`);
  document.adoptedStyleSheets.push(sheet);

  // Their row among the people says which role they have now.
  document.addEventListener("placed", () => {
    const role = document.getElementById(`member-${viewer}`)?.dataset.role;
    if (role) document.body.dataset.role = role;
  });
})();
