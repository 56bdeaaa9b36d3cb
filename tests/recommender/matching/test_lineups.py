import numpy as np
import pytest

from recommender.matching.choosing_training import learn_senses
from recommender.matching.features import MISSING
from recommender.matching.items import Item
from recommender.matching.lineups import COLUMNS, UNKNOWN, Lineup, leave_out
from tests.recommender.matching.lineups import make_catalogue, make_lineups

LINEUPS = make_lineups(20)
SENSES = learn_senses(LINEUPS, [product for family in make_catalogue(20) for product in family])


def column(rows: np.ndarray, name: str) -> list[float]:
    return rows[:, COLUMNS.index(name)].tolist()


def test_who_is_it_is_ahead_of_the_others():
    known = [lineup for lineup in LINEUPS if lineup.answer is not None]
    for lineup in known:
        rows = SENSES.measure([lineup])
        for name in ("ahead_heard_share", "ahead_picture_best", "value_ahead_least"):
            ahead = column(rows, name)
            assert int(np.argmax(ahead)) == lineup.answer
            assert sum(value > 0 for value in ahead) == 1


def test_a_word_that_stands_for_what_the_product_is_not_is_held_against_it():
    [offer] = [each for each in LINEUPS if each.offer.title == LINEUPS[0].offer.title]
    missing = column(SENSES.measure([offer]), "unexplained_most")
    assert int(np.argmin(missing)) == offer.answer
    assert min(missing) < 0.5 < sorted(missing)[1]


def test_colours_are_held_against_a_products_nearest_picture_under_one_light():
    for lineup in LINEUPS:
        apart = column(SENSES.measure([lineup]), "colours_apart")
        steps = np.abs(np.arange(5) - (5 if lineup.answer is None else lineup.answer))
        assert apart == pytest.approx(0.1 * 0.8 * steps, abs=1e-3)
        if lineup.answer is not None:
            assert int(np.argmax(column(SENSES.measure([lineup]), "ahead_colours_apart"))) == lineup.answer


def test_without_a_candidate_it_is_as_if_the_shop_did_not_have_it():
    for lineup in LINEUPS[:6]:
        rows = SENSES.measure([lineup])
        for place in range(len(lineup.products)):
            others = [product for product in lineup.products if product is not lineup.products[place]]
            assert leave_out(rows, place) == pytest.approx(SENSES.measure([Lineup(lineup.offer, others)]), abs=1e-4)
    one = Lineup(LINEUPS[0].offer, LINEUPS[0].products[:1])
    assert leave_out(SENSES.measure([one]), 0).shape == (0, len(COLUMNS))


def test_alone_nobody_is_ahead_and_what_nobody_says_is_unknown():
    offer = LINEUPS[0].offer
    row = SENSES.measure([Lineup(offer, [Item("")])])[0]
    named = dict(zip(COLUMNS, row.tolist(), strict=True))
    assert {named[name] for name in COLUMNS if name.startswith("ahead_")} == {UNKNOWN}
    assert named["picture_best"] == named["price_unusual"] == named["colours_apart"] == MISSING
    assert named["heard_share"] == UNKNOWN
    assert np.isfinite(row).all()


def test_line_ups_are_measured_together_as_alone_and_in_any_order():
    together = SENSES.measure(LINEUPS[:4])
    assert together == pytest.approx(np.concatenate([SENSES.measure([each]) for each in LINEUPS[:4]]))
    turned = Lineup(LINEUPS[0].offer, list(reversed(LINEUPS[0].products)))
    assert SENSES.measure([turned])[::-1] == pytest.approx(together[: len(turned.products)])
    assert SENSES.measure([]).shape == SENSES.measure([Lineup(LINEUPS[0].offer, [])]).shape == (0, len(COLUMNS))
