// What others did is said and marked by scripts that come when there is something; so do those that buttons name.
(() => {
  const said = document.getElementById("said");
  const run = (addresses, what) => addresses.split(" ").forEach((address) => import(address).then((script) => script.default(what)));

  document.addEventListener("htmx:ws:after:message:incoming", ({ detail: { message: { frame } } }) => frame.news && run(said.dataset.later, frame));

  // The whole region anew: who did it is not known, only how many rows are not what they were.
  document.addEventListener("place:all", ({ target: { children, dataset }, detail: { content, rewound } }) => {
    if (rewound === undefined || !dataset.noun) return; // it is asked for by the page itself, after an act of its reader
    const versions = {};
    for (const { id, dataset: { v } } of [...children, ...content.children]) versions[id] ^= v; // 0 where both have the same
    const count = Object.values(versions).filter(Boolean).length;
    if (count) run(said.dataset.later, { anew: [count, dataset.noun] });
  }, true);

  document.addEventListener("click", ({ target }) => target.dataset.later && run(target.dataset.later, target));
  const mute = document.getElementById("mute");
  try {
    mute.ariaPressed = !localStorage.mute;
  } catch {} // there is no such button, or no storage
})();
