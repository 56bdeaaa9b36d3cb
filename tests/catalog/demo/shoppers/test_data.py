"""The shoppers and events as shipped: what the generator writes, and what is promised of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import combinations, pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from catalog.demo.shoppers import END, EVENTS, SHOPPERS, START, split_at
from catalog.demo.shoppers.families import go_together
from catalog.demo.shoppers.shelves import Good, leaf
from catalog.demo.shoppers.simulate import gini
from config import services
from tests.catalog.demo.shoppers.conftest import Told

KINDS = {"view", "click", "like", "dislike", "cart", "purchase"}
WANTED = {"like", "cart", "purchase"}


def test_the_files_are_what_the_command_writes(tmp_path: Path) -> None:
    """Byte for byte, in a process that hashes strings otherwise. If this fails, products.jsonl has changed:
    run `python -m catalog.demo.shoppers.simulate`."""
    subprocess.run(
        [sys.executable, "-m", "catalog.demo.shoppers.simulate", "--output", str(tmp_path)],
        cwd=services.BASE_DIR,
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    for path in (SHOPPERS, EVENTS):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_every_shopper_has_a_stated_taste_and_events(stated: dict[str, Any], events: list[Told]) -> None:
    assert len(stated) == 200
    assert Counter(event.shopper for event in events) == {name: row["events"] for name, row in stated.items()}
    for row in stated.values():
        for name in row["types"]:
            assert leaf(name) in row["taste"]
        for name in [*row["colours"], *row["materials"], *row["brands"]]:
            assert name in row["taste"]


def test_events_are_of_the_shop_and_of_the_month(events: list[Told], goods: dict[str, Good]) -> None:
    assert 12_000 <= len(events) <= 25_000
    assert {event.kind for event in events} == KINDS
    assert {event.sku for event in events} <= goods.keys()
    assert len({event.event_id for event in events}) == len(events)
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert START <= events[0].at < START + timedelta(days=1)
    assert END - timedelta(days=1) < events[-1].at < END
    assert len({event.at.date() for event in events}) == 30


def test_the_last_week_can_be_held_out(events: list[Told]) -> None:
    split = split_at(events[-1].at)
    every, held_out = (Counter(event.shopper for event in chosen) for chosen in (events, _since(events, split)))
    assert 0.15 <= held_out.total() / every.total() <= 0.35
    assert fmean(held_out[shopper] >= 0.15 * count for shopper, count in every.items()) > 0.5
    assert sum(0 < held_out[shopper] < count for shopper, count in every.items()) >= 100, "history and future"


def test_some_shoppers_are_cold(events: list[Told]) -> None:
    before = Counter(event.shopper for event in events if event.at < split_at(events[-1].at))
    assert 8 <= sum(before[f"shopper-{number:03}"] <= 5 for number in range(1, 201)) <= 60


def test_some_products_are_new_and_some_are_never_seen(events: list[Told], goods: dict[str, Good]) -> None:
    first: dict[str, Told] = {}
    for event in events:
        first.setdefault(event.sku, event)
    split = split_at(events[-1].at)
    assert 0.02 <= sum(event.at >= split for event in first.values()) / len(goods) <= 0.10
    assert 0.01 <= len(goods.keys() - first.keys()) / len(goods) <= 0.08


def test_popularity_has_a_long_tail(events: list[Told], goods: dict[str, Good]) -> None:
    counts = Counter(event.sku for event in events)
    ordered = sorted((counts[sku] for sku in goods), reverse=True)
    assert gini(ordered) > 0.25
    assert sum(ordered[: len(ordered) // 5]) / sum(ordered) > 0.35
    assert ordered[0] > 3 * ordered[len(ordered) // 2]


def test_evenings_and_weekends_are_busy(events: list[Told]) -> None:
    hours, days = Counter(event.at.hour for event in events), Counter(event.at.weekday() for event in events)
    assert sum(hours[hour] for hour in range(18, 23)) > 5 * sum(hours[hour] for hour in range(5))
    # September 2025 has five Mondays and Tuesdays and four of the others.
    assert (days[5] + days[6]) / 8 > 1.15 * sum(days[day] for day in range(5)) / 22


def test_nothing_is_bought_unseen_and_little_is_bought(events: list[Told]) -> None:
    done: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for event in events:
        if event.kind != "view":
            assert "view" in done[event.shopper, event.sku]
        if event.kind in WANTED:
            assert "click" in done[event.shopper, event.sku]
        if event.kind == "purchase":
            assert "cart" in done[event.shopper, event.sku]
        done[event.shopper, event.sku].add(event.kind)
    kinds = Counter(event.kind for event in events)
    assert kinds["view"] > kinds["click"] > kinds["cart"] > kinds["purchase"] > 200
    assert kinds["click"] > kinds["like"] > kinds["dislike"] > 50


def test_what_is_disliked_is_left_alone(events: list[Told]) -> None:
    disliked: set[tuple[str, str]] = set()
    for event in events:
        assert (event.shopper, event.sku) not in disliked
        if event.kind == "dislike":
            disliked.add((event.shopper, event.sku))


# Tastes show


def test_shoppers_come_for_the_types_they_state(stated: dict[str, Any], events: list[Told], goods) -> None:
    assert _lift(events, lambda event: goods[event.sku].type in stated[event.shopper]["types"], stated) > 2.5


@pytest.mark.parametrize(
    ("side", "of"), [("colours", lambda good: good.colours), ("materials", lambda good: [good.material])]
)
def test_shoppers_want_the_colours_and_materials_they_state(
    side: str, of: Callable[[Good], Iterable[str]], stated: dict[str, Any], events: list[Told], goods: dict[str, Good]
) -> None:
    wanted = [event for event in events if event.kind in WANTED]

    def says(event: Told, sign: int) -> bool:
        return any(sign * stated[event.shopper][side].get(name, 0) > 0 for name in of(goods[event.sku]))

    assert _lift(wanted, lambda event: says(event, 1), stated) > 1.3
    assert _lift(wanted, lambda event: says(event, -1), stated) < 0.75


def test_shoppers_buy_the_brands_and_at_the_prices_they_state(
    stated: dict[str, Any], events: list[Told], goods
) -> None:
    wanted = [event for event in events if event.kind in WANTED]
    assert _lift(wanted, lambda event: goods[event.sku].brand in stated[event.shopper]["brands"], stated) > 1.3
    gaps = [abs(goods[event.sku].price_level - stated[event.shopper]["price_level"]) for event in wanted]
    skus = [event.sku for event in wanted]
    others = [abs(goods[sku].price_level - row["price_level"]) for row in stated.values() for sku in skus[::7]]
    assert fmean(gaps) < 0.9 * fmean(others)


def test_things_that_go_together_meet_in_one_visit(events: list[Told], goods: dict[str, Good]) -> None:
    """Beyond what it takes that one shopper wants both: the pairs of a visit against pairs across the shoppers."""
    visits = [[goods[event.sku] for event in visit if event.kind == "cart"] for visit in _visits(events)]
    pairs = [pair for visit in visits for pair in combinations(visit, 2) if pair[0].type != pair[1].type]
    carted = [good for visit in visits for good in visit]
    chance = [(one, two) for one, two in zip(carted, carted[len(carted) // 2 :], strict=False) if one.type != two.type]
    assert len(pairs) > 100
    assert _share_together(pairs) > 2 * _share_together(chance)


def test_shoppers_come_back_to_what_they_looked_at(events: list[Told]) -> None:
    days: defaultdict[tuple[str, str], set[object]] = defaultdict(set)
    for event in events:
        days[event.shopper, event.sku].add(event.at.date())
    assert 0.08 < fmean(len(found) > 1 for found in days.values()) < 0.5


def _since(events: list[Told], moment: Any) -> list[Told]:
    return [event for event in events if event.at >= moment]


def _lift(events: list[Told], hits: Callable[[Told], bool], stated: dict[str, Any]) -> float:
    """How often events hit what their shopper states, over how often they would hit what another states."""
    names = list(stated)
    chance = fmean(
        hits(Told(event.event_id, names[(number * 37) % len(names)], event.sku, event.kind, event.at))
        for number, event in enumerate(events)
    )
    return fmean(hits(event) for event in events) / chance


def _visits(events: list[Told]) -> list[list[Told]]:
    """A shopper's events with no pause of half an hour between them."""
    by_shopper: defaultdict[str, list[Told]] = defaultdict(list)
    for event in events:
        by_shopper[event.shopper].append(event)
    visits: list[list[Told]] = []
    for own in by_shopper.values():
        visits.append([own[0]])
        for before, event in pairwise(own):
            if event.at - before.at > timedelta(minutes=30):
                visits.append([])
            visits[-1].append(event)
    return visits


def _share_together(pairs: list[tuple[Good, Good]]) -> float:
    return fmean(go_together(leaf(one.type), leaf(two.type)) for one, two in pairs)
