// The swap style `place`: each child of what comes in goes to its place in the region, once and in order, and
// leaves alone what a person is doing there. Knows versions and sort keys; no domain.
(() => {
  const gone = new Map(); // id -> the version at which it went
  let api;
  htmx.registerExtension("place", {
    init: (internals) => { api = internals; },
    // Own: an answer to this person's request, not a push.
    htmx_before_swap: (_, { ctx, tasks }) => {
      for (const task of tasks) task.swapSpec.own = Boolean(ctx.response);
    },
    // A field that holds unsaved text keeps it; of presence, and of which place is open, no push knows.
    htmx_before_morph_attr: (field, { attrName }) => !["data-presence", "data-away", "aria-current"].includes(attrName) && (attrName !== "value" || !dirty(field)),
    handle_swap: (style, region, fragment, { own }) => style === "place" && place(region, fragment, { own }),
  });

  // The whole region anew: what is not in it goes, unless it is newer than `seq`.
  document.addEventListener("place:all", ({ target: region, detail: { content, seq, rewound } }) => {
    if (rewound) gone.clear();
    const kept = new Set([...content.children].map((fresh) => fresh.id));
    const foreign = "foreign" in region.dataset; // its rows have the numbers of other streams than `seq`
    for (const old of [...region.children]) {
      if (kept.has(old.id) || !(rewound || foreign || Number(old.dataset.v) <= seq)) continue;
      gone.set(old.id, foreign ? Number(old.dataset.v) : seq);
      remove(region, old, false);
    }
    for (const added of place(region, content, { force: rewound, quiet: true })) htmx.process(added);
  });

  function place(region, content, { own, force, quiet }) {
    const [added, all] = [[], [...content.children]];
    for (const fresh of all) {
      const { id } = fresh;
      const version = Number(fresh.dataset.v ?? Infinity);
      const found = document.getElementById(id);
      const old = found?.parentNode === region ? found : null;
      // The whole region anew may tell more of the same version: somebody in it has another name now.
      if (!force && (Number(old?.dataset.v) >= version + (quiet ? 1 : 0) || gone.get(id) >= version)) continue;
      if ("gone" in fresh.dataset) {
        gone.set(id, version);
        if (old) remove(region, old, own);
        continue;
      }
      if (old) {
        const holder = document.createDocumentFragment();
        holder.append(fresh);
        api.morph(old, holder, false);
        htmx.process(old);
      } else added.push(fresh);
      sort(region, old ?? fresh);
      if (!own && !quiet) glow(old ?? fresh);
    }
    htmx.trigger(region, "placed", { rows: all.map(({ id }) => document.getElementById(id)).filter(Boolean) });
    return added;
  }

  function sort(region, row) {
    const key = region.dataset.sort;
    const before = (a, b) => compare(region, a, b) < 0;
    const { previousElementSibling: previous, nextElementSibling: next } = row;
    if (row.parentNode === region && (!key || ((!previous || before(previous, row)) && (!next || before(row, next))))) return;
    const others = key ? [...region.children].filter((other) => other !== row && !("pending" in other.dataset)) : [];
    let [low, high] = [0, others.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(others[middle], row)) low = middle + 1;
      else high = middle;
    }
    move(region, row, others[low] ?? null);
  }

  // By group where the region has groups, then by the region's key and order, then by id.
  function compare({ dataset: { grouped, sort, order } }, { dataset: a, id: first }, { dataset: b, id: second }) {
    if (grouped && a.group !== b.group) return a.group < b.group ? -1 : 1;
    const [x, y] = [a[sort] ?? "", b[sort] ?? ""];
    return (x < y ? -1 : x > y ? 1 : first < second ? -1 : 1) * (order === "desc" ? -1 : 1);
  }

  function move(region, row, next) {
    if (row.parentNode === region && region.moveBefore) return region.moveBefore(row, next);
    const active = document.activeElement;
    const { selectionStart, selectionEnd } = active ?? {};
    region.insertBefore(row, next);
    if (!row.contains(active)) return;
    active.focus({ preventScroll: true });
    if (selectionStart != null) active.setSelectionRange(selectionStart, selectionEnd);
  }

  function remove(region, row, own) {
    const active = document.activeElement;
    const focused = row.contains(active);
    const typed = [...row.querySelectorAll("input, textarea")].filter(dirty).map((field) => field.value);
    const near = row.nextElementSibling ?? row.previousElementSibling;
    if (own || !(focused || typed.length)) {
      row.remove();
      const seen = [...near?.querySelectorAll("a, button") ?? []].filter((each) => each.checkVisibility());
      if (focused) (seen.find((each) => each.localName === active.localName) ?? seen[0] ?? document.querySelector(region.dataset.otherwise))?.focus();
      return;
    }
    const words = `${row.dataset.called ?? `“${row.querySelector("a")?.textContent ?? ""}”`} ${region.dataset.gone}`;
    row.textContent = typed.length ? `${words} You had written: “${typed.join(" ")}”` : words;
    row.className = row.className.replace(/^\S+/, "$& $&--gone");
    row.removeAttribute("id");
    delete row.dataset.v;
    row.tabIndex = -1;
    row.addEventListener("blur", () => {
      // Not while the mouse is pressed: what it is pressed on must not move from under it.
      if (!document.querySelector(":active")) row.remove();
      else document.addEventListener("pointerup", () => setTimeout(() => row.remove()), { once: true });
    }, { once: true });
    if (focused) row.focus({ preventScroll: true });
  }

  const dirty = (field) => "defaultValue" in field && field.value !== field.defaultValue;

  function glow(row) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    row.animate({ backgroundColor: ["var(--glow)", "transparent"] }, { duration: 1200, easing: "ease-out" });
  }
})();
