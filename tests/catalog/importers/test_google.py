import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.importers import FeedError, google
from catalog.importers.rows import parse_row

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
<item>
  <g:id>TV_1</g:id><title>Google Chromecast</title><description><![CDATA[<b>Smart</b> &amp; small]]></description>
  <g:shipping><g:country>US</g:country><g:price>5.00 USD</g:price></g:shipping>
  <g:price>59.50 USD</g:price><g:brand>Google</g:brand><g:gtin>4006381333931</g:gtin>
  <g:availability>in_stock</g:availability>
  <g:image_link>https://shop.example/1.jpg</g:image_link>
  <g:additional_image_link>https://shop.example/2.jpg</g:additional_image_link>
  <g:additional_image_link>https://shop.example/3.jpg</g:additional_image_link>
  <g:product_type>Electronics &gt; Video</g:product_type><g:item_group_id>TV</g:item_group_id><g:color>Black</g:color>
</item>
<item><g:id>TV_2</g:id><title>Second</title><g:google_product_category>404</g:google_product_category></item>
</channel></rss>"""

TSV = (
    "id\ttitle\tdescription\tlink\timage link\tadditional image link\tprice\tavailability\tproduct type\n"
    "1\tMug\tA mug\thttps://s.example/1\thttps://s.example/1.jpg\thttps://s.example/2.jpg,https://s.example/3.jpg"
    "\t5.00 EUR\tout of stock\tKitchen > Mugs\n"
)


def read(data: bytes | str) -> list:
    return list(google.read(io.BytesIO(data.encode() if isinstance(data, str) else data)))


def test_rss_items_become_rows():
    first, second = read(RSS)
    row = parse_row(first.fields).row
    assert (first.number, second.number) == (1, 2)
    assert row.sku == "TV_1"
    assert str(row.facts["price"]) == "59.50"
    assert row.facts == {
        "title": "Google Chromecast",
        "description": "Smart & small",
        "brand": "Google",
        "category_path": "Electronics/Video",
        "price": row.facts["price"],
        "currency": "USD",
        "gtin": "04006381333931",
        "variant_group": "TV",
        "availability": "in_stock",
        "attributes": {"color": "Black"},
    }
    assert [picture.url[-5:] for picture in row.pictures] == ["1.jpg", "2.jpg", "3.jpg"]
    assert "category" not in second.fields


def test_tab_separated_text():
    (raw,) = read(TSV)
    row = parse_row(raw.fields).row
    assert (raw.number, row.sku, row.facts["category_path"]) == (2, "1", "Kitchen/Mugs")
    assert (row.facts["availability"], row.facts["currency"]) == ("out_of_stock", "EUR")
    assert len(row.pictures) == 3


def test_atom_entries():
    (row,) = read('<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><title>A</title></entry></feed>')
    assert row.fields["sku"] == "a"


BOMB = (
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rss><item><id>&b;</id></item></rss>'
)
OUTSIDE = '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><rss><item><id>&f;</id></item></rss>'


@pytest.mark.parametrize("hostile", [BOMB, OUTSIDE, '<!DOCTYPE rss SYSTEM "http://x.example/"><rss/>'])
def test_doctypes_are_refused(hostile):
    with pytest.raises(FeedError, match="DOCTYPE"):
        read(hostile)


@pytest.mark.parametrize("broken", ["<rss><item>", "<rss>&nbsp;</rss>", "<", "<rss></rss><rss/>", "<a>\x00</a>"])
def test_broken_xml_is_told(broken):
    with pytest.raises(FeedError):
        read(broken)


def test_rows_before_the_break_are_read():
    rows = google.read(io.BytesIO(RSS.replace("</channel></rss>", "x" * 100_000 + "<item>").encode()))
    assert [next(rows).fields["sku"], next(rows).fields["sku"]] == ["TV_1", "TV_2"]
    with pytest.raises(FeedError):
        list(rows)


def test_one_endless_token_is_refused_early():
    file = io.BytesIO(b'<rss><item id="' + b"x" * 30_000_000)
    with pytest.raises(FeedError):
        list(google.read(file))
    assert file.tell() < 6_000_000


def test_elements_without_end_in_one_another_are_refused_early():
    file = io.BytesIO(b"<rss>" + b"<a>" * 1_000_000)
    with pytest.raises(FeedError, match="32 deep"):
        list(google.read(file))
    assert file.tell() < 100_000


@pytest.mark.parametrize("spelling", ["<n{}/>", '<a n{}=""/>', '<a xmlns:n{}="x"/>'])
@pytest.mark.parametrize("around", ["<rss>{}</rss>", "<rss><item>{}</item></rss>"])
def test_names_without_end_are_refused_early(spelling, around):
    """Of elements, attributes and prefixes: the parser forgets none."""
    file = io.BytesIO(around.format("".join(spelling.format(n) for n in range(100_000))).encode())
    with pytest.raises(FeedError, match="different names"):
        list(google.read(file))
    assert file.tell() < 600_000


def test_an_item_too_long_is_an_issue():
    long, fine = read("<rss><item><id>a</id>" + "x" * 2_000_000 + "</item><item><id>b</id></item></rss>")
    assert long.issue.code == "row_too_long"
    assert fine.fields["sku"] == "b"


@given(st.lists(st.text(st.characters(categories=["L", "N", "P"], exclude_characters="<&"), min_size=1), min_size=1))
def test_what_was_written_is_read(titles):
    items = "".join(f"<item><id>{n}</id><title>{title}</title></item>" for n, title in enumerate(titles))
    assert [row.fields["title"] for row in read(f"<rss>{items}</rss>")] == titles


@given(st.binary())
def test_any_bytes_are_read_or_refused(data):
    with contextlib.suppress(FeedError):
        read(b"<rss>" + data)
