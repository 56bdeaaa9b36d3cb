"""Whether a taught matcher takes over: outcomes whose worth is known beforehand."""

import math
from dataclasses import replace

import pytest

from recommender.matching.contract import ACCEPT, NEW, REVIEW
from recommender.matching.gate import LEAST, describe, weigh
from recommender.matching.offer_reports import Outcome

RULES = {"precision": 0.99, "seed": 7}


def found(number: int, right: float, wrong: float, *, kind: str = REVIEW) -> Outcome:
    """An offer of product 1, which got `right`, beside product 2, which got `wrong`."""
    best = 1 if right >= wrong else 2
    return Outcome(
        group=f"family {number}",
        wanted=1,
        best=best,
        probability=max(right, wrong),
        kind=kind,
        linked=best if kind == ACCEPT else None,
        candidates=(1, 2),
        pairs=((right, True), (wrong, False)),
    )


def foreign(number: int, given: float, *, kind: str = NEW) -> Outcome:
    """An offer of none, whose one candidate got `given`."""
    return Outcome(f"family {number}", None, 2, given, kind, 2 if kind == ACCEPT else None, (2,), ((given, False),))


def shop(right: float, wrong: float, given: float, *, kind: str = REVIEW) -> list[Outcome]:
    return [found(n, right, wrong, kind=kind) for n in range(30)] + [foreign(n, given) for n in range(10)]


def test_the_surer_of_what_is_right_takes_over() -> None:
    gate = weigh(shop(0.9, 0.05, 0.1), shop(0.6, 0.3, 0.4), **RULES)
    assert gate.is_open
    each = 0.75 * (math.log(0.9 / 0.6) + math.log(0.95 / 0.7)) + 0.25 * math.log(0.9 / 0.6)
    assert gate.gain.value == pytest.approx(each)
    assert gate.why.startswith("better: log loss lower by 0.")
    assert "on 40 held-out offers of 30 families" in gate.why


def test_chance_is_no_reason() -> None:
    present = shop(0.6, 0.3, 0.4)
    once = [replace(found(0, 0.9, 0.05), group="family 0"), *present[1:]]
    assert not weigh(once, present, **RULES).is_open
    assert weigh(present, present, **RULES).why.startswith("not surely better: log loss lower by 0.0000")


def test_one_that_ranks_worse_is_kept_out_however_calm_it_is() -> None:
    present = [found(n, 0.7, 0.01) for n in range(40)]
    surer = [found(n, 0.97, 0.01) if n > 2 else found(n, 0.55, 0.6) for n in range(40)]
    gate = weigh(surer, present, **RULES)
    assert gate.gain.is_above_zero
    assert gate.why.startswith("ranks worse: ")


def test_one_that_accepts_nothing_does_not_follow_one_that_may_be_trusted() -> None:
    trusted, wrong = shop(0.6, 0.3, 0.4, kind=ACCEPT), shop(0.3, 0.6, 0.4, kind=ACCEPT)
    better = shop(0.9, 0.05, 0.1)
    assert weigh(better, trusted, **RULES).why.startswith("too few decisions to prove")
    assert weigh(better, wrong, **RULES).is_open
    assert weigh(shop(0.9, 0.05, 0.1, kind=ACCEPT), trusted, **RULES).is_open


def test_a_product_that_was_no_candidate_counts_as_the_worst_that_can_be_said_of_it() -> None:
    lost = [
        replace(one, candidates=(2,), pairs=((0.05, False),)) if one.wanted else one for one in shop(0.9, 0.05, 0.1)
    ]
    gate = weigh(shop(0.9, 0.05, 0.1), lost, **RULES)
    assert gate.gain.value == pytest.approx(0.75 * math.log(0.9 / LEAST))
    assert gate.is_open
    denied = [found(n, 1e-9, 0.05) if one.wanted else one for n, one in enumerate(lost)]
    assert weigh(denied, lost, **RULES).gain.value == pytest.approx(0)


def test_what_was_seen_is_told() -> None:
    told = describe(shop(0.9, 0.05, 0.1, kind=ACCEPT), shop(0.4, 0.6, 0.4), seed=7)
    assert told["held_out"] == {"offers": 40, "matches": 30, "families": 30}
    assert (told["taught"]["accuracy"], told["present"]["accuracy"]) == (1.0, 0.25)
    assert (told["taught"]["average_precision"], told["present"]["average_precision"] < 0.6) == (1.0, True)
    assert told["taught"]["accept"] == {"offers": 30, "precision": 1.0, "coverage": 1.0}
    assert told["taught"]["log_loss"] < told["present"]["log_loss"]
