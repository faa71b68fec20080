"""Static files under names that hold a hash of their content; knows no page that uses them."""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import zopfli.gzip
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from rjsmin import jsmin

PREFIX = "/static/"
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"
_TEXT = ("text/", "image/svg")


@dataclass(frozen=True, kw_only=True)
class _File:
    body: bytes
    packed: bytes | None
    media_type: str
    etag: str


def _pack(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=9, mtime=0)


@lru_cache(maxsize=16)
def _pack_well(body: bytes) -> bytes:
    """As gzip, 3 % smaller, in a tenth of a second: for what every page loads."""
    return bytes(zopfli.gzip.compress(body))  # type: ignore[no-untyped-call]


class Assets:
    """Every file of a folder, read once; nothing outside of it can be asked for.

    The scripts of one folder are also there as one file: ``js/behaviours.js``. ``together`` names more
    files that are made of others, in that order; one whose parts are missing is not there.
    """

    def __init__(self, folder: Path, *, together: Mapping[str, Sequence[str]] | None = None) -> None:
        self._addresses: dict[str, str] = {}
        self._hashed: dict[str, _File] = {}
        self._plain: dict[str, _File] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self._add(path.relative_to(folder).as_posix(), path.read_bytes())
            elif scripts := sorted(path.glob("*.js")):
                # One request instead of many; each script stands alone, so their order does not matter.
                joined = "\n".join(script.read_text() for script in scripts)
                body = jsmin(joined).encode()
                self._add(path.relative_to(folder).as_posix() + ".js", body, pack=_pack_well)
        for name, parts in (together or {}).items():
            if all(part in self._plain for part in parts):
                self._add(name, b"\n".join(self._plain[part].body for part in parts), pack=_pack_well)

    def address(self, name: str) -> str:
        """The address of ``css/base.css``; it changes whenever the content does."""
        if name not in self._addresses:
            raise LookupError(f"there is no static file {name!r}; `make run` fetches those of vendor/")
        return self._addresses[name]

    def answer(self, name: str, *, accepts_gzip: bool, known: str | None) -> Response[bytes]:
        """The file ``name``, with or without a hash in it; ``known`` is the ETag the client has."""
        file = self._hashed.get(name) or self._plain.get(name)
        if file is None:
            raise NotFoundException
        headers = {
            "Cache-Control": _FOR_EVER if name in self._hashed else _ASK_EACH_TIME,
            "ETag": file.etag,
            "Vary": "Accept-Encoding",
        }
        if known is not None and file.etag in known:
            return Response(b"", status_code=304, headers=headers, media_type=file.media_type)
        if file.packed is not None and accepts_gzip:
            headers["Content-Encoding"] = "gzip"
            return Response(file.packed, headers=headers, media_type=file.media_type)
        return Response(file.body, headers=headers, media_type=file.media_type)

    def _add(self, name: str, body: bytes, *, pack: Callable[[bytes], bytes] = _pack) -> None:
        digest = hashlib.sha256(body).hexdigest()[:12]
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        packed = None
        if media_type.startswith(_TEXT):
            packed = pack(body)
        file = _File(body=body, packed=packed, media_type=media_type, etag=f'W/"{digest}"')
        stem, dot, ending = name.rpartition(".")
        hashed = f"{stem}.{digest}{dot}{ending}" if dot else f"{name}.{digest}"
        self._addresses[name] = PREFIX + hashed
        self._plain[name] = self._hashed[hashed] = file


def static_router(assets: Assets) -> HTTPRouteHandler:
    """The handler that serves ``assets``; it needs nobody to be signed in."""

    @get(PREFIX + "{name:path}", include_in_schema=False, name="static", sync_to_thread=False)
    def static_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
        return assets.answer(
            name.removeprefix("/"),
            accepts_gzip="gzip" in request.headers.get("accept-encoding", ""),
            known=request.headers.get("if-none-match"),
        )

    return static_file
