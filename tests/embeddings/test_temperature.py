import math

import numpy as np
import pytest

from embeddings.temperature import (
    MAX_SCALE,
    Examples,
    calibration_error,
    cross_fitted,
    fit_scales,
    hit_rate,
    probabilities,
)


def draw(scales: tuple[float, ...], *, count: int = 4_000, labels: int = 6, seed: int = 1) -> Examples:
    """Similarities at random, and truths drawn from the very softmax that `scales` make of them."""
    random = np.random.default_rng(seed)
    blocks = tuple(random.standard_normal((count, labels)) for _ in scales)
    given = probabilities(blocks, scales)
    truth = np.array([random.choice(labels, p=row) for row in given])
    return Examples(blocks, truth)


def slow_loss(examples: Examples, scales: tuple[float, ...]) -> float:
    """Softened cross entropy, a product and a label at a time."""
    n, labels = examples.blocks[0].shape
    total = 0.0
    for i in range(n):
        logits = [sum(s * b[i, j] for s, b in zip(scales, examples.blocks, strict=True)) for j in range(labels)]
        normaliser = math.log(sum(math.exp(x) for x in logits))
        for j in range(labels):
            target = (n + 1) / (n + 2) if j == examples.truth[i] else 1 / (n + 2) / (labels - 1)
            total -= target * (logits[j] - normaliser)
    return total / n


def slow_error(given: np.ndarray, truth: np.ndarray, bins: int) -> float:
    total = 0.0
    for low in range(bins):
        inside = [i for i, row in enumerate(given) if min(int(row.max() * bins), bins - 1) == low]
        if inside:
            right = sum(given[i].argmax() == truth[i] for i in inside) / len(inside)
            total += len(inside) / len(given) * abs(right - sum(given[i].max() for i in inside) / len(inside))
    return total


def test_probabilities_are_a_softmax_of_the_weighed_sum() -> None:
    first, second = np.array([[0.1, 0.4]]), np.array([[0.2, 0.0]])
    given = probabilities([first, second], [2.0, 3.0])
    logits = [0.2 + 0.6, 0.8]
    assert given[0] == pytest.approx([math.exp(x) / sum(map(math.exp, logits)) for x in logits])
    assert probabilities([np.array([[900.0, -900.0]])], [50.0])[0].tolist() == [1.0, 0.0]


@pytest.mark.parametrize("scales", [(0.7,), (3.0,), (1.5, 0.4), (2.0, 5.0)])
def test_the_fit_finds_the_scales_that_made_the_examples(scales: tuple[float, ...]) -> None:
    assert fit_scales(draw(scales)) == pytest.approx(scales, rel=0.1)


def test_the_fit_is_the_least_of_a_slow_twin() -> None:
    examples = draw((1.2, 0.5), count=60)
    found = fit_scales(examples)
    least = slow_loss(examples, found)
    for step in ((0.02, 0), (-0.02, 0), (0, 0.02), (0, -0.02), (0.02, 0.02), (-0.02, 0.02)):
        assert slow_loss(examples, (found[0] + step[0], found[1] + step[1])) > least


def test_a_block_that_misleads_counts_nothing() -> None:
    good = draw((2.0,))
    examples = Examples((good.blocks[0], -good.blocks[0] + 0.1 * draw((1.0,), seed=2).blocks[0]), good.truth)
    scales = fit_scales(examples)
    assert scales[1] == 0
    assert scales[0] == pytest.approx(2.0, rel=0.1)


def test_perfect_examples_ask_for_no_certainty_without_end() -> None:
    truth = np.arange(40) % 4
    (scale,) = fit_scales(Examples((np.eye(4)[truth],), truth))
    sure = probabilities([np.eye(4)[:1]], [scale])[0, 0]
    assert sure == pytest.approx(41 / 42, abs=1e-6)
    assert scale < MAX_SCALE


def test_useless_examples_give_even_probabilities() -> None:
    examples = Examples((np.zeros((40, 4)),), np.arange(40) % 4)
    assert probabilities(examples.blocks, fit_scales(examples))[0].tolist() == [0.25] * 4


def test_cross_fitting_never_judges_by_what_it_fitted() -> None:
    examples = draw((2.0,), count=300)
    shuffled = np.random.default_rng(5).permutation(300)
    given = cross_fitted(examples, seed=5)
    for fitted, judged in ((shuffled[::2], shuffled[1::2]), (shuffled[1::2], shuffled[::2])):
        scales = fit_scales(examples.take(fitted))
        assert given[judged] == pytest.approx(probabilities(examples.take(judged).blocks, scales))


@pytest.mark.parametrize("bins", [5, 15])
def test_the_calibration_error_is_that_of_a_slow_twin(bins: int) -> None:
    examples = draw((1.0,), count=300)
    given = probabilities(examples.blocks, (3.0,))
    assert calibration_error(given, examples.truth, bins=bins) == pytest.approx(slow_error(given, examples.truth, bins))


def test_true_probabilities_have_less_error_than_sharpened_ones() -> None:
    examples = draw((1.0,))
    true, sharp = (calibration_error(probabilities(examples.blocks, (s,)), examples.truth) for s in (1.0, 4.0))
    assert true < 0.04
    assert sharp > 0.2


def test_hit_rate_counts_the_first_k() -> None:
    given = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
    truth = np.array([0, 1, 2, 0])
    assert [hit_rate(given, truth, k=k) for k in (1, 2, 3)] == [0.25, 0.75, 1.0]
