import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.matching.differences import compare_words


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


@given(st.text(), st.text())
def test_nothing_is_lost_and_a_text_does_not_differ_from_itself(text, other):
    assert "".join(piece.text for piece in compare_words(text, other)) == text
    assert {piece.kind for piece in compare_words(text, text)} <= {"same"}
