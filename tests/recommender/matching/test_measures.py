import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, log_loss, precision_recall_fscore_support

from recommender.matching.measures import (
    Bin,
    Counts,
    average_precision,
    calibration_bins,
    calibration_error,
    count_at,
    curve_of,
    log_losses,
)

LABELS = np.array([True, True, False, True, False, False])
GIVEN = np.array([0.95, 0.85, 0.85, 0.4, 0.15, 0.05])


def test_counts() -> None:
    assert count_at(LABELS, GIVEN, 0.5) == Counts(2 / 3, 2 / 3, pytest.approx(2 / 3))
    assert count_at(LABELS, GIVEN, 0.99) == Counts(0, 0, 0)
    assert count_at(~LABELS & LABELS, GIVEN, 0.5) == Counts(0, 0, 0)


def test_log_losses_are_those_of_what_a_pair_is() -> None:
    assert log_losses(LABELS[2:4], GIVEN[2:4]) == pytest.approx(-np.log([0.15, 0.4]))
    assert log_losses(LABELS, GIVEN).mean() == pytest.approx(log_loss(LABELS, GIVEN))
    assert log_losses(np.array([True]), np.array([0.0])) == pytest.approx([27.63], abs=0.01)


def test_a_curve_has_a_point_for_each_distinct_probability() -> None:
    curve = curve_of(LABELS, GIVEN)
    assert curve.thresholds.tolist() == [0.95, 0.85, 0.4, 0.15, 0.05]
    assert curve.called.tolist() == [1, 3, 4, 5, 6]
    assert curve.precision == pytest.approx([1, 2 / 3, 3 / 4, 3 / 5, 3 / 6])
    assert curve.recall == pytest.approx([1 / 3, 2 / 3, 1, 1, 1])


PAIRS = st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0])), min_size=2, max_size=40)


@given(PAIRS, st.sampled_from([0.05, 0.3, 0.6]))
def test_against_scikit_learn(pairs: list[tuple[bool, float]], threshold: float) -> None:
    labels, given_ = np.array([label for label, _ in pairs]), np.array([score for _, score in pairs])
    if labels.any():
        assert average_precision(labels, given_) == pytest.approx(average_precision_score(labels, given_))
    precision, recall, f1, _ = precision_recall_fscore_support(
        labels, given_ >= threshold, average="binary", zero_division=0
    )
    counts = count_at(labels, given_, threshold)
    assert (counts.precision, counts.recall, counts.f1) == pytest.approx((precision, recall, f1))


def test_calibration() -> None:
    assert calibration_bins(LABELS, GIVEN, bins=2) == [
        Bin(3, pytest.approx(0.2), pytest.approx(1 / 3)),
        Bin(3, pytest.approx(0.8833333), pytest.approx(2 / 3)),
    ]
    assert calibration_error(LABELS, GIVEN, bins=2) == pytest.approx((0.1333333 + 0.2166667) / 2)
    assert calibration_error(LABELS, LABELS.astype(float)) == 0
    assert calibration_error(np.zeros(0, bool), np.zeros(0)) == 0
