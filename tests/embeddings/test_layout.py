import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embeddings.layout import (
    Calibration,
    Layout,
    LayoutError,
    PairStatistics,
    Part,
    Term,
    Vector,
    Weights,
    compose,
    unit,
)

LAYOUT = Layout.of(image=6, text=4, fused=4)
weight = st.floats(0, 10).filter(lambda value: value == 0 or value > 1e-3)
weights = st.builds(Weights, visual=st.floats(0.01, 10), textual=weight, fused=weight)
packed = arrays(np.float32, LAYOUT.dims, elements=st.floats(-1, 1, width=32)).map(
    lambda flat: LAYOUT.pack({name: flat[LAYOUT.slice_of(name)] for name in LAYOUT.names})
)
calibrations = st.fixed_dictionaries(
    {
        name: st.builds(PairStatistics, st.floats(-0.5, 0.5), st.floats(0.01, 1), st.floats(0.6, 1))
        for name in LAYOUT.names
    }
).map(lambda pairs: Calibration({(name, name): pair for name, pair in pairs.items()}))


def term_of(vector: Vector, weight: float = 1.0) -> Term:
    return Term({name: Part(name, part) for name, part in LAYOUT.unpack(vector).items()}, weight)


def slow_score(query: Vector, product: Vector, weights: Weights, calibration: Calibration) -> float:
    """The definition: sum over blocks of weight / deviation * cosine."""
    total = 0.0
    for name in LAYOUT.names:
        a, b = query[LAYOUT.slice_of(name)].astype(float), product[LAYOUT.slice_of(name)].astype(float)
        lengths = math.sqrt(a @ a) * math.sqrt(b @ b)
        if lengths > 1e-9:
            total += weights.of_block(name) / calibration.of(name, name).deviation * float(a @ b) / lengths
    return total


class TestLayout:
    def test_blocks_stand_in_canonical_order_whatever_the_call_says(self) -> None:
        assert Layout.of(text=2, image=3).names == ("image", "text")

    def test_empty_blocks_are_left_out(self) -> None:
        assert Layout.of(image=3, text=2, fused=0).dims == 5

    def test_survives_json(self) -> None:
        assert Layout.from_json(LAYOUT.to_json()) == LAYOUT

    @pytest.mark.parametrize("sizes", [{}, {"image": 5000}, {"smell": 3}])
    def test_refuses_what_no_index_holds(self, sizes: dict[str, int]) -> None:
        with pytest.raises(LayoutError):
            Layout.of(**sizes)

    @given(packed)
    def test_unpack_gives_back_the_present_blocks(self, vector: Vector) -> None:
        assert np.array_equal(LAYOUT.pack(LAYOUT.unpack(vector)), unit_blocks(vector))

    def test_a_missing_modality_is_zero(self) -> None:
        vector = LAYOUT.pack({"image": None, "text": np.ones(4, np.float32)})
        assert not vector[LAYOUT.slice_of("image")].any()
        assert np.linalg.norm(vector[LAYOUT.slice_of("text")]) == pytest.approx(1)

    def test_refuses_a_part_of_another_size(self) -> None:
        with pytest.raises(LayoutError, match="shape"):
            LAYOUT.pack({"image": np.ones(5, np.float32)})


def unit_blocks(vector: Vector) -> Vector:
    return np.concatenate([unit(vector[LAYOUT.slice_of(name)]) for name in LAYOUT.names])


class TestWeights:
    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.1, 1e9])
    def test_names_the_field_that_is_not_a_weight(self, value: float) -> None:
        with pytest.raises(LayoutError) as caught:
            Weights(textual=value)
        assert caught.value.field == "textual"

    def test_refuses_all_zero(self) -> None:
        with pytest.raises(LayoutError):
            Weights(visual=0, textual=0, fused=0, behaviour=0)


class TestCompose:
    @given(packed.filter(lambda v: v[:6].any()), packed, weights, calibrations)
    def test_inner_product_is_the_weighted_sum_of_cosines(
        self, query: Vector, product: Vector, weights: Weights, calibration: Calibration
    ) -> None:
        composed = compose(LAYOUT, calibration, [term_of(query)], weights)
        expected = slow_score(query, product, weights, calibration)
        largest = max(
            weights.of_block(name) / max(calibration.of(name, name).deviation, 1e-3)
            for name in LAYOUT.names
            if query[LAYOUT.slice_of(name)].any()
        )
        assert float(composed.vector @ product) * largest == pytest.approx(expected, rel=1e-4, abs=1e-3)

    @given(packed.filter(lambda v: v[:6].any()), packed)
    def test_weight_one_and_zero_is_the_pure_block(self, query: Vector, product: Vector) -> None:
        pure = compose(LAYOUT, Calibration(), [term_of(query)], Weights(visual=1, textual=0))
        assert not pure.vector[6:].any()
        assert float(pure.vector @ product) == pytest.approx(float(query[:6] @ product[:6]), abs=1e-5)

    def test_even_weights_mean_even_influence(self) -> None:
        """A block whose scores vary ten times less gets ten times the factor."""
        calibration = Calibration(
            {("image", "image"): PairStatistics(deviation=0.02), ("text", "text"): PairStatistics(deviation=0.2)}
        )
        vector = LAYOUT.pack({"image": np.ones(6, np.float32), "text": np.ones(4, np.float32)})
        query = compose(LAYOUT, calibration, [term_of(vector)], Weights(visual=0.5, textual=0.5))
        lengths = [np.linalg.norm(query.vector[LAYOUT.slice_of(name)]) for name in ("image", "text")]
        assert lengths[0] == pytest.approx(10 * lengths[1], rel=1e-5)

    def test_terms_add_up_and_a_negative_one_pushes_away(self) -> None:
        first, second = (LAYOUT.pack({"image": np.eye(6, dtype=np.float32)[i]}) for i in (0, 1))
        query = compose(LAYOUT, Calibration(), [term_of(first), term_of(second, -0.5)], Weights())
        assert query.vector @ first > 0 > query.vector @ second

    def test_a_query_that_asks_no_weighted_block_is_refused(self) -> None:
        only_text = LAYOUT.pack({"text": np.ones(4, np.float32)})
        with pytest.raises(LayoutError, match="nothing to compare"):
            compose(LAYOUT, Calibration(), [term_of(only_text)], Weights(visual=1, textual=0))

    @given(packed.filter(lambda v: v[:6].any()), weights, calibrations)
    def test_a_product_like_itself_scores_one(self, vector: Vector, weights: Weights, calibration: Calibration) -> None:
        same = Calibration(
            {key: PairStatistics(pair.mean, pair.deviation, 1.0) for key, pair in calibration.pairs.items()}
        )
        query = compose(LAYOUT, same, [term_of(vector)], weights)
        assert query.calibrate(float(query.vector @ vector)) == pytest.approx(1, abs=1e-3)

    @given(st.lists(st.floats(-2, 2), min_size=2), weights)
    def test_calibrated_scores_are_monotone_and_in_range(self, raws: list[float], weights: Weights) -> None:
        query = compose(LAYOUT, Calibration(), [term_of(LAYOUT.pack({"image": np.ones(6, np.float32)}))], weights)
        scores = [query.calibrate(raw) for raw in sorted(raws)]
        assert scores == sorted(scores)
        assert all(0 <= score <= 1 for score in scores)


def test_calibration_survives_json() -> None:
    calibration = Calibration({("text", "image"): PairStatistics(0.1, 0.02, 0.3)})
    assert Calibration.from_json(calibration.to_json()) == calibration
