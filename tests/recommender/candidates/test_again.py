from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Product, Store
from recommender.candidates.again import LENGTH, Habit, again, score_of
from recommender.rhythm import ShopRhythm
from recommender.selectors import find_visitor
from recommender.services.rhythms import refresh_rhythms

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
TODAY = NOW.date()


def bought(
    *days: int, interest: float = 0.0, buyers: int = 0, repeaters: int = 0, gap_days: float | None = None
) -> Habit:
    days_of_purchase = {TODAY - timedelta(days=number) for number in days}
    return Habit(ShopRhythm(buyers, repeaters, gap_days), days_of_purchase, interest)


def score(value: float) -> float:
    return pytest.approx(value / (value + 5))


@pytest.mark.parametrize(
    ("habit", "value"),
    [
        (Habit(), 0),
        (Habit(interest=5), 5),
        (Habit(interest=-1), 0),
        # Once: no rhythm, so half; none is known to buy it again or not, so the rate is the prior.
        (bought(0), 5 / 2),
        (bought(120), 5 / 4),
        # Everybody's rhythm of 40 days: not due, half due, due and overdue.
        (bought(0, gap_days=40), 5 / 2),
        (bought(20, gap_days=40), 5 * 2 ** (-1 / 6) * 0.75),
        (bought(40, gap_days=40), 5 * 2 ** (-1 / 3)),
        (bought(120, gap_days=40), 5 / 2),
        # The shopper's own rhythm comes before everybody's.
        (bought(60, 120, gap_days=1_000), 5 * (2**-0.5 + 2**-1)),
        # 8 of 20 buyers bought it again: (8 + 2) / (20 + 10) is 5/3 of one in five.
        (bought(0, buyers=20, repeaters=8), 5 / 2 * 5 / 3),
        (bought(0, buyers=90, repeaters=0), 5 / 2 / 10),
        (Habit(interest=3, bought_on={TODAY}), 3 + 5 / 2),
    ],
)
def test_the_formula(habit: Habit, value: float):
    assert score_of(habit, now=NOW) == score(value)


@given(
    st.floats(-100, 1e6), st.sets(st.integers(-1, 4_000), max_size=20), st.integers(0, 10**6), st.floats(0.001, 4_000)
)
def test_scores_are_0_to_1(interest: float, days: set[int], buyers: int, gap: float):
    habit = bought(*days, interest=interest, buyers=buyers, repeaters=buyers // 3, gap_days=gap)
    assert 0 <= score_of(habit, now=NOW) <= 1


@given(st.sets(st.integers(0, 1_000), max_size=10), st.integers(0, 1_000))
def test_one_purchase_more_on_the_last_day_or_before_never_harms_without_a_rhythm(days: set[int], more: int):
    one = score_of(bought(*days), now=NOW)
    if len(days) < 2 and more > max(days, default=-1):
        assert score_of(bought(*days, more), now=NOW) >= one


def scored(store: Store, shopper: str = "ann", **options) -> dict[str, float]:
    options = {"limit": 9, "now": timezone.now(), **options}
    visitor = find_visitor(store, shopper, length=LENGTH, now=options["now"])
    options["exclude"] = visitor.withdrawn.union(options.get("exclude", ()))
    found = again(visitor.history, visitor.rhythms, **options)
    skus = dict(Product.objects.values_list("pk", "sku"))
    return {skus[pk]: round(value, 4) for pk, value in found.items()}


def test_what_was_touched_best_first(store, shop, happens):
    now = timezone.now()
    happens("ann", "view", "mug-red", "lamp-red", at=now)
    happens("ann", "cart", "mug-red", at=now - timedelta(days=14))
    happens("ann", "purchase", "pan-red", at=now)
    happens("ann", "dislike", "bare", at=now)
    happens("bob", "purchase", "mug-blue", at=now)
    found = scored(store, now=now)
    assert found == {
        "mug-red": round(3 / 8, 4),  # 1 + 4 / 2
        "pan-red": round(2.5 / 7.5, 4),
        "lamp-red": round(1 / 6, 4),
    }
    assert list(found) == ["mug-red", "pan-red", "lamp-red"]


def test_purchases_of_one_day_are_one(store, shop, happens):
    at = NOW.replace(hour=1)
    happens("ann", "purchase", "mug-red", "mug-red", "lamp-red", at=at)
    happens("ann", "purchase", "mug-red", at=at.replace(hour=23))
    found = scored(store, now=NOW)
    assert found["mug-red"] == found["lamp-red"]


def test_the_shops_rhythm_counts_once_it_is_refreshed(store, shop, happens):
    for shopper in ("ann", "bob", "cat"):
        for days in (50, 10):
            happens(shopper, "purchase", "mug-red", at=NOW - timedelta(days=days))
    happens("eve", "purchase", "mug-red", at=NOW - timedelta(days=20))
    frequency = 2 ** (-20 / 120)
    assert scored(store, "eve", now=NOW)["mug-red"] == score_to_4(5 * frequency / 2)
    refresh_rhythms(store=store)
    rate = (3 + 2) / (4 + 10) * 5
    assert scored(store, "eve", now=NOW)["mug-red"] == score_to_4(5 * frequency * rate * 0.75)


def score_to_4(value: float) -> float:
    return pytest.approx(value / (value + 5), abs=1e-4)


def test_only_what_is_eligible_and_not_excluded(store, shop, happens):
    happens("ann", "click", "mug-red")
    happens("ann", "view", "mug-rose", "lamp-red", "lamp-gone")
    Product.objects.filter(sku="lamp-gone").update(is_published=False)
    assert scored(store).keys() == {"mug-red", "mug-rose", "lamp-red"}
    assert scored(store, limit=1).keys() == {"mug-red"}
    assert scored(store, exclude=[shop["mug-red"].pk]).keys() == {"mug-rose", "lamp-red"}
    assert scored(store, eligible=Product.objects.of(store).by_brand("Lumo")).keys() == {"mug-rose", "lamp-red"}
    assert scored(store, eligible=Product.objects.filter(pk__in=[])) == {}


def test_one_name_in_two_stores_is_two_shoppers(store, other_store, shop, other_shop, happens):
    happens("ann", "view", "lamp-red")
    happens("ann", "purchase", "theirs", store=other_store)
    assert scored(store).keys() == {"lamp-red"}
    assert scored(other_store).keys() == {"theirs"}


def test_of_an_endless_history_the_latest_events_are_read(store, shop, happens):
    happens("ann", "purchase", "lamp-red", at=NOW - timedelta(days=2))
    happens("ann", "view", *["mug-red"] * LENGTH, at=NOW - timedelta(days=1))
    assert scored(store, now=NOW).keys() == {"mug-red"}
