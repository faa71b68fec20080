"""Pages and their cursors."""

import base64
import json
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.core.paging import LIMIT_MOST, Cursor, cut, decode_cursor, encode_cursor, ensure_limit

TEXTS = st.text(st.characters(codec="utf-8"))
KEYS = st.integers(-(2**63), 2**63 - 1) | TEXTS


@given(sort=TEXTS, key=KEYS, ident=st.uuids())
def test_a_cursor_survives_its_way_through_an_address(sort: str, key: str | int, ident: UUID) -> None:
    cursor = Cursor(sort=sort, key=key, id=str(ident))
    text = encode_cursor(cursor)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert decode_cursor(text, sort=sort) == cursor


def test_a_cursor_belongs_to_its_sort() -> None:
    text = encode_cursor(Cursor(sort="due", key="2026-01-01", id=str(UUID(int=1))))
    for other in ("-due", "position", ""):
        with pytest.raises(Invalid, match="cursor"):
            decode_cursor(text, sort=other)


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
@example("")
@example("é")
@example("\ud800")
@example("=" * 9)
@example(base64.urlsafe_b64encode(b"[" * 100_000).decode())
def test_what_no_list_has_given_out_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="is not one that this list has given out"):
        decode_cursor(text, sort="position")


@pytest.mark.parametrize(
    "content",
    [
        None,
        {},
        {"sort": "position", "key": "a0", "id": "x"},
        [],
        ["position"],
        ["position", "a0"],
        ["position", None, "x"],
        ["position", 1.5, "x"],
        ["position", ["a0"], "x"],
        ["position", "a0", 7],
        [7, "a0", "x"],
    ],
)
def test_what_has_another_shape_is_refused(content: object) -> None:
    text = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
    with pytest.raises(Invalid, match="cursor"):
        decode_cursor(text, sort="position")


def test_a_page_has_from_one_to_two_hundred_rows() -> None:
    assert [ensure_limit(limit) for limit in (1, 50, LIMIT_MOST)] == [1, 50, 200]
    for limit in (0, -1, 201, 10**30):
        with pytest.raises(Invalid, match="limit: must be from 1 to 200"):
            ensure_limit(limit)


@given(st.lists(st.integers(), max_size=12), st.integers(1, 10))
def test_what_is_cut_off_says_that_there_is_more(rows: list[int], limit: int) -> None:
    shown, more = cut(rows, limit)
    assert shown == rows[: len(shown)]
    assert len(shown) == min(limit, len(rows))
    assert more == (len(rows) > limit)
