"""Forms that browsers send, and where people go after them."""

from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from litestar import MediaType, Request, Response
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.response import Redirect

from app.core.errors import FieldError, Invalid, Malformed, TandemError
from app.core.paths import own_path

AnyRequest = Request[Any, Any, Any]
Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")


async def read_form(request: AnyRequest) -> dict[str, str]:
    """The fields of a form by name, each once. Raises Malformed for files and for what is no form."""
    try:
        form = await request.form()
    except RequestEntityTooLarge:
        raise
    except (ClientException, UnicodeError, ValueError):
        raise Malformed("The form could not be read.") from None
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if not isinstance(value, str):
            raise Malformed(f"{name}: files are not taken here.")
        fields[name] = value
    return fields


async def repeated(request: AnyRequest, name: str) -> list[str]:
    """Every value of a field that may stand several times in a form which ``read_form`` has read."""
    return [value for value in (await request.form()).getall(name, []) if isinstance(value, str)]


def whole_number(form: dict[str, str], field: str, *, signed: bool = False) -> int | None:
    """The number in ``field``; None where it is left out or empty. Raises Invalid.

    With ``signed`` one below zero is a number, too, for whoever names the bounds to refuse.
    """
    text = form.get(field, "").strip()
    if not text:
        return None
    digits = text.removeprefix("-") if signed else text
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        raise Invalid(FieldError(field, "must be a whole number."))
    return int(text)


def optional_id(form: dict[str, str], field: str) -> UUID | None:
    """The id in ``field``; None where it is left out or empty. Raises Invalid."""
    text = form.get(field, "").strip()
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid(FieldError(field, "must be an id.")) from None


def optional_choice(form: dict[str, str], field: str, kind: type[Choice]) -> Choice | None:
    """The choice made in ``field``; None where it is left out or empty. Raises Invalid."""
    text = form.get(field, "").strip()
    try:
        return kind(text) if text else None
    except ValueError:
        raise Invalid(FieldError(field, f"must be one of {', '.join(kind)}.")) from None


def chosen(value: Value | None, field: str) -> Value:
    """``value``, which ``field`` must have. Raises Invalid."""
    if value is None:
        raise Invalid(FieldError(field, "must be chosen."))
    return value


def is_htmx(request: AnyRequest) -> bool:
    """Whether the page's script asks, and wants pieces of a page, not a page."""
    return request.headers.get("HX-Request") == "true"


def back(request: AnyRequest, form: dict[str, str], *, default: str) -> Response[Any]:
    """To the page that the form names, else to the one that it stood on, else to ``default``."""
    origin = str(request.base_url).rstrip("/")
    referer = request.headers.get("Referer", "")
    stood_on = referer.removeprefix(origin) if referer.startswith(origin + "/") else ""
    return Redirect(own_path(form.get("next") or stood_on, default=default), status_code=303)


def html(content: str, *, status_code: int = 200) -> Response[str]:
    """A piece of a page."""
    return Response(content, media_type=MediaType.HTML, status_code=status_code)


def field_errors(refusal: TandemError | None) -> dict[str, str]:
    """What is wrong, by field; what concerns the whole form is under the empty name."""
    if isinstance(refusal, Invalid):
        return {error.field: error.message for error in refusal.errors}
    return {"": refusal.detail} if refusal else {}
