"""JSON from outside into checked values, with errors that name the field."""

from typing import TypeVar

import msgspec

from app.core.errors import FieldError, Invalid, Malformed, TandemError

Body = TypeVar("Body")


def decode(data: bytes | str | msgspec.Raw, kind: type[Body]) -> Body:
    """``data`` as ``kind``. Raises Malformed for what is not JSON, Invalid for what does not fit."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise refusal(error) from None


def refusal(error: Exception) -> TandemError:
    """The error to show for one that msgspec raised."""
    if isinstance(error, msgspec.ValidationError):
        return Invalid(_field_error(str(error)))
    return Malformed(f"The body is not valid JSON: {error}.")


def _field_error(message: str) -> FieldError:
    # "Expected `str`, got `int` - at `$.title`", "Object contains unknown field `colour`"
    words, _, path = message.partition(" - at `$")
    named = words.partition(" field `")[2].partition("`")[0]
    # The framework decodes a body as one of its arguments, called data.
    parts = (path.strip("`").replace("[...]", "").lstrip(".").removeprefix("data").lstrip("."), named)
    return FieldError(".".join(part for part in parts if part) or "body", f"{words}.")
