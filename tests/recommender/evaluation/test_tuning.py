import pytest

from recommender.evaluation.tuning import best_of, search_weights, widest_within

NAMES = ["visual", "textual", "behaviour"]
EVEN = dict.fromkeys(NAMES, 1.0)
TRUE = {"visual": 0.7, "textual": 0.3, "behaviour": 0.0}


def near_truth(weights):
    return 1 - sum((weights[name] - TRUE[name]) ** 2 for name in NAMES)


def test_it_finds_what_is_best_and_starts_with_what_there_was():
    tried = search_weights(near_truth, NAMES, start=EVEN, trials=120, seed=1)
    assert tried[0].weights == {name: pytest.approx(1 / 3, abs=1e-3) for name in NAMES}
    best = best_of(tried)
    assert best.score == max(one.score for one in tried) > 0.995
    assert best.weights == {name: pytest.approx(value, abs=0.06) for name, value in TRUE.items()}


def test_weights_sum_to_1_and_nothing_is_asked_twice_or_beyond_the_limit():
    asked = []

    def score(weights):
        asked.append(tuple(weights.values()))
        return near_truth(weights)

    search_weights(score, NAMES, start=EVEN, trials=30, seed=2)
    assert len(asked) == len(set(asked)) <= 31
    assert all(sum(weights) == pytest.approx(1, abs=0.01) for weights in asked)


def test_the_same_seed_tries_the_same():
    def tried(seed):
        return search_weights(near_truth, NAMES, start=EVEN, trials=20, seed=seed)

    assert tried(3) == tried(3) != tried(4)


def test_one_weight_alone_is_just_itself():
    assert [one.weights for one in search_weights(len, ["visual"], start={}, trials=9, seed=1)] == [{"visual": 1.0}]


def test_diversity_is_as_much_as_costs_little():
    scores = {0.0: 0.5, 0.1: 0.52, 0.2: 0.497, 0.3: 0.4}
    assert widest_within(scores, give_up=0.01) == 0.2
    assert widest_within(scores, give_up=0.0) == 0.1
