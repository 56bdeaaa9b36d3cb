import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.importers import FeedError, jsonl


def read(data: bytes) -> list:
    return list(jsonl.read(io.BytesIO(data)))


def test_lines_become_rows_numbered_like_the_file():
    rows = read(b'\xef\xbb\xbf{"sku": "a"}\r\n\r\n{"sku": "b"}')
    assert [(row.number, row.fields) for row in rows] == [(1, {"sku": "a"}), (3, {"sku": "b"})]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"sku": ', "malformed_json"),
        (b'{"price": NaN}', "malformed_json"),
        (b'{"price": -Infinity}', "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b'{"n": ' + b"9" * 5000 + b"}", "malformed_json"),
        (b"[1]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b'{"sku": "\xff"}', "not_utf8"),
        (b'{"sku": "' + b"x" * (10 * 1024 * 1024) + b'"}', "line_too_long"),
    ],
)
def test_a_bad_line_is_an_issue_and_the_next_is_read(line, code):
    bad, good = read(line + b'\n{"sku": "b"}\n')
    assert (bad.number, bad.issue.code) == (1, code)
    assert len(bad.raw) <= 2000
    assert (good.number, good.fields) == (2, {"sku": "b"})


def test_a_json_array_is_refused_with_advice():
    with pytest.raises(FeedError, match="one object per line"):
        read(b'[\n{"sku": "a"}\n]')


@given(st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.none())))
def test_what_was_written_is_read(objects):
    data = "\n".join(json.dumps(each) for each in objects).encode()
    assert [row.fields for row in read(data)] == objects


@given(st.binary())
def test_any_bytes_are_read_or_noted(data):
    for row in read(data):
        assert row.issue or isinstance(row.fields, dict)
