import gzip
import json
from pathlib import Path

import pytest

from recommender.matching.pair_files import MalformedPair, drop_known, read_pairs, to_item

PAIR = {"left": {"title": "a", "price": "1.5"}, "right": {"title": "b"}, "label": 1}


def write(path: Path, *rows: object) -> Path:
    text = "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["pairs.jsonl", "pairs.jsonl.gz"])
def test_reads_plain_and_gzipped(tmp_path: Path, name: str) -> None:
    (pair,) = read_pairs(write(tmp_path / name, PAIR, ""))
    assert (pair.left.item.title, pair.left.item.price, pair.right.item.title) == ("a", 1.5, "b")
    assert pair.is_match is True


def test_facts_by_any_of_their_names() -> None:
    item = to_item(
        {"name": "Lamp", "manufacturer": "Acme", "modelno": "X-1", "ean": "4006381333931", "watts": 40, "price": "9"}
    )
    assert (item.title, item.brand, item.mpn, item.gtin, item.price) == ("Lamp", "Acme", "X-1", "04006381333931", 9.0)
    assert item.attributes == {"watts": "40"}


@pytest.mark.parametrize(("said", "price"), [("", None), ("0", None), ("free", None), ("$ 1,299.00", 1299.0)])
def test_prices(said: str, price: float | None) -> None:
    assert to_item({"title": "a", "price": said}).price == price


def test_a_wrong_gtin_is_none() -> None:
    assert to_item({"title": "a", "gtin": "4006381333932"}).gtin == ""


def test_language_tags_are_taken_off() -> None:
    title = '"Puma Popcat - Bleu"@fr " Puma chaussures "@en-US shoes'
    assert to_item({"title": title}).title.split() == [
        '"Puma',
        "Popcat",
        "-",
        "Bleu",
        '"',
        "Puma",
        "chaussures",
        "shoes",
    ]


def test_a_picture_lies_beside_the_file(tmp_path: Path) -> None:
    (pair,) = read_pairs(write(tmp_path / "p.jsonl", PAIR | {"right": {"title": "b", "image": "i/b.jpg"}}))
    assert (pair.left.picture, pair.right.picture) == (None, tmp_path / "i" / "b.jpg")
    assert pair.right.item.attributes == {}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("{", "not JSON"),
        ("[]", "an object with left, right and label"),
        ({"left": {}, "label": 1}, "'right' must be an object"),
        (PAIR | {"label": 2}, "'label' must be 0 or 1"),
        (PAIR | {"left": {"title": ["a"]}}, "Must be text"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, row: object, why: str) -> None:
    with pytest.raises(MalformedPair, match=rf"p\.jsonl, line 2: .*{why}"):
        read_pairs(write(tmp_path / "p.jsonl", PAIR, row))


def test_pairs_of_another_file_are_dropped_and_repeats_too(tmp_path: Path) -> None:
    other = PAIR | {"right": {"title": "c"}}
    known = read_pairs(write(tmp_path / "known.jsonl", PAIR | {"label": 0}))
    pairs = read_pairs(write(tmp_path / "all.jsonl", PAIR, other, other))
    assert [pair.right.item.title for pair in drop_known(pairs, known)] == ["c"]
