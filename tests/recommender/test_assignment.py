import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.assignment import choose_variant, draw
from recommender.lift import mismatch_probability

SALT = "0123456789abcdef0123456789abcdef"


def test_the_numbers_are_these_for_ever():
    """Changing them would throw every running experiment's shoppers into other variants."""
    assert draw(SALT, "ann") == (0.9331158487275094, 0.9118917068101885)
    assert draw(SALT, "bob") == (0.46374262678503264, 0.5392218311903695)
    assert draw(SALT, "Ünö") == (0.3041535890710616, 0.10304995938248473)


@given(st.text(), st.text())
def test_numbers_are_the_first_bits_of_the_digest(salt, shopper):
    digest = hashlib.sha256((salt + shopper).encode("utf-8", "surrogatepass")).hexdigest()
    first, second = draw(salt, shopper)
    assert 0 <= first < 1
    assert 0 <= second < 1
    assert abs(first - int(digest[:16], 16) / 16**16) < 2**-52
    assert abs(second - int(digest[16:32], 16) / 16**16) < 2**-52


@pytest.mark.parametrize(
    ("shares", "share"), [((0.5, 0.5), 1.0), ((0.9, 0.1), 1.0), ((0.2, 0.3, 0.5), 1.0), ((0.5, 0.5), 0.3)]
)
def test_shoppers_spread_as_the_shares_say(shares, share):
    count = 40_000
    found = Counter(choose_variant(shares, share=share, salt=SALT, shopper=f"s-{n}") for n in range(count))
    expected = [share * each for each in shares] + ([1 - share] if share < 1 else [])
    counts = [found[index] for index in range(len(shares))] + ([found[None]] if share < 1 else [])
    assert sum(counts) == count
    assert mismatch_probability(counts, expected) > 0.001


def test_two_experiments_are_independent():
    pairs = Counter(
        tuple(choose_variant((0.5, 0.5), share=1, salt=salt, shopper=f"s-{n}") for salt in (SALT, SALT[::-1]))
        for n in range(40_000)
    )
    assert mismatch_probability([pairs[a, b] for a in (0, 1) for b in (0, 1)], [0.25] * 4) > 0.001


@given(st.text(min_size=1), st.floats(0.01, 1), st.floats(0.01, 1))
def test_raising_the_share_moves_nobody(shopper, one, other):
    low, high = sorted((one, other))
    before = choose_variant((0.3, 0.7), share=low, salt=SALT, shopper=shopper)
    if before is not None:
        assert choose_variant((0.3, 0.7), share=high, salt=SALT, shopper=shopper) == before


def test_everybody_has_a_variant_where_the_shares_sum_to_a_little_less_than_one():
    tenths = (0.1,) * 10
    assert sum(tenths) < 1
    chosen = {choose_variant(tenths, share=1, salt=SALT, shopper=f"s-{n}") for n in range(5_000)}
    assert chosen == set(range(10))
