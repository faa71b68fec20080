"""What people may write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.core.text import line, searchable, text


def refusal_of(value: str, *, least: int = 1, most: int = 10) -> str:
    with pytest.raises(Invalid) as refusal:
        line(value, field="name", least=least, most=most)
    (error,) = refusal.value.errors
    assert error.field == "name"
    return error.message


def test_a_line_loses_white_space_around_it_and_nothing_within() -> None:
    assert line(" \u00a0 milk  and eggs \u3000", field="title", most=200) == "milk  and eggs"


@pytest.mark.parametrize("value", ["", " ", "\u00a0\u2003", "\n\t"])
def test_an_empty_line_is_refused(value: str) -> None:
    assert refusal_of(value) == "must not be empty."


def test_an_empty_line_is_accepted_where_it_may_be_empty() -> None:
    assert line("  ", field="name", least=0, most=10) == ""


def test_a_line_is_counted_in_characters_after_trimming() -> None:
    assert line("  " + "é" * 10 + "  ", field="name", most=10) == "é" * 10
    assert line("🧑‍🚀" * 3, field="name", most=10) == "🧑‍🚀" * 3
    assert refusal_of("é" * 11) == "must have at most 10 characters; it has 11."


def test_a_line_that_is_too_short_says_how_long_it_has_to_be() -> None:
    assert refusal_of("ab", least=3) == "must have at least 3 characters."


@pytest.mark.parametrize("character", ["\x00", "\x07", "\n", "\t", "\x1b", "\x7f", "\x85", "\x9f"])
def test_a_control_character_in_a_line_is_refused_by_its_number(character: str) -> None:
    assert refusal_of(f"a{character}b") == f"must not contain the character U+{ord(character):04X}."


@pytest.mark.parametrize("number", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_half_a_character_is_refused(number: int) -> None:
    surrogate = chr(number)
    assert "U+D" in refusal_of(f"a{surrogate}b")
    with pytest.raises(Invalid):
        text(surrogate, field="description", most=10)


@pytest.mark.parametrize(
    "value",
    [
        "שלום",
        "مرحبا",
        "a\u200db",
        "e\u0301",
        "é",
        "Å",
        "𝔐",
        "👩‍👩‍👧",
        "<b>",
        "a\u202eb",
        "Z͑̓ͤ",
        "\ufeffa",
    ],
)
def test_every_other_text_survives_unchanged(value: str) -> None:
    assert line(value, field="name", most=80) == value
    assert text(value, field="description", most=80) == value


def test_a_text_keeps_its_lines_with_one_kind_of_break() -> None:
    assert text("a\r\nb\rc\n\td\r\n", field="description", most=20) == "a\nb\nc\n\td"


def test_a_text_is_refused_when_it_is_too_long_or_has_a_control_character() -> None:
    assert text("", field="description", most=10) == ""
    for value in ("x" * 11, "a\x00b", "a\x1bb"):
        with pytest.raises(Invalid):
            text(value, field="description", most=10)


@given(st.text())
def test_a_line_that_was_accepted_is_accepted_again_as_it_is(value: str) -> None:
    try:
        once = line(value, field="name", most=80)
    except Invalid:
        return
    assert line(once, field="name", most=80) == once
    assert once.encode().decode() == once


def test_a_search_finds_whatever_the_case_and_the_form() -> None:
    assert searchable("STRASSE") in searchable("Hauptstraße", "am Markt")
    assert searchable("ﬁle") == searchable("FILE")
