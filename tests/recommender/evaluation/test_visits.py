from datetime import UTC, datetime, timedelta

import pytest

from recommender.evaluation.visits import GAP, OPENINGS, Deed, page_of, visits_of

NOON = datetime(2025, 9, 16, 12, tzinfo=UTC)
PRODUCT, BASKET = OPENINGS["product"], OPENINGS["basket"]


def deeds(*rows):
    """`(10, "view")`, then perhaps seconds since the visit began, whether it is published, the variant group."""
    made = []
    for number, (product, kind, *more) in enumerate(rows):
        seconds, is_published, group = [*more, *(number, True, "")[len(more) :]]
        made.append(Deed(product, kind, NOON + timedelta(seconds=seconds), is_published, group))
    return made


@pytest.mark.parametrize(
    ("seconds", "lengths"),
    [
        ([], []),
        ([0], [1]),
        ([0, 1800], [2]),
        ([0, 1801], [1, 1]),
        ([0, 1800, 3600, 5401], [3, 1]),  # from event to event, however long the whole
    ],
)
def test_a_visit_ends_after_half_an_hour_of_nothing(seconds, lengths):
    assert timedelta(minutes=30) == GAP
    visits = list(visits_of(deeds(*((10, "view", second) for second in seconds))))
    assert [len(visit) for visit in visits] == lengths


def test_a_product_s_page_gains_the_strongest_that_came_after_it():
    visit = deeds((10, "view"), (11, "view"), (11, "cart"), (12, "dislike"), (13, "click"), (11, "click"))
    assert page_of(visit, PRODUCT) == (10, {11: 4.0, 13: 1.5})


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(10, "view")],
        [(10, "view"), (10, "purchase")],  # the page's own product
        [(10, "view"), (11, "dislike")],
        [(10, "view"), (11, "view", 1, False)],
        [(10, "view", 0, True, "mug"), (11, "cart", 1, True, "mug")],  # its variant
    ],
)
def test_a_page_after_which_nothing_good_was_done_is_none(rows):
    assert page_of(deeds(*rows), PRODUCT) is None


def test_no_group_is_not_a_group_of_its_own_and_another_group_is_another_thing():
    visit = deeds((10, "view", 0, True, "mug"), (11, "view", 1, True, "lamp"), (12, "view"))
    assert page_of(visit, PRODUCT) == (10, {11: 1.0, 12: 1.0})
    assert page_of(deeds((10, "view"), (11, "view")), PRODUCT) == (10, {11: 1.0})


def test_what_is_not_published_opens_no_page():
    assert page_of(deeds((10, "view", 0, False), (11, "view"), (12, "like")), PRODUCT) == (11, {12: 3.0})


def test_what_displeased_had_a_page_all_the_same():
    assert page_of(deeds((10, "dislike"), (11, "view")), PRODUCT) == (10, {11: 1.0})


def test_beside_a_basket_counts_only_what_went_into_it_or_was_bought():
    visit = deeds((9, "like"), (8, "purchase"), (10, "cart"), (11, "like"), (12, "cart"), (13, "purchase"))
    assert page_of(visit, BASKET) == (10, {12: 4.0, 13: 5.0})
    assert page_of(deeds((10, "view"), (11, "cart"), (10, "purchase"), (12, "click")), BASKET) == (11, {10: 5.0})
    assert page_of(deeds((10, "view"), (11, "purchase"), (12, "purchase")), BASKET) is None
    assert page_of(deeds((10, "cart"), (10, "purchase"), (12, "like")), BASKET) is None
