"""A status follows from what stands, and from nothing else."""

from itertools import product

import pytest

from recommender.matching.standing import Open, Said, entropy, settle

CANDIDATES = [Open(1, 0.6), Open(2, 0.4), Open(3, 0.1)]
ONE, TWO = Said("reject", 1), Said("reject", 2)


def status(*said: Said, machine: str = "review", is_peoples: bool | None = None) -> tuple[str, int | None, int | None]:
    touched = bool(said) if is_peoples is None else is_peoples
    got = settle(machine=machine, candidates=CANDIDATES, said=said, is_peoples=touched, reject_below=0.3)
    return got.status, got.product_id, got.best.product_id if got.best else None


@pytest.mark.parametrize(
    ("machine", "untouched"), [("review", "review"), ("reject", "rejected"), ("new", "new"), ("accept", "review")]
)
def test_what_nobody_decided_is_as_the_machine_says_until_somebody_was_there(machine, untouched):
    assert status(machine=machine) == (untouched, None, 1)
    assert status(machine=machine, is_peoples=True) == ("review", None, 1)


@pytest.mark.parametrize("machine", ["review", "reject", "new", "accept"])
def test_a_word_counts_whatever_the_machine_says(machine):
    assert status(Said("accept", 2), machine=machine) == ("linked", 2, 1)
    assert status(Said("new", None), machine=machine) == ("new", None, 1)
    assert status(ONE, Said("accept", 1), machine=machine) == ("linked", 1, 2)


def test_rejected_one_by_one_it_closes_when_nothing_likely_is_left():
    assert status(ONE) == ("review", None, 2)
    assert status(TWO) == ("review", None, 1)
    assert status(ONE, TWO) == ("rejected", None, 3)  # 0.1 is below what anybody is asked about


def test_without_candidates_there_is_no_best():
    got = settle(machine="new", candidates=[], said=[], is_peoples=False, reject_below=0.3)
    assert (got.status, got.best, got.probability, got.uncertainty) == ("new", None, 0.0, 0.0)


def test_entropy_is_one_bit_at_a_half_and_symmetric():
    assert entropy(0.5) == 1.0
    assert entropy(0) == entropy(1) == 0.0
    for first, second in product((0.1, 0.2, 0.4), repeat=2):
        assert entropy(first) == entropy(1 - first)
        assert (entropy(first) < entropy(second)) == (first < second)
