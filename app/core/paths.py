"""Which addresses may be gone to next: paths of our own origin and nothing else."""

import unicodedata
from urllib.parse import unquote

_LONGEST = 2_000
_DEEPEST_ENCODING = 5


def own_path(text: str | None, default: str = "/") -> str:
    """``text`` if everybody takes it for a path of our own origin, else ``default``."""
    if text is None or len(text) > _LONGEST or not _is_plain(text):
        return default
    path = text.partition("?")[0].partition("#")[0]
    return text if _stays_here(path) else default


def _is_plain(text: str) -> bool:
    """Whether it holds only what an address is written in: visible ASCII."""
    return all("!" <= character <= "~" for character in text)


def _stays_here(path: str) -> bool:
    """Whether it is a path however often somebody on the way decodes it."""
    for _ in range(_DEEPEST_ENCODING):
        # NFKC, because some programs take a full-width slash for a slash.
        seen = unicodedata.normalize("NFKC", path)
        if not seen.startswith("/") or "//" in seen or "\\" in seen or _has_control(seen):
            return False
        path, before = unquote(path), path
        if path == before:
            return True
    return False


def _has_control(text: str) -> bool:
    return any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") for character in text)
