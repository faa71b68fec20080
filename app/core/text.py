"""What people may write: bounds and forbidden characters, the same from every entrance."""

import re
import unicodedata

from app.core.errors import FieldError, Invalid

# Cc: control characters (NUL among them); Cs: lone surrogates, which no UTF-8 can carry.
_FORBIDDEN_IN_A_LINE = {"Cc", "Cs"}
_ALLOWED_IN_A_TEXT = {"\n", "\t"}
_LINE_BREAKS = re.compile(r"\r\n?")


def line(value: str, *, field: str, least: int = 1, most: int) -> str:
    """``value`` without surrounding white space, as one line of ``least`` to ``most`` characters.

    Raises Invalid, naming ``field`` and the bound.
    """
    trimmed = value.strip()
    _refuse_forbidden(trimmed, field, allowed=frozenset())
    ensure_length(trimmed, field=field, least=least, most=most)
    return trimmed


def text(value: str, *, field: str, most: int) -> str:
    """``value`` as several lines of at most ``most`` characters, with ``\\n`` as the line break.

    Raises Invalid, naming ``field`` and the bound.
    """
    # A form sends CRLF for every line break; one kind of break keeps page and API equal.
    unified = _LINE_BREAKS.sub("\n", value).strip()
    _refuse_forbidden(unified, field, allowed=_ALLOWED_IN_A_TEXT)
    ensure_length(unified, field=field, least=0, most=most)
    return unified


def ensure_length(value: str, *, field: str, least: int, most: int) -> None:
    """Raises Invalid, naming ``field`` and the bound, unless ``value`` has that many characters."""
    if len(value) < least:
        needed = "must not be empty" if least == 1 else f"must have at least {least} characters"
        raise Invalid(FieldError(field, f"{needed}."))
    if len(value) > most:
        raise Invalid(FieldError(field, f"must have at most {most:,} characters; it has {len(value):,}."))


def outside(value: int, *, field: str, least: int, most: int, unit: str = "") -> list[FieldError]:
    """What is wrong with a number that must be from ``least`` to ``most``; nothing where it is."""
    if least <= value <= most:
        return []
    return [FieldError(field, f"must be from {least:,} to {most:,}{unit}.")]


def searchable(*parts: str) -> str:
    """What a search looks into: the parts, folded so that neither case nor form matters."""
    return "\n".join(unicodedata.normalize("NFKC", part).casefold() for part in parts)


def utf16_order(value: str) -> bytes:
    """A key that puts texts in the order in which the page's script does.

    Scripts compare UTF-16 code units, which differ from code points beyond U+FFFF (ECMA-262, 7.2.13).
    """
    return value.encode("utf-16-be", "surrogatepass")


def _refuse_forbidden(value: str, field: str, *, allowed: frozenset[str] | set[str]) -> None:
    for character in value:
        if character not in allowed and unicodedata.category(character) in _FORBIDDEN_IN_A_LINE:
            raise Invalid(FieldError(field, f"must not contain the character U+{ord(character):04X}."))
