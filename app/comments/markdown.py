"""Markdown as HTML that is safe on any page: one library makes it, another one lets through what is known.

Headings, images and HTML stay text: a comment has no place in a page's outline, and no page loads
anything from another host.
"""

from collections.abc import Sequence
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markupsafe import Markup, escape

from app.comments.mentions import parts
from app.comments.schemas import CommentOut

NESTING_MOST = 20
_KEPT = 2_000
_TAGS = {"p", "br", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "span"}
_ATTRIBUTES = {"a": {"href"}, "span": {"class", "data-person"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_REL = "noopener noreferrer nofollow"


@lru_cache(maxsize=_KEPT)
def rendered(comment: CommentOut) -> Markup:
    """The body of ``comment`` as HTML, with whom it names marked."""
    tokens = _parser.parse(comment.body)
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = _with_mentions(token.children, comment)
    made = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(made, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=_REL)
    return Markup(clean)  # noqa: S704 - what comes out of the sanitizer


def _with_mentions(children: Sequence[Token], comment: CommentOut) -> list[Token]:
    marked: list[Token] = []
    in_link = 0
    for child in children:
        in_link += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type != "text" or in_link:
            marked.append(child)
            continue
        for part in parts(child.content, comment.mentions):
            if isinstance(part, str):
                marked.append(Token("text", "", 0, content=part))
            else:
                person, written = part
                marked.append(Token("mention", "", 0, content=written, meta={"id": person.id}))
    return marked


def _mention(_: RendererProtocol, tokens: Sequence[Token], index: int, *__: object) -> str:
    token = tokens[index]
    return f'<span class="mention" data-person="{token.meta["id"]}">{escape(token.content)}</span>'


_parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": NESTING_MOST})
_parser.disable(["heading", "lheading", "image", "html_block", "html_inline", "reference"])
_parser.add_render_rule("mention", _mention)
