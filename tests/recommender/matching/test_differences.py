import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.matching.differences import compare_facts, compare_prose, compare_words


@pytest.mark.parametrize(
    ("text", "other", "marked"),
    [
        ("Mug red 0,3 l", "red MUG 0.3 L", []),
        ("Mug red 330 ml", "Mug blue 300 ml", [("red", "word"), ("330", "number")]),
        ("M12x40", "m12 x 4", [("40", "number")]),
        ("Größe Ø 26", "grösse 26", [("Ø", "word")]),
        ("", "a", []),
    ],
)
def test_words_the_other_lacks_are_marked(text, other, marked):
    assert [(piece.text, piece.kind) for piece in compare_words(text, other) if piece.kind != "same"] == marked


def test_of_facts_the_values_are_looked_for_and_not_the_names():
    pieces = compare_facts({"material": "oak, waxed", "height_cm": 46}, "waxed stool of 45 cm")
    assert "".join(piece.text for piece in pieces) == "height_cm 46, material oak, waxed"
    assert [(piece.text, piece.kind) for piece in pieces if piece.kind != "same"] == [("46", "number"), ("oak", "word")]
    assert compare_facts({}, "stool") == []


def test_of_prose_only_numbers_are_marked():
    pieces = compare_prose("A sturdy stool, 46 cm high.", "Oak. 45 cm.")
    assert "".join(piece.text for piece in pieces) == "A sturdy stool, 46 cm high."
    assert [(piece.text, piece.kind) for piece in pieces if piece.kind != "same"] == [("46", "number")]


@given(st.text(), st.text())
def test_nothing_is_lost_and_a_text_does_not_differ_from_itself(text, other):
    assert "".join(piece.text for piece in compare_words(text, other)) == text
    assert {piece.kind for piece in compare_words(text, text)} <= {"same"}
