import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.matching.decide import Candidate, Kind, Verdict, decide, judge
from recommender.matching.scoring import Thresholds

LIMITS = Thresholds(accept=0.9, reject=0.1, even=0.5)


@pytest.mark.parametrize(
    ("candidates", "verdict"),
    [
        ([], Verdict(Kind.NEW, None, "no_candidates")),
        ([Candidate(1, 0.95)], Verdict(Kind.ACCEPT, 1, "sure")),
        ([Candidate(1, 0.9)], Verdict(Kind.ACCEPT, 1, "sure")),
        ([Candidate(1, 0.95), Candidate(2, 0.2)], Verdict(Kind.ACCEPT, 1, "sure")),
        ([Candidate(1, 0.89)], Verdict(Kind.REVIEW, 1, "unsure")),
        ([Candidate(1, 0.1), Candidate(2, 0.05)], Verdict(Kind.REVIEW, 1, "unsure")),
        ([Candidate(1, 0.09), Candidate(2, 0.05)], Verdict(Kind.NEW, None, "unlike")),
        ([Candidate(1, 0.97), Candidate(2, 0.96)], Verdict(Kind.REVIEW, 1, "tie")),
        ([Candidate(2, 0.97), Candidate(1, 0.97)], Verdict(Kind.REVIEW, 1, "tie")),
        ([Candidate(1, 0.999), Candidate(2, 0.9)], Verdict(Kind.ACCEPT, 1, "sure")),
        ([Candidate(1, 0.999, "cup"), Candidate(2, 0.6, "cup")], Verdict(Kind.REVIEW, 1, "variants")),
        ([Candidate(1, 0.999, "cup"), Candidate(2, 0.4, "cup")], Verdict(Kind.ACCEPT, 1, "sure")),
        ([Candidate(1, 0.999, "cup"), Candidate(2, 0.6, "jug")], Verdict(Kind.ACCEPT, 1, "sure")),
        ([Candidate(1, 0.999, ""), Candidate(2, 0.6, "")], Verdict(Kind.ACCEPT, 1, "sure")),
        ([Candidate(1, 0.999, conflicting=True)], Verdict(Kind.REVIEW, 1, "identifiers")),
        ([Candidate(1, 0.05, conflicting=True)], Verdict(Kind.NEW, None, "unlike")),
    ],
)
def test_verdicts(candidates: list[Candidate], verdict: Verdict) -> None:
    for order in itertools.permutations(candidates):
        assert decide(order, LIMITS) == verdict


CANDIDATES = st.lists(
    st.builds(Candidate, st.integers(1, 50), st.floats(0, 1), st.sampled_from(["", "a", "b"]), st.booleans()),
    max_size=6,
    unique_by=lambda candidate: candidate.product_id,
)


@given(CANDIDATES)
def test_what_is_accepted_is_the_surest_and_sure(candidates: list[Candidate]) -> None:
    verdict = decide(candidates, LIMITS)
    best = max((each.probability for each in candidates), default=0.0)
    assert (verdict.kind == Kind.NEW) == (best < LIMITS.reject)
    if verdict.kind == Kind.ACCEPT:
        (chosen,) = [each for each in candidates if each.product_id == verdict.product_id]
        assert chosen.probability == best >= LIMITS.accept
        assert not chosen.conflicting
        rivals = [each.probability for each in candidates if each is not chosen]
        assert all(rival < LIMITS.accept or rival < best for rival in rivals)


def test_nothing_is_accepted_where_the_threshold_is_one() -> None:
    assert decide([Candidate(1, 1 - 1e-12)], Thresholds(1.0, 0.1, 0.5)).kind == Kind.REVIEW


def test_bands_of_a_pair() -> None:
    assert [judge(probability, LIMITS) for probability in (0.95, 0.9, 0.5, 0.1, 0.09)] == [
        *(Kind.ACCEPT, Kind.ACCEPT, Kind.REVIEW, Kind.REVIEW, Kind.REJECT)
    ]
