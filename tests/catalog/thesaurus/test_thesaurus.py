import gzip

from catalog import thesaurus
from catalog.thesaurus import NEAR, SAME, related


def test_what_shoppers_call_otherwise():
    assert related("couch")["sofa"] == SAME
    assert related("sette")["sofa"] == NEAR  # a settee is one
    assert related("rucksack") | {"backpack": SAME, "bag": NEAR} == related("rucksack")
    assert related("crimson")["red"] == SAME
    assert related("sofa")["sette"] == NEAR
    assert "sofa" not in related("sofa")


def test_words_it_does_not_know():
    assert related("xyzzy") == related("") == related("red mug") == {}


def test_the_same_words_are_the_same_bytes(tmp_path):
    entries = {"sofa": ({"couch", "lounge"}, {"seat"}), "mug": (set(), {"cup"})}
    for name, told in {"a": entries, "b": dict(reversed(entries.items()))}.items():
        thesaurus.write_entries(told, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert gzip.decompress((tmp_path / "a").read_bytes()) == b"mug\t\tcup\nsofa\tcouch lounge\tseat\n"
