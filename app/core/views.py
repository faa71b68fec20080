"""The only door to the templates; knows no feature, and no request while it renders a fragment."""

import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response
from markupsafe import Markup

from app.core.keys import EVERYWHERE, LIST, OF_THE_LIST, bound, key

HUES = 12  # as many as avatars.css has colours


class Views:
    """Templates of one folder, rendered with what they are given and nothing else."""

    def __init__(self, folder: Path, *, asset: Callable[[str], str]) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals |= {"asset": asset, "key": key, "bound": bound}
        self._environment.globals["keys"] = {
            "list": LIST,
            "everywhere": EVERYWHERE,
            "of_the_list": OF_THE_LIST,
        }
        self._environment.filters |= {"day": day, "hue": hue, "initials": initials, "moment": moment}

    def render(self, name: str, /, **context: object) -> Markup:
        """The template ``name`` as text; a name that it uses and was not given is an error."""
        return Markup(self._environment.get_template(name).render(context))

    def page(
        self,
        request: Request[Any, Any, Any],
        template: str,
        /,
        *,
        title: str,
        page: str,
        status_code: int = 200,
        **context: object,
    ) -> Response[str]:
        """A full page, with what the frame around it shows: the viewer and their workspaces."""
        query = request.url.query
        frame: dict[str, object] = {
            "viewer": getattr(request.state, "viewer", None),
            "nav": getattr(request.state, "nav", []),
            # Where single letters are keys for the viewer.
            "letters": getattr(request.state, "letters", "list"),
            "own_seq": getattr(request.state, "own_seq", None),
            # The id of what says how far the person's own line is, where the page itself follows it.
            "own_line": "",
            "unread": getattr(request.state, "unread", 0),
            "path": request.url.path + (f"?{query}" if query else ""),
            "title": title,
            "page": page,
        }
        body = self.render(template, **(frame | context))
        return Response(body, media_type=MediaType.HTML, status_code=status_code)


def own_position(request: Request[Any, Any, Any], seq: int) -> int:
    """From where a page goes on that follows the person's own stream and was read at ``seq``.

    The frame around it was read a little earlier, and what happened since is told again.
    """
    return min(seq, getattr(request.state, "own_seq", seq))


def day(value: date) -> str:
    """A day as people write it; the same for every reader and at every time."""
    return f"{value.day} {value:%b} {value.year}"


def moment(value: datetime) -> str:
    """A moment for whoever has no script that tells it in their own zone."""
    return f"{day(value)}, {value:%H:%M} UTC"


def hue(value: UUID | str) -> int:
    """Which of the avatar colours belongs to this id."""
    return UUID(str(value)).int % HUES


def initials(name: str) -> str:
    """One or two letters that stand for a name."""
    words = name.split()
    chosen = words[:1] + words[-1:] if len(words) > 1 else words
    return unicodedata.normalize("NFC", "".join(word[0] for word in chosen)).upper()
