import base64
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.cursors import MAX_LENGTH, MOST_SHOWN, CursorError, Place, read_cursor, write_cursor

ASKED = {"scenario": "search", "text": "lämp \ud800", "like": ["a"], "sort": "price"}
ids = st.integers(0, 2**63 - 1)
places = st.builds(Place, shown=st.lists(ids, max_size=50).map(tuple), best=st.lists(ids, max_size=3).map(tuple))


@given(place=places)
def test_what_is_written_is_read(place: Place):
    assert read_cursor(write_cursor(place, ASKED), ASKED) == place


def test_the_longest_there_is_still_fits():
    widest = Place(shown=tuple(2**62 + 7919 * n * n for n in range(MOST_SHOWN + 99)), best=(2**63 - 1,))
    cursor = write_cursor(widest, ASKED)
    assert len(cursor) <= MAX_LENGTH
    assert read_cursor(cursor, ASKED) == widest


def test_the_order_of_what_was_asked_does_not_matter():
    cursor = write_cursor(Place(shown=(1,)), ASKED)
    assert read_cursor(cursor, dict(reversed(ASKED.items()))) == Place(shown=(1,))


@pytest.mark.parametrize("change", [{"text": "rug"}, {"like": ["a", "b"]}, {"scenario": "home"}, {"min_score": "0.1"}])
def test_another_questions_cursor_is_refused_as_such(change):
    with pytest.raises(CursorError, match="another question"):
        read_cursor(write_cursor(Place(shown=(1, 2)), ASKED), ASKED | change)


def forge(raw: bytes) -> str:
    """Rightly signed, whatever it holds."""
    head = base64.urlsafe_b64decode(write_cursor(Place(), ASKED) + "==")[:6]
    return base64.urlsafe_b64encode(head + raw).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "ä" * 20,
        "not+base64/",
        "A" * (MAX_LENGTH + 1),
        forge(b""),
        forge(b"no zlib"),
        forge(zlib.compress(b"")),
        forge(zlib.compress(b"1234567")),
        forge(zlib.compress((5).to_bytes(8, "big"))),
        forge(zlib.compress((0).to_bytes(8, "big") + b"\xff" * 8)),
        forge(zlib.compress(bytes(50_000_000))),
        forge(zlib.compress(bytes(80))[:-3]),
    ],
)
def test_what_is_no_cursor_is_refused(cursor: str):
    with pytest.raises(CursorError, match="not a cursor"):
        read_cursor(cursor, ASKED)


@given(place=places, at=st.integers(0, 10_000), bit=st.integers(0, 5))
def test_a_damaged_cursor_is_read_as_nothing_else(place: Place, at: int, bit: int):
    cursor = write_cursor(place, ASKED)
    place_of_damage = at % len(cursor)
    damaged = cursor[:place_of_damage] + chr(ord(cursor[place_of_damage]) ^ 1 << bit) + cursor[place_of_damage + 1 :]
    with suppress(CursorError):
        assert read_cursor(damaged, ASKED) == place  # a bit behind the last byte, which says nothing
