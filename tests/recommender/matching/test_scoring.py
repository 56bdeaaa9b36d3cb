import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from recommender.matching.features import FEATURES, MISSING, measure_pairs
from recommender.matching.items import Item
from recommender.matching.reading import ReadingRecipe
from recommender.matching.scoring import (
    COLUMNS,
    FORMAT,
    READ_TOGETHER,
    Matcher,
    MatcherUnusable,
    Thresholds,
    load_matcher,
    read_matcher,
    save_matcher,
)
from recommender.matching.training import train_matcher
from tests.embeddings.encoders.cross_pairs import RECIPE, make_texts
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


READ = [(Item(one), Item(other)) for one, other in make_texts(150)[0]]


@pytest.fixture(scope="module")
def joined(tiny_encoder: Path) -> Matcher:
    reading = ReadingRecipe(str(tiny_encoder), folds=2, training=replace(RECIPE, epochs=3, frozen_layers=1))
    return train_matcher(READ, make_texts(150)[1].tolist(), recipe=QUICK, reading=reading)


def test_what_a_reader_says_is_one_feature_more(joined: Matcher) -> None:
    scores = joined.score(READ)
    assert joined.columns == COLUMNS
    assert scores[0].features[READ_TOGETHER] == pytest.approx(joined.measure(READ)[0, -1])
    assert any(READ_TOGETHER in scored.contributions for scored in scores)
    for scored in scores:
        log_odds = math.log(scored.probability / (1 - scored.probability))
        assert sum(scored.contributions.values()) + scored.base == pytest.approx(log_odds, abs=1e-6)
    assert joined.score([(other, one) for one, other in READ]) == scores


def test_a_reader_is_asked_of_what_its_gate_finds_probable_enough(joined: Matcher) -> None:
    assert joined.reading is not None
    given = joined.reading.gate.probabilities(measure_pairs(READ, joined.frequencies))
    limit = float(np.median(given))
    stricter = replace(joined, reading=replace(joined.reading, read_from=limit))
    said = stricter.measure(READ)[:, -1]
    assert 0 < (given < limit).sum() < len(READ)
    assert ((said == MISSING) == (given < limit)).all()
    assert (said[given >= limit] > 0).all()


def test_metrics_tell_what_reading_brings(joined: Matcher) -> None:
    told = joined.metrics["reading"]
    assert (told["folds"], told["recipe"]["epochs"]) == (2, 3)
    assert joined.metrics["matches"] >= told["matches"] >= 20
    assert joined.metrics["without_reading"]["pairs"] == joined.metrics["pairs"] == 150
    assert 0 < told["average_precision"] <= 1


def test_a_matcher_with_a_reader_is_read_again_to_the_same(joined: Matcher) -> None:
    again = read_matcher(save_matcher(joined))
    assert again.score(READ) == joined.score(READ)
    assert again.version == joined.version
    assert save_matcher(again) == save_matcher(joined)


def spoil_reading(joined: Matcher, **changed: object) -> bytes:
    data = save_matcher(joined)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return spoil(joined, reading=json.loads(header["__metadata__"]["matcher"])["reading"] | changed)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"reader": {}}, "settings"),
        ({"reader": None}, "settings"),
        ({"from": 7}, "no matcher"),
        ({"from": float("nan")}, "no matcher"),
        ({"slope": float("inf")}, "no numbers"),
        ({"columns": [READ_TOGETHER]}, r"no more \(read_together"),
        ({"columns": list(FEATURES[:1])}, "features that are not there"),
    ],
)
def test_a_spoilt_reading_is_refused(joined: Matcher, changed: dict[str, object], why: str) -> None:
    assert read_matcher(spoil_reading(joined)).reading
    with pytest.raises(MatcherUnusable, match=why):
        read_matcher(spoil_reading(joined, **changed))


def test_a_reading_without_its_parts_is_refused(matcher: Matcher, joined: Matcher) -> None:
    assert joined.reading
    told = {"reader": joined.reading.reader.settings, "from": 0.1, "columns": ["title_edits"], "slope": 1, "offset": 0}
    with pytest.raises(MatcherUnusable, match="no matcher"):
        read_matcher(spoil(matcher, reading=told))
    with pytest.raises(MatcherUnusable, match="no matcher"):
        read_matcher(spoil(matcher, reading=None))


def test_a_reader_is_not_asked_for_where_there_is_none(matcher: Matcher) -> None:
    with pytest.raises(MatcherUnusable, match=r"no more \(read_together"):
        read_matcher(spoil(matcher, columns=[*FEATURES[1:], READ_TOGETHER]))
