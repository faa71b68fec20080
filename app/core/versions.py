"""Versions that changes are based on, as programs give them."""

from app.core.errors import FieldError, Invalid


def based_on(given: int | None, if_match: str | None) -> int | None:
    """The version in the body, else that of ``If-Match`` (RFC 9110); None without either. Raises Invalid."""
    if given is not None or if_match is None:
        return given
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise Invalid(FieldError("If-Match", 'must be a version, as in "12".'))
    return int(text)
