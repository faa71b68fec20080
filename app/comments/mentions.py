"""Whom a comment names: ``@`` and a member's name, or a first name that only one of them has."""

import re
from collections.abc import Mapping, Sequence

from app.workspaces.schemas import PersonOut


def mentioned(body: str, members: Sequence[PersonOut]) -> list[PersonOut]:
    """Those of ``members`` whom ``body`` names, each once, in its order."""
    people = _names(members)
    if not people:
        return []
    found = {people[match[1].casefold()].id: people[match[1].casefold()] for match in _at(people, body)}
    return list(found.values())


def parts(text: str, mentions: Sequence[PersonOut]) -> list[str | tuple[PersonOut, str]]:
    """``text`` cut at the places where it names one of ``mentions``: with whom, and as it is written."""
    people = _names(mentions)
    cut: list[str | tuple[PersonOut, str]] = []
    end = 0
    for match in _at(people, text) if people else ():
        cut += [text[end : match.start()], (people[match[1].casefold()], match[0])]
        end = match.end()
    return [*cut, text[end:]]


def _at(people: Mapping[str, PersonOut], text: str) -> list[re.Match[str]]:
    # The longest name first: "Ana Maria" is not "Ana". Nothing of a word or an address before the @.
    names = "|".join(re.escape(name) for name in sorted(people, key=len, reverse=True))
    return list(re.finditer(rf"(?<![\w@.])@({names})(?!\w)", text, re.IGNORECASE))


def _names(members: Sequence[PersonOut]) -> Mapping[str, PersonOut]:
    """Every name by which exactly one of ``members`` is called."""
    called: dict[str, list[PersonOut]] = {}
    for member in members:
        words = member.name.split()
        for name in {member.name.casefold(), words[0].casefold()} if words else ():
            called.setdefault(name, []).append(member)
    return {name: people[0] for name, people in called.items() if len(people) == 1}
