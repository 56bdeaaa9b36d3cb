from datetime import date, timedelta

import pytest

from recommender.rhythm import median_gap

DAY = date(2026, 5, 4)


@pytest.mark.parametrize(
    ("days", "gap"),
    [
        ([], None),
        ([0], None),
        ([0, 0], None),
        ([0, 7], 7),
        ([21, 0, 7], 10.5),
        ([0, 7, 7, 21, 100], 14),
    ],
)
def test_median_of_the_days_between(days: list[int], gap: float | None):
    assert median_gap([DAY + timedelta(days=number) for number in days]) == gap
