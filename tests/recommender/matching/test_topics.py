from itertools import chain

import pytest

from recommender.matching import choosing, lineups, scoring
from recommender.matching.topics import ALL_ELSE, TOPICS, sum_by_topic, topic_of


def test_every_feature_of_every_matcher_has_one_topic():
    names = list(chain.from_iterable(TOPICS.values()))
    assert len(names) == len(set(names))
    assert set(names) == {*lineups.OWN, *scoring.COLUMNS, choosing.RIVALS}
    assert ALL_ELSE not in {topic_of(name) for name in lineups.COLUMNS}


def test_topics_sum_what_their_features_brought():
    shares = sum_by_topic({"price_ratio": 0.5, "ahead_price_unusual": -1.25, "brand_same": 0.5, "others": 0.2})
    assert shares == pytest.approx({"Price": -0.75, "Brand": 0.5, "All else": 0.2})
    assert list(shares) == ["Price", "Brand", "All else"]
