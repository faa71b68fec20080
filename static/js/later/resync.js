// Where catching up change by change is not possible: the page as it is now, put in place region by region.
document.addEventListener("resync", async ({ detail: { line, rewound, done, reached, given } }) => {
  for (let wait = 250; !given(); wait = Math.min(wait * 2, 5000)) {
    const answer = await fetch(document.body.dataset.address ?? location.href, { headers: { Accept: "text/html" }, cache: "no-store" }).catch(() => null);
    if (answer && answer.status < 500) {
      if (answer.ok && !answer.redirected) apply(await answer.text());
      else location.reload();
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  done();

  function apply(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const seqOf = (id) => Number(fresh.getElementById(id)?.dataset.seq);
    for (const region of document.querySelectorAll("[data-live-region]")) {
      const content = fresh.getElementById(region.id);
      const of = region.dataset.of ?? document.querySelector("[data-seq]").id;
      // `rewound`: the server says that this line has gone back.
      if (content) htmx.trigger(region, "place:all", { content, seq: seqOf(of), rewound: rewound && of === line.page.id });
    }
    const seq = seqOf(line.page.id);
    if (rewound || seq > Number(line.page.dataset.seq)) reached(seq);
  }
});
