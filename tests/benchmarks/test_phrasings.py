"""The requests the starter is judged by, and the measure itself."""

import itertools
import math
import random
import re
from collections.abc import Mapping, Sequence

import pytest

from catalog.demo.render.products import list_items
from config import services
from tests.benchmarks.phrasings import PHRASINGS, Phrasing, bootstrap_interval, measure_ndcg, read_phrasings

RUN = 4


@pytest.mark.parametrize("seed", range(30))
def test_ndcg_against_a_slow_twin(seed: int) -> None:
    draw = random.Random(seed)
    skus = [f"S{number}" for number in range(7)]
    grades = {sku: draw.choice([1, 2]) for sku in draw.sample(skus, draw.randint(1, 6))}
    page = draw.sample(skus, draw.randint(0, 7))
    k = draw.randint(1, 8)

    assert measure_ndcg(page, grades, k=k) == pytest.approx(_slow_ndcg(page, grades, k))


def _slow_ndcg(page: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """The best page is looked for among all pages there are."""

    def worth(page: Sequence[str]) -> float:
        total, place = 0.0, 1
        for sku in page:
            if place <= k:
                total += {0: 0, 1: 1, 2: 3}[grades.get(sku, 0)] * math.log(2) / math.log(place + 1)
            place += 1
        return total

    return worth(page) / max(worth(order) for order in itertools.permutations(grades))


def test_ndcg_knows_the_best_and_the_worst_page() -> None:
    grades = {"A": 2, "B": 2, "C": 1}

    assert measure_ndcg(["B", "A", "C", "D"], grades) == 1
    assert measure_ndcg(["D", "E"], grades) == 0
    assert measure_ndcg(["C", "A", "B"], grades) < measure_ndcg(["A", "B", "C"], grades)


def test_an_interval_is_seeded_and_holds_the_mean() -> None:
    values = [0.2, 0.9, 1.0, 0.4, 0.6] * 10
    low, high = bootstrap_interval(values, seed=1)

    assert (low, high) == bootstrap_interval(values, seed=1)
    assert low < sum(values) / len(values) < high
    assert 0.02 < (high - low) / 4 < 0.06  # about the standard error, 0.29 / sqrt(50)


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def runs_of(text: str) -> set[tuple[str, ...]]:
    words = words_of(text)
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


@pytest.fixture(scope="module")
def phrasings() -> list[Phrasing]:
    return read_phrasings()


def test_there_are_a_hundred_different_requests(phrasings: list[Phrasing]) -> None:
    assert len({" ".join(words_of(p.query)) for p in phrasings}) == len(phrasings) == 100


def test_what_was_judged_is_in_the_shop(phrasings: list[Phrasing]) -> None:
    skus = {item.sku for item in list_items()}

    assert {sku for p in phrasings for sku in p.grades} - skus == set()
    assert {grade for p in phrasings for grade in p.grades.values()} == {1, 2}


def test_every_request_can_be_met_and_few_products_meet_it(phrasings: list[Phrasing]) -> None:
    met = {p.query: list(p.grades.values()).count(2) for p in phrasings}

    assert {query: count for query, count in met.items() if not 1 <= count <= 12} == {}


def test_no_request_repeats_a_products_words(phrasings: list[Phrasing]) -> None:
    known = {run for item in list_items() for text in (item.title, item.description) for run in runs_of(text)}

    assert {p.query: runs for p in phrasings if (runs := runs_of(p.query) & known)} == {}


def test_most_things_are_called_by_another_name_than_the_shops(phrasings: list[Phrasing]) -> None:
    """The noun is in no title and no category of what fully meets the request."""
    named = {item.sku: {_singular(word) for word in words_of(f"{item.title} {item.category}")} for item in list_items()}
    others = [
        p.query
        for p in phrasings
        if p.noun
        and not any({_singular(word) for word in words_of(p.noun)} <= named[s] for s, g in p.grades.items() if g == 2)
    ]

    assert len(others) >= 50
    assert [p.query for p in phrasings if p.noun and p.noun not in p.query] == []


def _singular(word: str) -> str:
    return word.removesuffix("s")


def test_nothing_that_trains_knows_the_requests() -> None:
    sources = [path for app in ("embeddings", "catalog") for path in (services.BASE_DIR / app).rglob("*.py")]

    assert len(sources) > 50
    assert [path for path in sources if PHRASINGS.name in path.read_text(encoding="utf-8")] == []
