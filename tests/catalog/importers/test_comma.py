import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.importers import FeedError, comma


def read(data: bytes | str) -> list:
    return list(comma.read(io.BytesIO(data.encode() if isinstance(data, str) else data)))


def test_a_table_as_a_spreadsheet_saves_it():
    text = (
        '\ufeffSKU;Title;attributes.color;images;is_published\r\na;"Mug; red\nbig";red;1.jpg|2.jpg;no\r\n\r\nb;;;;\r\n'
    )
    first, second = read(text)
    assert (first.number, second.number) == (2, 4)
    assert first.fields == {
        "sku": "a",
        "title": "Mug; red\nbig",
        "attributes": {"color": "red"},
        "images": ["1.jpg", "2.jpg"],
        "is_published": "no",
        "availability": None,
    }
    assert second.fields["title"] == ""
    assert second.fields["is_published"] is None


def test_attributes_may_be_json():
    (row,) = read('sku,attributes,attributes.size\na,"{""color"": [""red""]}",XL\n')
    assert row.fields["attributes"] == {"color": ["red"], "size": "XL"}


def test_bad_rows_are_issues_and_the_next_is_read():
    rows = read(b"sku,title\na,b,c\n\xff,x\n" + b"z" * 2_000_000 + b"\nb," + b"y" * 200_000 + b"\nc,fine\n")
    assert [row.issue.code if row.issue else None for row in rows] == [
        *("too_many_cells", "not_utf8", "line_too_long", "malformed_row", None)
    ]
    assert rows[-1].fields["sku"] == "c"
    assert [row.number for row in rows] == [2, 3, 4, 5, 6]


def test_an_open_quote_does_not_swallow_the_file():
    rows = read('sku,title\na,"open\n' + "b,line\n" * 50_000)
    assert rows[0].issue.code == "malformed_row"


@pytest.mark.parametrize("header", ["name,price", "sku,sku", "\xff", ""])
def test_a_header_that_says_nothing_is_refused(header):
    with pytest.raises(FeedError):
        read(header.encode("latin-1") + b"\na,b\n")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), min_size=1), min_size=1))
def test_what_was_written_is_read(titles):
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["sku", "title"], *([f"{n}", t] for n, t in enumerate(titles))])
    assert [row.fields["title"] for row in read(file.getvalue())] == titles


@given(st.binary())
def test_any_bytes_are_read_or_noted(data):
    for row in read(b"sku,title\n" + data):
        assert row.issue or isinstance(row.fields, dict)
