from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from recommender.matching.grouping import group_pairs


def test_what_is_all_alike_is_one_group():
    assert group_pairs({(1, 2): 0.9, (1, 3): 0.8, (2, 3): 0.7, (7, 9): 0.5}) == {
        (1, 2): 1,
        (1, 3): 1,
        (2, 3): 1,
        (7, 9): 7,
    }


def test_a_chain_is_no_group():
    chain = {(n, n + 1): 0.5 + n / 100 for n in range(1, 7)}
    assert group_pairs(chain) == {(6, 7): 6, (5, 6): None, (4, 5): 4, (3, 4): None, (2, 3): 2, (1, 2): None}


def test_nothing_is_nothing():
    assert group_pairs({}) == {}


pairs = st.dictionaries(
    st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda pair: pair[0] < pair[1]), st.floats(0, 1), max_size=30
)


@given(pairs)
def test_groups_are_disjoint_cliques_that_can_not_be_joined(probabilities):
    numbers = group_pairs(probabilities)
    assert numbers.keys() == probabilities.keys()
    groups: dict[int, set[int]] = {}
    for pair, number in numbers.items():
        if number is not None:
            groups.setdefault(number, set()).update(pair)
    for number, members in groups.items():
        assert number == min(members)
        assert all(pair in probabilities for pair in combinations(sorted(members), 2))
    alone = {pk for pair in probabilities for pk in pair} - set().union(*groups.values())
    every = [*groups.values(), *({pk} for pk in alone)]
    assert sum(len(members) for members in every) == len({pk for pair in probabilities for pk in pair})
    for mine, theirs in combinations(every, 2):
        assert any((min(a, b), max(a, b)) not in probabilities for a in mine for b in theirs)


@given(pairs)
def test_the_order_in_which_pairs_come_changes_nothing(probabilities):
    assert group_pairs(dict(reversed(probabilities.items()))) == group_pairs(probabilities)
