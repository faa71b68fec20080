"""Where a sign-in may lead on: own-origin paths only."""

import pytest

from app.core.paths import own_path

OWN = [
    "/",
    "/tasks",
    "/workspaces/0190a5d0-0000-7000-8000-000000000001",
    "/workspaces/1?status=todo&assignee=me",
    "/tasks?q=50%25",
    "/tasks?q=a%2Fb%5Cc%0Ad",
    "/tasks?q=a\\b",
    "/tasks?next=//evil.example",
    "/tasks?q=https://evil.example/",
    "/tasks#task-1",
    "/search/caf%C3%A9",
    "/a/../b",
    "/@mia",
    "/a:b",
]

FOREIGN = [
    "",
    " ",
    "tasks",
    "?q=1",
    "#top",
    ".",
    "..",
    "@evil.example",
    ":80",
    "https://evil.example",
    "HTTPS://evil.example/",
    "http:evil.example",
    "http:/evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "blob:https://evil.example/1",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "//user@evil.example",
    "//127.0.0.1:8000@evil.example/",
    "//evil.example/%2f..",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "\\evil.example",
    " //evil.example",
    " /tasks",
    "/tasks ",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "/tasks\r\nSet-Cookie: tandem=x",
    "/tasks%0d%0aSet-Cookie:x",
    "/%0a/evil.example",
    "/%09/evil.example",
    "/%00/evil.example",
    "/\x00",
    "/%2f/evil.example",
    "/%2Fevil.example",
    "/%5cevil.example",
    "/%5C%5Cevil.example",
    "/%252fevil.example",
    "/%25252fevil.example",
    "/%2525252525252fevil.example",
    "/%255cevil.example",
    "%2f%2fevil.example",
    "%2f/evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/tasks//evil.example",
    "/tasks/..//evil.example",
    "/%2e%2e//evil.example",
    "/／evil.example",
    "／／evil.example",
    "/%EF%BC%8Fevil.example",
    "/\u2028/evil.example",
    "/%E2%80%A8x",
    "/\u202eelpmaxe",
    "/café",
    "/\ud800",
    "〱evil.example",
    "/" + "a" * 3_000,
]


@pytest.mark.parametrize("path", OWN)
def test_a_path_of_our_own_is_kept_as_it_is(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize("text", FOREIGN)
def test_what_could_lead_elsewhere_becomes_the_default(text: str) -> None:
    assert own_path(text) == "/"
    assert own_path(text, "/workspaces") == "/workspaces"


def test_nothing_at_all_becomes_the_default() -> None:
    assert own_path(None, "/workspaces") == "/workspaces"


def test_there_are_enough_attacks_in_the_list() -> None:
    assert len(set(FOREIGN)) == len(FOREIGN) >= 40
