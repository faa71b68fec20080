"""The shape of the code, as docs/style.md has it: what review would forget, this does not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import load_settings
from app.core.assets import Assets
from app.core.events import FORGOTTEN, Event
from app.live.present import noun
from app.main import STYLES, TOGETHER, Tandem

ROOT = Path(__file__).resolve().parent.parent
APP = sorted((ROOT / "app").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# Each may import those on its right; live and ops know no feature, and features do not know them.
FEATURES = ["activity", "notifications", "comments", "tasks", "workspaces", "accounts"]
ENGINE = ["live", "ops"]
# What crosses the border between two features; the rest is a feature's own.
BORDER = {"models", "policy", "events", "queries", "schemas", "view", "cookies"}
# Modules that introduce the parts to each other, and may therefore know all of them.
COMPOSITION = {
    "app/main.py",
    "app/reactions.py",
    "app/routes.py",
    "app/doors.py",
    "app/frame.py",
    "app/jobs.py",
    "app/serve.py",
    "app/sample.py",
    "app/cli.py",
}

DOORS = {
    "jinja2": {"app/core/views.py"},
    "redis": {"app/core/limits_redis.py", "app/live/broker_redis.py", "app/live/presence_redis.py"},
    "markdown_it": {"app/comments/markdown.py"},
    "nh3": {"app/comments/markdown.py"},
    "jwt": {"app/accounts/tokens.py"},
    "argon2": {"app/accounts/passwords.py"},
    "alembic": {"app/core/migrate.py"},
    "aiosmtplib": {"app/notifications/mail.py"},
    "uvicorn": {"app/serve.py"},
}
# The environment is read once, at the start; a terminal client has no settings of a server.
ENVIRONMENT = {"app/cli.py", "app/ops/listen.py"}

# What has more lines, and why it is one thing.
LONG_FUNCTIONS: dict[str, str] = {}
LINES_MOST = 300
FUNCTION_LINES_MOST = 50
SCRIPT_LINES_MOST = 120
PAGE_SCRIPT_BYTES_MOST = 22 * 1024
PAGE_STYLE_BYTES_MOST = 15 * 1024


def test_imports_run_one_way() -> None:
    wrong = [
        f"{name(path)} imports {module}"
        for path in APP
        if name(path) not in COMPOSITION
        for module in imports(path)
        if not may_import(name(path), module)
    ]
    assert wrong == []


def may_import(importer: str, module: str) -> bool:
    parts = module.split(".")
    if parts[0] != "app" or len(parts) < 3:
        return parts[:2] != ["app", "main"]
    here, there = importer.split("/")[1], parts[1]
    if there in ("core", "config", here):
        return True
    if here in FEATURES and there in FEATURES:
        return FEATURES.index(here) < FEATURES.index(there) and parts[2] in BORDER
    return False


def test_a_library_has_one_door() -> None:
    wrong = [
        f"{name(path)} imports {module}"
        for path in APP
        for module in imports(path)
        if name(path) not in DOORS.get(module.split(".")[0], {name(path)})
    ]
    assert wrong == []


def test_only_the_start_of_the_program_reads_the_environment() -> None:
    readers = {
        name(path)
        for path in APP
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    assert readers == ENVIRONMENT


def test_the_time_of_day_comes_from_the_clock() -> None:
    readers = {
        name(path)
        for path in APP
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today")
        if isinstance(node.value, ast.Name) and node.value.id in ("datetime", "date")
    }
    # The second says when a message was sent; nothing depends on it.
    assert readers == {"app/core/clock.py", "app/live/language.py"}


@pytest.mark.parametrize("path", APP, ids=lambda path: name(path))
def test_a_module_says_what_it_is_and_stays_small(path: Path) -> None:
    text = path.read_text()
    if path.name == "__init__.py":
        assert text == ""
        return
    assert ast.get_docstring(ast.parse(text)), "opens with one sentence: what it is"
    assert len(text.splitlines()) <= LINES_MOST


def test_no_function_is_long() -> None:
    long = {
        f"{name(path)}:{function.name}"
        for path in APP
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno >= FUNCTION_LINES_MOST
    }
    assert long == set(LONG_FUNCTIONS)


def test_no_template_holds_what_the_policy_forbids() -> None:
    forbidden = re.compile(
        r"hx-on|<script>|<style|\sstyle=|\son[a-z]+=|[\"']js:|hx-trigger=\"[^\"]*\[|\|\s*safe"
    )
    wrong = {name(path): found for path in TEMPLATES if (found := forbidden.findall(path.read_text()))}
    assert wrong == {}


def weight(asset: str) -> int:
    """What a browser loads of a static file, in bytes."""
    assets = Assets(ROOT / "static", together=TOGETHER)
    content = assets.answer(asset, accepts_gzip=True, known=None).content
    assert content
    return len(content)


def test_own_scripts_and_styles_stay_within_their_budget() -> None:
    scripts = sorted((ROOT / "static/js").rglob("*.js"))
    styles = sorted((ROOT / "static/css").rglob("*.css"))
    assert scripts
    assert styles
    assert all(len(path.read_text().splitlines()) <= SCRIPT_LINES_MOST for path in scripts)
    served = ["js/page.js"]
    # A page loads what all of them share, and at most one folder beside it.
    folders = {path.name for path in (ROOT / "static/js").iterdir()} - {"behaviours", "later"}
    alone = [f"js/{folder}.js" for folder in folders]
    for more in [[], *([name] for name in alone)]:
        assert sum(weight(name) for name in served + more) <= PAGE_SCRIPT_BYTES_MOST
    # What somebody asks for by an act of theirs comes by itself then.
    assert all(weight(f"js/later/{path.name}") <= 2 * 1024 for path in scripts if path.parent.name == "later")
    assert {f"css/{path.name}" for path in styles} == set(STYLES)
    assert weight("css/page.css") <= PAGE_STYLE_BYTES_MOST


def test_styles_stay_what_they_are_when_made_small() -> None:
    """What makes them small takes the spaces from a sum in a rule of a nested @media: then it is none."""
    assets = Assets(ROOT / "static", together=TOGETHER)
    served = assets.answer("css/page.css", accepts_gzip=False, known=None).content.decode()
    assert "calc(" in served
    assert re.findall(r"calc\([^;}]*\)[+-][^;}]*", served) == []


def test_no_style_rule_goes_from_any_element_to_the_next() -> None:
    """A browser would work out all rows of a list anew when one of them goes."""
    wrong = [
        name(path) for path in (ROOT / "static/css").iterdir() if re.search(r"[+~] \*", path.read_text())
    ]
    assert wrong == []


def test_every_event_is_presented_to_open_pages(tmp_path: Path) -> None:
    tandem = Tandem(load_settings({}, data_folder=tmp_path))
    types = {
        kind.type
        for kind in subclasses(Event)  # type: ignore[type-abstract]
        if "type" in vars(kind) and kind.__module__.startswith("app.")
    }
    assert len(types) >= 12
    assert {noun(kind) for kind in {*types, FORGOTTEN}} == set(tandem.presenters())


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            # "from app.tasks import commands" names the module app.tasks.commands.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def subclasses(kind: type[Event]) -> Iterator[type[Event]]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)
