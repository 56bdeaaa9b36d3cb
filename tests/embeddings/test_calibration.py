import numpy as np
import pytest

from catalog.models import Store
from embeddings import services, spaces
from embeddings.calibration import calibrate
from embeddings.selectors import vectors_of, view_of
from tests.factories import make_image, make_products

pytestmark = pytest.mark.django_db

COLORS = ["red", "green", "blue", "white", "black", "orange", "purple", "grey"]


def test_statistics_are_those_of_all_ordered_pairs(store: Store) -> None:
    space = spaces.create_space(store=store)
    products = make_products(
        store, [{"sku": c, "title": f"{c} mug {n}", "images": [make_image(c)]} for n, c in enumerate(COLORS)]
    )
    services.embed_stale(space)
    calibration, view = calibrate(space), view_of(space)
    vectors = vectors_of(view, [product.pk for product in products])
    for name in ("image", "text"):
        parts = [vectors[product.pk][view.layout.slice_of(name)] for product in products]
        cosines = [float(a @ b) for i, a in enumerate(parts) for j, b in enumerate(parts) if i != j]
        measured = calibration.of(name, name)
        assert measured.mean == pytest.approx(np.mean(cosines), abs=1e-4)
        assert measured.deviation == pytest.approx(np.std(cosines), abs=1e-4)
        assert measured.top == 1


def test_a_joint_encoder_is_measured_across_modalities(store: Store) -> None:
    space = spaces.create_space(store=store, encoder="fake:16:joint")
    make_products(store, [{"sku": c, "images": [make_image(c)]} for c in COLORS])
    services.embed_stale(space)
    assert set(calibrate(space).pairs) == {
        *(("image", block) for block in ("image", "text", "fused")),
        *(("text", block) for block in ("image", "text", "fused")),
        ("fused", "fused"),
    }


def test_absent_blocks_do_not_count_as_zero_cosines(store: Store) -> None:
    space = spaces.create_space(store=store)
    make_products(store, [{"sku": c, "images": [make_image(c)] if n < 4 else None} for n, c in enumerate(COLORS)])
    services.embed_stale(space)
    with_half = calibrate(space).of("image", "image")
    view = view_of(space)
    parts = [
        v[view.layout.slice_of("image")] for v in vectors_of(view, store.products.values_list("pk", flat=True)).values()
    ]
    present = [part for part in parts if part.any()]
    assert len(present) == 4
    assert with_half.mean == pytest.approx(np.mean([a @ b for a in present for b in present if a is not b]), abs=1e-4)


def test_an_empty_or_single_product_shop_has_no_statistics(store: Store) -> None:
    space = spaces.create_space(store=store)
    assert not calibrate(space).pairs
    make_products(store, [{"sku": "one", "images": [make_image()]}])
    services.embed_stale(space)
    assert not calibrate(space).pairs
