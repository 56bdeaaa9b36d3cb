import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.layout import Vector, unit
from embeddings.ridge import LEAST_ROWS, fit_ridge


def draw(rows: int, *, noise: float = 0.0, seed: int = 0) -> tuple[Vector, Vector]:
    """Content of 12 dimensions and what a fixed linear map makes of it, 5 dimensions of unit length."""
    random = np.random.default_rng(seed)
    x = random.standard_normal((rows, 12)).astype(np.float32)
    y = x @ np.random.default_rng(99).standard_normal((12, 5)) + noise * random.standard_normal((rows, 5))
    return x, unit(y.astype(np.float32))


def batches(x: Vector, y: Vector, size: int) -> list[tuple[Vector, Vector]]:
    return [(x[start : start + size], y[start : start + size]) for start in range(0, len(x), size)]


def slow_ridge(x: Vector, y: Vector, ridge: float) -> tuple[np.ndarray, np.ndarray]:
    """The textbook: least squares over centred rows, with sqrt(ridge * n) times the identity below them."""
    x64, y64 = x.astype(np.float64), y.astype(np.float64)
    below = np.sqrt(ridge * len(x)) * np.eye(x.shape[1])
    rows = np.vstack([x64 - x64.mean(axis=0), below])
    targets = np.vstack([y64 - y64.mean(axis=0), np.zeros((x.shape[1], y.shape[1]))])
    weights = np.linalg.lstsq(rows, targets, rcond=None)[0]
    return weights, y64.mean(axis=0) - x64.mean(axis=0) @ weights


@given(st.integers(LEAST_ROWS, 80), st.integers(1, 40), st.integers(0, 5))
def test_the_map_is_that_of_the_textbook_however_rows_are_batched(rows: int, size: int, seed: int) -> None:
    x, y = draw(rows, noise=0.5, seed=seed)
    fitted = fit_ridge(batches(x, y, size))
    assert fitted is not None
    weights, bias = slow_ridge(x, y, fitted.ridge)
    assert np.allclose(fitted.weights, weights, atol=1e-3)
    assert np.allclose(fitted.bias, bias, atol=1e-3)
    assert fitted.rows == rows


def test_what_follows_from_content_is_foretold_of_rows_never_seen() -> None:
    fitted = fit_ridge(batches(*draw(500), 100))
    assert fitted is not None
    x, y = draw(200, seed=1)
    predicted = fitted.predict(x)
    assert np.allclose(np.linalg.norm(predicted, axis=1), 1, atol=1e-5)
    assert np.mean(np.sum(predicted * y, axis=1)) > 0.97
    assert fitted.held_out_cosine == pytest.approx(np.mean(np.sum(predicted * y, axis=1)), abs=0.02)


def test_more_noise_takes_a_stronger_ridge_and_is_admitted() -> None:
    clean, noisy = (fit_ridge([draw(200, noise=noise)]) for noise in (0.0, 8.0))
    assert clean is not None
    assert noisy is not None
    assert noisy.ridge > clean.ridge
    assert noisy.held_out_cosine < 0.5 < clean.held_out_cosine


def test_where_content_says_nothing_the_answer_is_the_mean() -> None:
    random = np.random.default_rng(5)
    x = np.zeros((40, 12), np.float32)
    y = unit(random.standard_normal((40, 5)).astype(np.float32) + 1)
    fitted = fit_ridge([(x, y)])
    assert fitted is not None
    assert np.allclose(fitted.predict(x), unit(y.mean(axis=0)), atol=1e-5)


def test_too_few_rows_make_no_map() -> None:
    assert fit_ridge(batches(*draw(LEAST_ROWS - 1), 2)) is None
    assert fit_ridge([]) is None
    assert fit_ridge(batches(*draw(LEAST_ROWS), 1)) is not None
