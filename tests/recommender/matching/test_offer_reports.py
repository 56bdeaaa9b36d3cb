import pytest

from recommender.matching.offer_reports import Outcome, calibration_of, compare_accuracy, report_offers, spell_reports


def outcome(wanted: int | None, best: int | None, probability: float, kind: str, group: str, **facts) -> Outcome:
    linked = best if kind == "accept" else None
    found = (best,) if best is not None else ()
    return Outcome(group, wanted, best, probability, kind, linked, **{"candidates": found, **facts})


OUTCOMES = [
    outcome(1, 1, 0.9, "accept", "a", pairs=((0.9, True),)),
    outcome(2, 3, 0.95, "accept", "b", candidates=(3, 2), pairs=((0.95, False), (0.0, True))),
    outcome(4, 4, 0.4, "review", "c", pairs=((0.4, True),)),
    outcome(None, 5, 0.6, "review", "c", pairs=((0.6, False),)),
    outcome(None, 5, 0.1, "new", "d", pairs=((0.1, False),)),
    outcome(6, None, 0.0, "new", "e"),
]


def test_every_measure_is_what_it_says():
    report = report_offers(OUTCOMES, seed=1)
    assert (report.offers, report.matches) == (6, 4)
    assert report.blocking_recall == 3 / 4
    assert report.ranked_first == 2 / 4
    assert report.accuracy == 2 / 6
    assert (report.counts.precision, report.counts.recall) == (1 / 3, 1 / 4)
    assert (report.accept.offers, report.accept.precision, report.accept.coverage) == (2, 1 / 2, 1 / 4)
    assert (report.review.offers, report.review.precision) == (2, 0)
    assert (report.new.offers, report.new.precision, report.new.coverage) == (2, 1 / 2, 0)
    said = [(0.9, 1), (0.95, 0), (0.4, 1), (0.6, 0), (0.1, 0), (0.0, 0)]
    error = (abs(0.9 + 0.95 - 1) + 0.6 + 0.6 + 0.1) / len(said)
    assert report.calibration_error == pytest.approx(error)
    for name, (low, high) in report.intervals.items():
        assert 0 <= low <= high <= 1, name
    labels, given = calibration_of(OUTCOMES)
    assert list(zip(given.tolist(), labels.tolist(), strict=True)) == said


def test_a_gain_is_paired_and_its_interval_around_it():
    better = [outcome(1, 1, 0.9, "accept", f"g{number}") for number in range(40)]
    worse = [outcome(1, 2 if number % 4 == 0 else 1, 0.9, "accept", f"g{number}") for number in range(40)]
    gain, low, high = compare_accuracy(better, worse, seed=1)
    assert gain == 0.25
    assert 0.1 < low < gain < high < 0.4
    assert compare_accuracy(better, better, seed=1) == (0, 0, 0)


def test_the_table_has_a_column_for_each_way():
    report = report_offers(OUTCOMES, seed=1)
    head, *lines = spell_reports({"both": report, "text only": report})
    assert head.split() == ["both", "text", "only"]
    assert len({line.split()[0] for line in lines}) == len(lines) == 11
    assert any("right 0.500" in line for line in lines)
