"""The page as it stands open in a browser, for tests: what scripts do to it, by the same rules.

The rules are those of static/js/behaviours: place.js, count.js, live.js and own.js, without focus and
typing. Whoever changes one changes the other; e2e shows that real browsers agree.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any, Union
from urllib.parse import parse_qsl, urlencode, urlsplit

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
NOTHING = ["{}", "role: none"]  # what a page shows once access is gone


@dataclass(eq=False)
class Element:
    """One element, its attributes, and its children in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Union["Element", str]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.attributes.get("id", "")

    @property
    def version(self) -> float:
        """``data-v`` as a number; NaN, which is not above or below anything, without one."""
        return float(self.attributes.get("data-v", "nan"))

    @property
    def elements(self) -> list["Element"]:
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self) -> Iterable["Element"]:
        """This element and everything in it."""
        yield self
        for child in self.elements:
            yield from child.all()

    def html(self) -> str:
        """The element in one canonical form; what a page may keep of its own is left out."""
        kept = dict(self.attributes)
        # Presence is no part of the log: the page's script keeps it through every push.
        kept.pop("data-presence", None)
        if self.id == "bell" or kept.get("class") == "side__workspace":
            # When it was told last on an open page, when it was read on a fresh one; nobody sees either.
            kept.pop("data-v")
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in sorted(kept.items()))
        own = "hx-morph-skip-children" in self.attributes
        inner = (escape(child) if isinstance(child, str) else child.html() for child in self.children)
        return f"<{self.tag}{attributes}>{'' if own else ''.join(inner)}</{self.tag}>"


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"<{self._open[-1].tag}> is closed by </{tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def finished(self) -> Element:
        self.close()
        assert self._open == [self.root], f"<{self._open[-1].tag}> is never closed"
        return self.root


def parse(html: str) -> Element:
    """``html`` as a tree; every element that may have content must be closed."""
    parser = _Parser()
    parser.feed(html)
    return parser.finished()


class Page:
    """A page with live regions, changed by frames and compared with a page that has just been loaded."""

    def __init__(self, html: str) -> None:
        everything = list(parse(html).all())
        # What the person's own line fills is followed where that is the page's only line.
        self.regions = {
            found.id: found
            for found in everything
            if "data-live-region" in found.attributes and found.attributes.get("data-of") != "me"
        }
        self.counts = {
            found.attributes["data-count-of"]: found.text
            for found in everything
            if "data-count-of" in found.attributes
        }
        body = next(found for found in everything if found.tag == "body")
        self.role = body.attributes["data-role"]
        self.viewer = body.attributes.get("data-viewer", "")
        self.list = next(found for found in everything if "data-seq" in found.attributes)
        self.seq = int(self.list.attributes["data-seq"])
        live = next(found for found in everything if found.id == "live")
        self.live_url = live.attributes["hx-ws:connect"]
        self._gone: dict[str, float] = {}

    @property
    def view(self) -> list[tuple[str, str]]:
        """The parameters by which the page's socket names its view."""
        pairs = parse_qsl(urlsplit(self.live_url).query)
        return [(name, value) for name, value in pairs if name != "since"]

    def rows(self) -> list[str]:
        """The ids of the tasks, from top to bottom."""
        return [row.id.removeprefix("task-") for row in self.list.elements]

    def shown(self) -> list[str]:
        """All that a live page and its reload must have in common, line by line."""
        rows = [child.html() for region in self.regions.values() for child in region.elements]
        return [*(line for row in rows for line in row.splitlines()), f"{self.counts}", f"role: {self.role}"]

    def receive(self, frame: str) -> dict[str, Any]:
        """Do what live.js does with one frame; gives its content for whoever wants to know more."""
        message: dict[str, Any] = json.loads(frame)
        self.swap(message.get("content", ""))
        if message["type"] not in ("welcome", "resync") and message.get("seq", 0) > self.seq:
            self._reached(message["seq"])
        return message

    def swap(self, partials: str) -> None:
        """Put ``<hx-partial>`` elements, pushed or answered, where they belong."""
        for partial in parse(partials).elements:
            assert partial.tag == "hx-partial"
            if partial.attributes["hx-target"] in ("#toasts", "#history-news", "#task-news"):
                continue  # said once, or fetched again by the page itself
            assert partial.attributes["hx-swap"] == "place"
            region = self.regions[partial.attributes["hx-target"].removeprefix("#")]
            self._place(region, partial.elements, force=False)

    def resync(self, html: str) -> None:
        """Put the page as it is now in place, region by region."""
        fresh = Page(html)
        rewound = fresh.seq < self.seq
        for name, region in self.regions.items():
            if name in fresh.regions:
                self._place_all(region, fresh.regions[name].elements, fresh.seq, rewound=rewound)
        self._reached(fresh.seq)

    def add(self, html: str) -> None:
        """What a dialog over the page adds to it."""
        for found in parse(html).all():
            if "data-live-region" in found.attributes:
                self.regions[found.id] = found
            if "data-count-of" in found.attributes:
                self.counts[found.attributes["data-count-of"]] = found.text

    def add_anew(self, html: str) -> None:
        """The same put in place where it already is."""
        for found in parse(html).all():
            if "data-live-region" in found.attributes and found.id in self.regions:
                self._place_all(self.regions[found.id], found.elements, self.seq, rewound=False)

    def wipe(self) -> None:
        """What happens when access has been taken away."""
        self.regions, self.counts, self.role = {}, {}, "none"

    def empty(self) -> None:
        """Back to before anything happened, to be told everything again."""
        for region in self.regions.values():
            # Headings happened with the page.
            region.children[:] = [child for child in region.elements if "data-v" not in child.attributes]
        self._reached(0)

    def _reached(self, seq: int) -> None:
        self.seq = seq
        address = urlsplit(self.live_url)
        self.live_url = address._replace(query=urlencode([("since", seq), *self.view])).geturl()

    def _place_all(self, region: Element, content: list[Element], seq: int, *, rewound: bool) -> None:
        if rewound:
            self._gone.clear()
        kept = {fresh.id for fresh in content}
        foreign = "data-foreign" in region.attributes
        for old in region.elements:
            if old.id not in kept and (rewound or foreign or old.version <= seq):
                self._gone[old.id] = old.version if foreign else seq
                region.children.remove(old)
        self._place(region, content, force=rewound, anew=True)

    def _place(self, region: Element, content: list[Element], *, force: bool, anew: bool = False) -> None:
        for fresh in content:
            version = math.inf if math.isnan(fresh.version) else fresh.version
            old = next((row for row in region.elements if row.id == fresh.id), None)
            known = old is not None and old.version >= version + anew
            if not force and (known or self._gone.get(fresh.id, -math.inf) >= version):
                continue
            if "data-gone" in fresh.attributes:
                self._gone[fresh.id] = version
                if old is not None:
                    region.children.remove(old)
                continue
            row = old or Element(fresh.tag)
            row.attributes, row.children = fresh.attributes, fresh.children
            _sort(region, row)
        self._placed(region)

    def _placed(self, region: Element) -> None:
        if f"#{region.id}" in self.counts:
            live = [row for row in region.elements if "data-v" in row.attributes]
            self.counts[f"#{region.id}"] = str(len(live))
        for row in region.elements:
            if row.id == f"member-{self.viewer}":
                self.role = row.attributes["data-role"]


def _sort(region: Element, row: Element) -> None:
    """Put ``row`` where it belongs; one that stands well between its neighbours stays."""
    key = region.attributes.get("data-sort")
    rows = region.elements
    descending = region.attributes.get("data-order") == "desc"

    def before(a: Element, b: Element) -> bool:
        group, other = a.attributes.get("data-group", ""), b.attributes.get("data-group", "")
        if region.attributes.get("data-grouped") and group != other:
            return group < other
        x, y = _sort_key(a, key or ""), _sort_key(b, key or "")
        return x > y if descending else x < y

    if row in rows:
        at = rows.index(row)
        settled = (at == 0 or before(rows[at - 1], row)) and (
            at + 1 == len(rows) or before(row, rows[at + 1])
        )
        if not key or settled:
            return
    others = [other for other in rows if other is not row]
    low, high = (0, len(others)) if key else (len(others), len(others))
    while low < high:
        middle = (low + high) >> 1
        if before(others[middle], row):
            low = middle + 1
        else:
            high = middle
    region.children[:] = [*others[:low], row, *others[low:]]


def _sort_key(row: Element, key: str) -> tuple[bytes, str]:
    # Scripts compare UTF-16 code units.
    return row.attributes.get(f"data-{key}", "").encode("utf-16-be", "surrogatepass"), row.id
