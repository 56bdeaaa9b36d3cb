from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from embeddings.encoders.base import is_sharing_processors, sharing_processors
from embeddings.encoders.devices import FEW, fitting_threads


@pytest.fixture
def three_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("items", "threads"), [(1, 1), (FEW, 1), (FEW + 1, 3), (500, 3)])
def test_few_items_are_not_shared_out(three_threads, items, threads):
    with fitting_threads(items):
        assert torch.get_num_threads() == threads
    assert torch.get_num_threads() == 3


def test_nothing_is_shared_out_beside_neighbours(three_threads):
    with sharing_processors():
        with fitting_threads(500):
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 3
    with fitting_threads(500):
        assert torch.get_num_threads() == 3


def test_neighbours_are_a_threads_own(three_threads):
    with sharing_processors(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(is_sharing_processors).result() is False
        assert is_sharing_processors()


def test_a_failure_gives_the_threads_back(three_threads):
    with pytest.raises(ValueError), fitting_threads(1):
        raise ValueError
    assert torch.get_num_threads() == 3
