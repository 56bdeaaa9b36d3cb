from datetime import UTC, datetime, timedelta

import pytest

from catalog.demo import shoppers
from recommender.evaluation.split import split_at_end

LAST = datetime(2025, 9, 30, 23, 50, 49, tzinfo=UTC)


def test_the_last_week_ends_with_the_last_event():
    split = split_at_end(LAST)
    assert split.at == datetime(2025, 9, 23, 23, 50, 49, tzinfo=UTC) == shoppers.split_at(LAST)
    assert split.at <= LAST < split.end


def test_the_stretch_before_is_as_long_and_never_reaches_into_the_scored_one():
    split = split_at_end(LAST, timedelta(days=3))
    assert split.before.end == split.at
    assert split.before.end - split.before.at == split.end - split.at


@pytest.mark.parametrize("days", [0, -1])
def test_something_is_held_out(days):
    with pytest.raises(ValueError, match="held out"):
        split_at_end(LAST, timedelta(days=days))
