import numpy as np
import pytest

from embeddings.training.lesson import principal_components


@pytest.mark.parametrize("rows", [50, 5])
def test_principal_components_are_those_of_a_singular_value_decomposition(rows: int) -> None:
    x = np.random.default_rng(2).standard_normal((rows, 7)) * np.arange(1, 8)
    centre, basis = principal_components(x, 3)
    _, _, rows = np.linalg.svd(x - x.mean(0), full_matrices=False)

    np.testing.assert_allclose(centre, x.mean(0))
    np.testing.assert_allclose(np.abs(np.sum(basis * rows[:3].T, axis=0)), 1, atol=1e-9)
