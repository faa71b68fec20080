"""How events become what a page's socket gets; knows the table of presenters, not what they show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.core.events import RecordedEvent
from app.core.fragments import FetchAnew, News

# A page's view is the business of the feature that shows it; here it is only a key to share work by.
# Where a page shows several at once, it is a tuple of them.
View = object
Presenter = Callable[[View, RecordedEvent, RecordedEvent], str]
# Says what happened to one thing, to whoever sees it.
Teller = Callable[[View, Sequence[RecordedEvent]], Sequence[News]]


@dataclass(frozen=True)
class Change:
    """All that happened to one entity within a stretch of the log."""

    events: Sequence[RecordedEvent]

    @property
    def first(self) -> RecordedEvent:
        return self.events[0]

    @property
    def last(self) -> RecordedEvent:
        return self.events[-1]


def collapse(events: Sequence[RecordedEvent]) -> list[Change]:
    """``events`` by entity, in the order in which each entity changed last."""
    changes: dict[tuple[str, object], list[RecordedEvent]] = {}
    for event in events:
        key = (noun(event.type), event.entity_id)
        of_one = changes.pop(key, [])
        of_one.append(event)
        changes[key] = of_one
    return [Change(each) for each in changes.values()]


def present(presenters: Mapping[str, Presenter], view: View, changes: Sequence[Change]) -> tuple[str, bool]:
    """The HTML that brings a page with ``view`` up to date with ``changes``, "" if it shows none of them;
    and whether one of them is best shown by fetching the page again."""
    parts, anew = [], False
    for change in changes:
        for each in view if isinstance(view, tuple) else (view,):
            try:
                parts.append(presenters[noun(change.last.type)](each, change.first, change.last))
            except FetchAnew:
                anew = True
    return "".join(parts), anew


def tell(tellers: Mapping[str, Teller], view: View, changes: Sequence[Change]) -> list[News]:
    """What is said of ``changes`` on a page with ``view``; once, however many of its views show it."""
    told: list[News] = []
    views = view if isinstance(view, tuple) else (view,)
    for change in changes:
        teller = tellers.get(noun(change.last.type))
        if teller is not None:
            told += next((said for each in views if (said := teller(each, change.events))), ())
    return told


def both(*presenters: Presenter) -> Presenter:
    """What all of ``presenters`` show, one after the other."""
    return lambda view, first, last: "".join(each(view, first, last) for each in presenters)


def only_for(kinds: tuple[type, ...], presenter: Presenter) -> Presenter:
    """What ``presenter`` shows on pages whose view is one of ``kinds``; others have no place for it."""
    return lambda view, first, last: presenter(view, first, last) if isinstance(view, kinds) else ""


def noun(event_type: str) -> str:
    """What an event is about: ``task`` of ``task.created``."""
    return event_type.partition(".")[0]
