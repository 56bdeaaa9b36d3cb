import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from recommender.matching.features import FEATURES, measure_pairs
from recommender.matching.items import Item
from recommender.matching.scoring import (
    FORMAT,
    Matcher,
    MatcherUnusable,
    Thresholds,
    load_matcher,
    read_matcher,
    save_matcher,
)
from recommender.matching.training import train_matcher
from tests.recommender.matching.synthetic import QUICK, make_pairs

PAIRS, LABELS = make_pairs()


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return train_matcher(PAIRS, LABELS, recipe=QUICK)


def test_contributions_and_base_sum_to_the_log_odds(matcher: Matcher) -> None:
    for scored in matcher.score(PAIRS[:20]):
        log_odds = math.log(scored.probability / (1 - scored.probability))
        assert sum(scored.contributions.values()) + scored.base == pytest.approx(log_odds, abs=1e-6)
        sizes = [abs(value) for value in scored.contributions.values()]
        assert sizes == sorted(sizes, reverse=True)
        assert set(scored.contributions) <= set(FEATURES)


def test_features_are_told_as_measured(matcher: Matcher) -> None:
    (scored,) = matcher.score(PAIRS[:1])
    row = measure_pairs(PAIRS[:1], matcher.frequencies)[0]
    assert scored.features == dict(zip(FEATURES, row.tolist(), strict=True))
    assert json.loads(json.dumps(scored.features, allow_nan=False)) == scored.features


def test_rows_and_pairs_give_the_same_in_any_order(matcher: Matcher) -> None:
    rows = measure_pairs(PAIRS, matcher.frequencies)
    given = matcher.probabilities(rows)
    assert given == pytest.approx([scored.probability for scored in matcher.score(PAIRS)])
    swapped = matcher.score([(right, left) for left, right in PAIRS])
    assert given == pytest.approx([scored.probability for scored in swapped])
    assert matcher.score([]) == []


def test_saved_and_read_again_answers_the_same(matcher: Matcher, tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(save_matcher(matcher))
    again = load_matcher(path)
    assert again.score(PAIRS) == matcher.score(PAIRS)
    assert (again.limits, again.metrics, again.version) == (matcher.limits, matcher.metrics, matcher.version)
    assert again.frequencies == matcher.frequencies
    assert save_matcher(again) == save_matcher(matcher)


def spoil(matcher: Matcher, **changed: object) -> bytes:
    data = save_matcher(matcher)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    settings = json.loads(header["__metadata__"]["matcher"]) | changed
    return save(load(data), metadata={"matcher": json.dumps(settings)})


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"format": "kindred-matcher-0"}, f"'kindred-matcher-0', not '{FORMAT}'"),
        ({"columns": ["weather"]}, "features that are no more .weather."),
        ({"columns": list(FEATURES[:1])}, "features that are not there"),
        ({"slope": "steep"}, "no matcher"),
        ({"slope": float("nan")}, "no numbers"),
        ({"thresholds": {"accept": 1}}, "no matcher"),
    ],
)
def test_what_is_no_matcher_is_refused(matcher: Matcher, changed: dict[str, object], why: str) -> None:
    assert read_matcher(spoil(matcher)).version == matcher.version
    with pytest.raises(MatcherUnusable, match=why):
        read_matcher(spoil(matcher, **changed))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x80\x04K\x01.", save({"a": np.zeros(1)})])
def test_another_file_is_refused(data: bytes) -> None:
    with pytest.raises(MatcherUnusable):
        read_matcher(data)


def test_thresholds_are_handed_on(matcher: Matcher) -> None:
    limits = Thresholds(0.9, 0.1, 0.5)
    assert replace(matcher, limits=limits).thresholds() == limits


def test_the_generic_matcher_knows_a_model_number() -> None:
    generic = load_matcher()
    left = Item("Panasonic stainless steel microwave oven NN-SD967S", brand="Panasonic", price=189.0)
    same, other, unlike = generic.score(
        [
            (left, Item("panasonic nnsd967s 2.2 cu. ft. countertop microwave oven stainless steel", price=179.0)),
            (left, Item("panasonic nnsd772s 1.6 cu. ft. countertop microwave oven stainless steel", price=149.0)),
            (left, Item("Asics Gel-Trounce 3 - Indigo Blue", price=80.0)),
        ]
    )
    assert same.probability > generic.limits.even > other.probability
    assert unlike.probability < generic.limits.reject
    assert generic.metrics["calibration_error"] < 0.03
