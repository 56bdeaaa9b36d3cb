import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.spelling import deletions, distance, is_word, nearest_word

words = st.text("abcde", min_size=4, max_size=9)


def slow_distance(a: str, b: str) -> int:
    """The definition of optimal string alignment, as it is recurred."""
    if not a or not b:
        return len(a) + len(b)
    ways = [slow_distance(a[1:], b) + 1, slow_distance(a, b[1:]) + 1, slow_distance(a[1:], b[1:]) + (a[0] != b[0])]
    if a[:2] == b[1::-1] and len(a) > 1:
        ways.append(slow_distance(a[2:], b[2:]) + 1)
    return min(ways)


def one_edit(word: str, letters: str = "abcde") -> set[str]:
    places = range(len(word))
    return {
        *(word[:at] + word[at + 1 :] for at in places),
        *(word[:at] + letter + word[at:] for at in range(len(word) + 1) for letter in letters),
        *(word[:at] + letter + word[at + 1 :] for at in places for letter in letters),
        *(word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in places[:-1]),
    } - {word}


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_the_distance_is_the_slow_twins(a, b):
    assert distance(a, b) == slow_distance(a, b)


@given(words)
def test_words_one_edit_apart_share_a_deletion(word):
    for typed in one_edit(word):
        if is_word(typed):
            assert set(deletions(word)) & set(deletions(typed)), (word, typed)


@given(words, st.dictionaries(words, st.integers(1, 100)))
def test_the_nearest_is_the_one_a_look_at_all_of_them_finds(typed, known):
    reach = 2 if len(typed) >= 8 else 1
    near = [(distance(typed, word), -count, word) for word, count in known.items() if distance(typed, word) <= reach]
    assert nearest_word(typed, known) == ((min(near)[2], min(near)[0]) if near else None)


@pytest.mark.parametrize(
    ("typed", "meant", "edits"),
    [
        ("mustrad", "mustard", 1),
        ("armchiar", "armchair", 1),
        ("cushon", "cushion", 1),
        ("terakota", "terracotta", None),
        ("stonneweare", "stoneware", 2),
        ("vaze", "vase", 1),
        ("lmap", "lamp", 1),
        ("sofa", "lamp", None),
    ],
)
def test_misspellings(typed, meant, edits):
    assert nearest_word(typed, {meant: 3}) == ((meant, edits) if edits else None)


def test_of_equally_near_words_the_frequent_one_is_meant():
    assert nearest_word("lanp", {"land": 3, "lamp": 9}) == ("lamp", 1)


@pytest.mark.parametrize("text", ["mug", "500ml", "din-a4", "x" * 33, ""])
def test_what_is_no_word_has_no_misspellings(text):
    assert deletions(text) == []
