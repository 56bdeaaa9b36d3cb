import pytest

from recommender.models import MatcherVersion
from recommender.services.matchers import (
    NoEarlierVersionError,
    activate_version,
    active_matcher,
    add_version,
    roll_back,
)


def test_versions_are_taken_and_given_back_one_by_one(store, other_store):
    first = add_version(store=store, artifact=b"0.8 0.2", metrics={"f1": 0.8})
    second = add_version(store=store, artifact=b"0.7 0.1", metrics={"f1": 0.9})
    assert (first.number, second.number, active_matcher(store).number) == (1, 2, None)
    activate_version(version=first, by="user ann")
    activate_version(version=second, by="user ann")
    assert (active_matcher(store).number, active_matcher(store).matcher.accept_at) == (2, 0.7)
    assert roll_back(store=store) == first
    assert (active_matcher(store).number, active_matcher(store).matcher.accept_at) == (1, 0.8)
    assert roll_back(store=store) is None
    assert (active_matcher(store).number, active_matcher(store).matcher.accept_at) == (None, 0.9)
    with pytest.raises(NoEarlierVersionError):
        roll_back(store=store)
    assert active_matcher(other_store).number is None
    assert MatcherVersion.objects.filter(is_active=True).count() == 0
