"""Static files under names that hold a hash of their content; knows no page that uses them."""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import minify
import zopfli.gzip
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

PREFIX = "/static/"
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"
_TEXT = ("text/", "image/svg")
_SMALL = {".js": "application/javascript", ".css": "text/css"}
# A script need not end what the next one goes on from.
_JOINED_BY = {".js": b";\n", ".css": b"\n"}


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


@lru_cache(maxsize=256)
def _made_small(name: str, body: bytes) -> bytes:
    """The same without what only people read: comments, spaces, long names of local variables."""
    media_type = _SMALL.get(Path(name).suffix)
    if media_type is None or name.startswith("vendor/"):
        return body
    small: str = minify.string(media_type, body.decode())
    return small.encode()


class Assets:
    """Every file of a folder, read once; nothing outside of it can be asked for.

    Our own scripts and styles are served small. The scripts of one folder are also there as one file:
    ``js/behaviours.js``. ``together`` names more files that are made of others, in that order; one whose
    parts are missing is not there.
    """

    def __init__(self, folder: Path, *, together: Mapping[str, Sequence[str]] | None = None) -> None:
        self._addresses: dict[str, str] = {}
        self._hashed: dict[str, _File] = {}
        self._plain: dict[str, _File] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(folder).as_posix()
                self._add(name, _made_small(name, path.read_bytes()))
        for path in sorted(folder.rglob("*")):
            if scripts := sorted(path.glob("*.js")):
                # One request instead of many; each script stands alone, so their order does not matter.
                names = [script.relative_to(folder).as_posix() for script in scripts]
                self._join(path.relative_to(folder).as_posix() + ".js", names)
        for name, parts in (together or {}).items():
            if all(part in self._plain for part in parts):
                self._join(name, parts)

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

    def _join(self, name: str, parts: Sequence[str]) -> None:
        bodies = (self._plain[part].body for part in parts)
        self._add(name, _JOINED_BY[Path(name).suffix].join(bodies), pack=_pack_well)

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
