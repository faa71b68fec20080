"""Templates and static files: what is escaped, what is refused, what may be cached."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jinja2 import UndefinedError
from litestar import Litestar, Request, get
from litestar.response import Response
from litestar.testing import TestClient

from app.core.assets import Assets, static_router
from app.core.views import HUES, Views, day, hue, initials, moment

ROOT = Path(__file__).parents[2]
STATIC_SUFFIXES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
FORBIDDEN_IN_TEMPLATES = (
    r"hx-on|\bjs:|javascript:|<script(?! src)|<style|\bstyle=|hx-trigger=\"[^\"]*\[|\son[a-z]+="
)


@pytest.fixture
def views(tmp_path: Path) -> Views:
    (tmp_path / "hello.html").write_text("<p>{{ name }}</p>")
    (tmp_path / "page.html").write_text("{{ title }}|{{ page }}|{{ path }}|{{ viewer }}|{{ nav }}")
    return Views(tmp_path, asset=lambda name: f"/static/{name}")


@pytest.fixture
def static(tmp_path: Path) -> tuple[Assets, TestClient[Litestar]]:
    folder = tmp_path / "static"
    (folder / "css").mkdir(parents=True)
    (folder / "js" / "parts").mkdir(parents=True)
    (folder / "css" / "base.css").write_text("p { color: red }")
    (folder / "js" / "parts" / "b.js").write_text("two();")
    (folder / "js" / "parts" / "a.js").write_text("// says one\n  one();")
    (tmp_path / "secret.txt").write_text("secret")
    assets = Assets(folder)
    return assets, TestClient(Litestar([static_router(assets)]))


def test_what_people_write_is_escaped(views: Views) -> None:
    assert views.render("hello.html", name="<b>&'\"") == "<p>&lt;b&gt;&amp;&#39;&#34;</p>"


def test_a_moment_is_told_in_utc_to_whoever_has_no_script() -> None:
    assert moment(datetime(2026, 3, 1, 7, 5, tzinfo=UTC)) == "1 Mar 2026, 07:05 UTC"


def test_a_name_that_was_not_given_is_an_error(views: Views) -> None:
    with pytest.raises(UndefinedError):
        views.render("hello.html")


def test_a_page_knows_its_viewer_and_its_address(views: Views) -> None:
    @get("/here", sync_to_thread=False)
    def here(request: Request[Any, Any, Any]) -> Response[str]:
        request.state.viewer = "Olga"
        return views.page(request, "page.html", title="T", page="p", status_code=422)

    @get("/stranger", sync_to_thread=False)
    def stranger(request: Request[Any, Any, Any]) -> Response[str]:
        return views.page(request, "page.html", title="T", page="p", nav=["w"])

    with TestClient(Litestar([here, stranger])) as client:
        answer = client.get("/here?q=1&r=%26")
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.text == "T|p|/here?q=1&amp;r=%26|Olga|[]"
        assert client.get("/stranger").text == "T|p|/stranger|None|[&#39;w&#39;]"


def test_a_day_an_avatar_and_its_colour() -> None:
    assert day(date(2026, 3, 1)) == "1 Mar 2026"
    assert [initials(name) for name in ("Mia", "Ana Maria Novak", "émile", "")] == ["M", "AN", "É", ""]
    assert hue(UUID(int=HUES + 7)) == hue(str(UUID(int=7))) == 7


def test_every_avatar_colour_has_its_style() -> None:
    styles = (ROOT / "static/css/avatars.css").read_text()
    assert {int(n) for n in re.findall(r"\.avatar--(\d+)", styles)} | {0} == set(range(HUES))


def test_a_hashed_file_may_be_kept_for_ever(static: tuple[Assets, TestClient[Litestar]]) -> None:
    assets, client = static
    address = assets.address("css/base.css")
    assert re.fullmatch(r"/static/css/base\.[0-9a-f]{12}\.css", address)
    answer = client.get(address, headers={"Accept-Encoding": "identity"})
    assert answer.text == "p{color:red}"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == STATIC_SUFFIXES[".css"]
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == answer.text


def test_a_plain_name_is_asked_for_each_time(static: tuple[Assets, TestClient[Litestar]]) -> None:
    _, client = static
    first = client.get("/static/css/base.css")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/static/css/base.css", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_the_scripts_of_a_folder_are_also_one_file(
    static: tuple[Assets, TestClient[Litestar]],
) -> None:
    assets, client = static
    assert client.get(assets.address("js/parts.js")).text == "one();\ntwo()"


@pytest.mark.parametrize(
    "name", ["", "css", "css/", "none.css", "../secret.txt", "%2e%2e/secret.txt", "css/../../secret.txt"]
)
def test_nothing_else_is_served(static: tuple[Assets, TestClient[Litestar]], name: str) -> None:
    _, client = static
    answer = client.get(f"/static/{name}")
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_an_unknown_asset_is_an_error(static: tuple[Assets, TestClient[Litestar]]) -> None:
    assets, _ = static
    with pytest.raises(LookupError, match=r"none\.css"):
        assets.address("none.css")


@pytest.mark.parametrize("template", sorted(ROOT.glob("templates/**/*.html")), ids=lambda path: path.name)
def test_no_template_needs_more_than_the_content_security_policy_allows(template: Path) -> None:
    assert re.findall(FORBIDDEN_IN_TEMPLATES, template.read_text()) == []
