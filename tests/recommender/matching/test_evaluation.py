import numpy as np
import pytest

from recommender.matching.evaluation import ablate, report_pairs
from recommender.matching.features import FAMILIES, measure_pairs
from recommender.matching.frequencies import count_words
from recommender.matching.measures import Counts
from recommender.matching.scoring import Thresholds
from recommender.matching.training import Examples, Recipe, group_pairs
from tests.recommender.matching.synthetic import make_pairs


def test_a_report_counts_bands() -> None:
    labels = np.array([True, True, False, True, False, False, True, False])
    given = np.array([0.99, 0.95, 0.95, 0.6, 0.6, 0.2, 0.05, 0.01])
    report = report_pairs(labels, given, Thresholds(accept=0.9, reject=0.1, even=0.5))
    assert (report.pairs, report.matches) == (8, 4)
    assert report.counts == Counts(3 / 5, 3 / 4, pytest.approx(2 / 3))
    assert report.bands.accepted_precision == pytest.approx(2 / 3)
    assert (report.bands.accepted_matches, report.bands.lost_matches, report.bands.reviewed) == (0.5, 0.25, 3 / 8)


def examples(seed: int, *, pictures: bool) -> Examples:
    pairs, labels = make_pairs(240, seed=seed)
    rows = measure_pairs(pairs, count_words(item for pair in pairs for item in pair))
    if not pictures:
        rows[:, 0] = -1
    return Examples(rows, np.array(labels), group_pairs(pairs))


def test_ablation_trains_on_each_part() -> None:
    parts = ablate(examples(1, pictures=True), examples(2, pictures=True), recipe=Recipe(rounds=20, ensembles=1))
    assert set(parts) == {"text", "image", "both", *(f"without {family.name}" for family in FAMILIES)}
    assert parts["image"].counts.f1 > 0.95
    assert parts["without looks"] == parts["text"]


def test_without_pictures_image_alone_says_nothing() -> None:
    parts = ablate(examples(1, pictures=False), examples(2, pictures=False), recipe=Recipe(rounds=5, ensembles=1))
    assert parts["image"] is None
    assert parts["text"].pairs == 240
