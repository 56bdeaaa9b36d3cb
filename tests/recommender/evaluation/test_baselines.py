import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.evaluation.baselines import (
    Occasion,
    Past,
    cooccurrence,
    most_frequent,
    most_recent,
    popularity,
    random_pages,
)

IDS = (10, 11, 12, 13, 14, 15)
ANN, BOB, CAT, NOBODY = (Occasion(name) for name in ("ann", "bob", "cat", "nobody"))


def past_of(*rows, ids=IDS):
    """`("ann", 10, 3.0, 1.0)`: who, product, strength, when."""
    names = tuple(dict.fromkeys(row[0] for row in rows))
    return Past(
        names=names,
        ids=np.array(ids),
        shoppers=np.array([names.index(row[0]) for row in rows], np.int64),
        products=np.array([ids.index(row[1]) for row in rows], np.int64),
        strengths=np.array([row[2] for row in rows], np.float64),
        last=np.array([row[3] for row in rows], np.float64),
    )


PAST = past_of(
    ("ann", 10, 1.0, 5.0),
    ("bob", 12, 5.0, 1.0),
    ("ann", 11, 4.0, 2.0),
    ("bob", 10, 2.0, 2.0),
    ("cat", 13, -3.0, 9.0),
    ("cat", 12, 1.0, 3.0),
)


def test_rows_of_a_shopper_and_of_a_stranger():
    assert sorted(PAST.rows_of("ann").tolist()) == [0, 2]
    assert PAST.rows_of("nobody").tolist() == []
    assert PAST.touched_by.tolist() == [2, 1, 2, 1, 0, 0]


def test_popularity_is_the_same_for_everyone_ties_by_id_and_what_is_disliked_last():
    recommend = popularity(PAST)
    assert recommend(ANN, 6) == recommend(NOBODY, 6) == [12, 11, 10, 14, 15, 13]
    assert recommend(ANN, 2) == [12, 11]


def test_random_pages_stay_a_shopper_s_own():
    recommend = random_pages(PAST, seed=1)
    assert sorted(recommend(ANN, 6)) == list(IDS)
    assert recommend(ANN, 6) == random_pages(PAST, seed=1)(ANN, 6)
    assert recommend(ANN, 3) == recommend(ANN, 6)[:3]
    pages = {tuple(recommend(Occasion(name), 6)) for name in ("ann", "bob", "cat", "dan", "eve")}
    assert len(pages) > 1
    assert recommend(ANN, 6) != random_pages(PAST, seed=2)(ANN, 6)


def test_most_recent_then_popular_and_never_what_was_disliked_first():
    assert most_recent(PAST)(ANN, 4) == [10, 11, 12, 14]
    assert most_recent(PAST)(CAT, 2) == [12, 11]
    assert most_recent(PAST)(NOBODY, 2) == [12, 11]


def test_most_frequent_goes_by_strength():
    assert most_frequent(PAST)(ANN, 3) == [11, 10, 12]


def test_cooccurrence_by_hand():
    """ann's 10 shares bob with 12: 1 * 1 / sqrt(2 * 2). Nobody else has 11. 10 and 11 share ann."""
    assert cooccurrence(PAST)(ANN, 3) == [10, 11, 12]  # 10: 4 / sqrt 2; 11: 1 / sqrt 2; 12: 1 / 2
    assert cooccurrence(PAST)(NOBODY, 2) == [12, 11]


def test_cooccurrence_on_a_product_s_page_is_with_that_product_whoever_asks():
    """12 shares bob with 10, and nobody with 11; then what is popular."""
    recommend = cooccurrence(PAST)
    assert recommend(Occasion("ann", beside=12), 3) == recommend(Occasion("nobody", beside=12), 3) == [10, 12, 11]
    assert recommend(Occasion("bob", beside=11), 3) == [10, 12, 11]
    assert recommend(Occasion("bob", beside=15), 2) == [12, 11]


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdefg"), st.sampled_from(IDS), st.sampled_from([1.0, 1.5, 4.0, 5.0, -3.0])),
        min_size=1,
        unique_by=lambda row: row[:2],
    )
)
def test_cooccurrence_is_the_whole_matrix(rows):
    past = past_of(*((*row, 0.0) for row in rows))
    liked = {product: {who for who, other, strength in rows if other == product and strength > 0} for product in IDS}
    for shopper in past.names:
        scores = dict.fromkeys(IDS, 0.0)
        for who, touched, strength in rows:
            for product in IDS:
                if who == shopper and product != touched and strength > 0 and liked[product]:
                    both = len(liked[product] & liked[touched])
                    scores[product] += strength * both / math.sqrt(len(liked[product]) * len(liked[touched]))
        page = cooccurrence(past)(Occasion(shopper), len(IDS))
        assert sorted(page) == list(IDS)
        own = [scores[product] for product in page if scores[product] > 1e-9]
        assert own == pytest.approx(sorted(own, reverse=True))
        assert [scores[product] for product in page[: len(own)]] == pytest.approx(own)
