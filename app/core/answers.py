"""How refusals are shown: a problem document to programs, a page or a piece of one to people."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap, Receive, Scope, Send
from msgspec import MsgspecError
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.decoding import refusal as decoding_refusal
from app.core.errors import DoneBefore, Malformed, TandemError, TooLarge, Unauthenticated, Unavailable
from app.core.forms import back, html, is_htmx
from app.core.views import Views

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]

PROBLEM = "application/problem+json"
BODY_BYTES_MOST = 64 * 1024
WORDS = {404: "There is nothing at this address.", 405: "This address does not take this method."}
TITLES = {400: "Malformed request", 404: "Not found", 405: "Method not allowed", 413: "Too large"}

logger = structlog.get_logger()


def exception_handlers(
    views: Views, read_frame: Callable[[AnyRequest], Awaitable[None]]
) -> ExceptionHandlersMap:
    """The handlers for everything that can come out of a request.

    ``read_frame`` gets what stands around a page for one that no handler was there to make.
    """

    def refused(request: AnyRequest, refusal: TandemError) -> AnyResponse:
        return show(views, request, refusal)

    def by_framework(request: AnyRequest, error: HTTPException) -> AnyResponse:
        if error.status_code >= 500:
            return unforeseen(request, error)
        refusal = _translated(error)
        if not _takes_a_page(request):
            return show(views, request, refusal)
        return _Framed(read_frame, lambda: show(views, request, refusal))

    def by_database(request: AnyRequest, error: SQLAlchemyError) -> AnyResponse:
        logger.warning("the database refused", error=str(error), path=request.url.path)
        return show(views, request, Unavailable("The database does not answer. Please try again."))

    def unforeseen(request: AnyRequest, error: Exception) -> AnyResponse:
        logger.error("a request failed", path=request.url.path, exc_info=error)
        return show(views, request, TandemError("Something went wrong here. It has been noted."))

    def too_deep(request: AnyRequest, error: RecursionError) -> AnyResponse:
        # Not one of the errors that the framework knows from its decoder; any other is our own.
        if "deserializing" not in str(error):
            return unforeseen(request, error)
        return show(views, request, Malformed("The body is nested too deeply."))

    def no_text(request: AnyRequest, _: UnicodeDecodeError) -> AnyResponse:
        return show(views, request, Malformed("The request is not in UTF-8."))

    return {
        TandemError: refused,
        RecursionError: too_deep,
        UnicodeDecodeError: no_text,
        HTTPException: by_framework,
        OperationalError: by_database,
        InterfaceError: by_database,
        PoolTimeout: by_database,
        Exception: unforeseen,
    }


def show(views: Views, request: AnyRequest, refusal: TandemError) -> AnyResponse:
    """``refusal`` in the form that the one who asked can use."""
    if isinstance(refusal, DoneBefore):
        return _done_before(request, refusal)
    if _in_api(request):
        return _problem(refusal)
    if is_htmx(request):
        fragment = views.render("layouts/_problem.html", detail=refusal.detail)
        answer = html(fragment, status_code=refusal.status)
    elif isinstance(refusal, Unauthenticated) and request.method == "GET":
        return Redirect("/login", query_params={"next": _own_address(request)}, status_code=303)
    else:
        answer = views.page(
            request,
            "layouts/error.html",
            title=refusal.title,
            page="error",
            status_code=refusal.status,
            status=refusal.status,
            detail=refusal.detail,
        )
    answer.headers.update(refusal.headers)
    return answer


def _done_before(request: AnyRequest, refusal: DoneBefore) -> AnyResponse:
    if _in_api(request):
        answer: AnyResponse = Response(None, status_code=refusal.status)
    else:
        answer = html("") if is_htmx(request) else back(request, {}, default="/")
    answer.headers.update(refusal.headers)
    return answer


class _Framed(Response[None]):
    """A page around which something is read first; what handles an exception cannot wait for it."""

    def __init__(
        self, read_frame: Callable[[AnyRequest], Awaitable[None]], make: Callable[[], AnyResponse]
    ) -> None:
        super().__init__(None)
        self._read_frame = read_frame
        self._make = make

    def to_asgi_response(self, app: Litestar | None, request: AnyRequest, **options: Any) -> Any:
        """The answer as the server sends it."""

        async def send_page(scope: Scope, receive: Receive, send: Send) -> None:
            await self._read_frame(request)
            await self._make().to_asgi_response(app, request, **options)(scope, receive, send)

        return send_page


def _in_api(request: AnyRequest) -> bool:
    return request.url.path.startswith("/api")


def _takes_a_page(request: AnyRequest) -> bool:
    return not (_in_api(request) or is_htmx(request))


def _problem(refusal: TandemError) -> AnyResponse:
    # RFC 9457; "about:blank" says that the status tells the type.
    return Response(
        {
            "type": "about:blank",
            "title": refusal.title,
            "status": refusal.status,
            "detail": refusal.detail,
            **refusal.extra,
        },
        status_code=refusal.status,
        media_type=PROBLEM,
        headers=dict(refusal.headers),
    )


class _ByFramework(TandemError):
    """A refusal of the framework's own, under its status."""

    def __init__(self, status: int, detail: str, headers: dict[str, str]) -> None:
        super().__init__(detail)
        self.status = status
        self.title = TITLES.get(status, "Not possible")
        self._headers = headers

    @property
    def headers(self) -> dict[str, str]:
        return self._headers


def _translated(error: HTTPException) -> TandemError:
    cause = error.__cause__ or error.__context__
    while cause is not None and not isinstance(cause, MsgspecError | UnicodeError):
        cause = cause.__cause__ or cause.__context__
    if error.status_code == 400 and cause is not None:
        return decoding_refusal(cause)
    if error.status_code == 413:
        return TooLarge(f"The request is larger than {BODY_BYTES_MOST // 1024} KiB.")
    words = WORDS.get(error.status_code, error.detail)
    return _ByFramework(error.status_code, words, dict(error.headers or {}))


def _own_address(request: AnyRequest) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
