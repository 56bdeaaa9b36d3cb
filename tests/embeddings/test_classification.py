import json

import numpy as np
import pytest
from django.conf import settings
from PIL import Image

from catalog.models import Category, Product, Store
from catalog.services.products import save_product
from embeddings import classification, inference, services, spaces
from embeddings.classification import (
    DEFAULT_SCALES,
    ClassificationRefused,
    NotEmbedded,
    Verdict,
    classify,
    judge,
    measure_classification,
)
from embeddings.labels import Label, category_labels, encode_labels
from embeddings.layout import IMAGE, TEXT, Weights, compose
from embeddings.models import EmbeddingSpace
from embeddings.selectors import NoActiveSpace, SpaceView, vectors_of, view_of
from embeddings.temperature import Examples, fit_scales
from embeddings.terms import text_term
from tests.embeddings.conftest import KINDS, Encoded, build, kinds
from tests.factories import make_image, make_product, make_products

pytestmark = pytest.mark.django_db

DEMO = settings.BASE_DIR / "catalog" / "demo"
OWN = [Label(name, (name,)) for name in ("mug", "lamp", "rug")]


def names(found: classification.Classification) -> list[str]:
    return [choice.label.name for choice in found.choices]


def slow_judge(space: SpaceView, parts: dict[str, np.ndarray], texts: list[str]) -> tuple[list[float], list[float]]:
    """Probabilities and scores of one thing, written from their definition, a label at a time."""
    model = inference.model_of(space)
    blocks = [name for name in (IMAGE, TEXT) if name in parts and parts[name].any()]
    scales = (
        space.scales.get("both" if len(blocks) == 2 else blocks[0])
        or DEFAULT_SCALES["both" if len(blocks) == 2 else blocks[0]]
    )
    logits, scores = [], []
    for text in texts:
        label = model.encode_texts([text])
        logit = likeness = best = 0.0
        for name, scale in zip(blocks, scales, strict=True):
            asked = model.encoder.to_image_space(label)[0] if name == IMAGE else label[0]
            pair = space.calibration.of(TEXT, name)
            cosine = float(asked @ parts[name])
            logit += scale * (cosine - pair.mean) / pair.deviation
            likeness += (cosine - pair.mean) / pair.deviation
            best += (pair.top - pair.mean) / pair.deviation
        logits.append(logit)
        scores.append(min(1.0, max(0.0, likeness / best)))
    grown = [np.exp(logit - max(logits)) for logit in logits]
    return [float(each / sum(grown)) for each in grown], scores


def present(verdicts: list[Verdict | None]) -> list[Verdict]:
    assert None not in verdicts
    return [verdict for verdict in verdicts if verdict]


class TestJudge:
    @pytest.fixture
    def view(self, joint_space: EmbeddingSpace, kinds_shop: dict[str, Product]) -> SpaceView:
        return view_of(joint_space)

    def test_every_modality_is_weighed_as_a_slow_twin_weighs_it(
        self, view: SpaceView, kinds_shop: dict[str, Product]
    ) -> None:
        vectors = vectors_of(view, [product.pk for product in kinds_shop.values()])
        whole = np.stack([vectors[kinds_shop[sku].pk] for sku in ("mug-1", "mug-5", "lamp-2")])
        blocks = classification.split_blocks(view, whole)
        blocks[TEXT] = blocks[TEXT].copy()
        blocks[TEXT][2] = 0
        labels = encode_labels(inference.model_of(view), OWN)
        verdicts = present(judge(view, blocks, labels))
        assert [verdict.modality for verdict in verdicts] == ["both", "text", "image"]
        assert view.scales.keys() == DEFAULT_SCALES.keys()
        for row, verdict in enumerate(verdicts):
            parts = {name: block[row] for name, block in blocks.items()}
            expected, scores = slow_judge(view, parts, [label.name for label in OWN])
            assert verdict.probabilities == pytest.approx(expected, abs=1e-5)
            assert verdict.scores == pytest.approx(scores, abs=1e-5)

    def test_the_score_is_what_search_would_show(self, view: SpaceView, kinds_shop: dict[str, Product]) -> None:
        vector = vectors_of(view, [kinds_shop["mug-1"].pk])[kinds_shop["mug-1"].pk]
        labels = encode_labels(inference.model_of(view), OWN)
        (verdict,) = present(judge(view, classification.split_blocks(view, vector[None]), labels))
        for label, score in zip(OWN, verdict.scores, strict=True):
            query = compose(view.layout, view.calibration, [text_term(view, label.name)], Weights())
            assert query.calibrate(float(query.vector @ vector)) == pytest.approx(score, abs=1e-3)

    def test_a_thing_that_says_nothing_gets_no_verdict(self, view: SpaceView) -> None:
        labels = encode_labels(inference.model_of(view), OWN)
        blocks = {IMAGE: np.zeros((2, 32), np.float32), TEXT: np.eye(2, 32, dtype=np.float32) * [[0], [1]]}
        nothing, something = judge(view, blocks, labels)
        assert nothing is None
        assert something is not None
        assert something.modality == "text"


class TestClassify:
    def test_a_product_is_told_by_its_stored_vector_alone(
        self, store: Store, joint_space: EmbeddingSpace, kinds_shop: dict[str, Product]
    ) -> None:
        labels = [Label(name, (f"{name} unmet",)) for name in KINDS]
        watch = Encoded(inference.get_model(joint_space.encoder))
        found = classify(store=store, product=kinds_shop["lamp-5"], labels=labels)
        assert watch.look() == (0, 4)
        assert (names(found)[0], found.modality) == ("lamp", "text")
        assert classify(store=store, product=kinds_shop["lamp-2"], labels=labels).modality == "both"
        assert watch.look() == (0, 0)

    def test_probabilities_of_all_labels_are_one(self, store: Store, kinds_shop: dict[str, Product]) -> None:
        everything = classify(store=store, text="a lamp", labels=OWN)
        assert sum(choice.probability for choice in everything.choices) == pytest.approx(1)
        assert everything.rest == pytest.approx(0, abs=1e-9)
        first = classify(store=store, text="a lamp", labels=OWN, limit=1)
        assert first.choices == everything.choices[:1]
        assert first.rest == pytest.approx(1 - first.choices[0].probability)
        ordered = [choice.probability for choice in everything.choices]
        assert ordered == sorted(ordered, reverse=True)

    def test_without_labels_it_is_the_stores_own_leaves_and_used_categories(
        self, store: Store, other_store: Store, kinds_shop: dict[str, Product]
    ) -> None:
        make_product(other_store, category="Theirs")
        found = classify(store=store, text="a vase", limit=100)
        assert {choice.label.category for choice in found.choices} == {f"Home/{kind}" for kind in KINDS}
        assert found.choices[0].label.category_id == Category.objects.get(path="Home/vase").pk
        make_product(store, sku="upper", category="Home")
        assert "Home" in names(classify(store=store, text="a vase", limit=100))

    def test_a_text_stands_in_for_the_products_own(self, store: Store, kinds_shop: dict[str, Product]) -> None:
        mug = kinds_shop["mug-0"]
        assert names(classify(store=store, product=mug, labels=OWN))[0] == "mug"
        assert names(classify(store=store, product=mug, labels=OWN, text="rug"))[0] == "rug"

    def test_a_photo_and_a_text_are_weighed_together(self, store: Store, kinds_shop: dict[str, Product]) -> None:
        photo = Image.new("RGB", (32, 32), "red")
        assert classify(store=store, photo=photo, labels=OWN).modality == "image"
        found = classify(store=store, photo=photo, text="lamp", labels=OWN)
        assert found.modality == "both"

    def test_ties_keep_the_order_of_the_labels(self, store: Store, kinds_shop: dict[str, Product]) -> None:
        twins = [Label(name, ("same",)) for name in ("b", "a", "c")]
        found = classify(store=store, text="mug", labels=twins)
        assert names(found) == ["b", "a", "c"]
        assert [choice.probability for choice in found.choices] == pytest.approx([1 / 3] * 3)

    def test_an_encoder_that_is_not_joint_compares_texts_alone(self, store: Store, space: EmbeddingSpace) -> None:
        product = make_product(store, title="lamp", images=[make_image()])
        build(space)
        photo = Image.new("RGB", (32, 32), "red")
        assert classify(store=store, product=product, labels=OWN).modality == "text"
        assert classify(store=store, photo=photo, text="mug", labels=OWN).modality == "text"
        with pytest.raises(ClassificationRefused) as refused:
            classify(store=store, photo=photo, labels=OWN)
        assert (refused.value.field, refused.value.code) == ("image", "not_joint")

    def test_refusals(self, store: Store, joint_space: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(NoActiveSpace):
            classify(store=store, text="mug", labels=OWN)
        make_product(store, sku="old", category="Home")
        build(joint_space)
        with pytest.raises(NotEmbedded):
            classify(store=store, product=make_product(store, sku="new"), labels=OWN)
        with pytest.raises(ClassificationRefused, match="no two categories"):
            classify(store=store, text="mug")
        make_products(store, [{"sku": str(n), "category": f"C{n}"} for n in range(4)])
        monkeypatch.setattr(classification, "MAX_PHRASES", 9)
        with pytest.raises(ClassificationRefused) as refused:
            classify(store=store, text="mug", templates=["a {label}", "the {label}"])
        assert (refused.value.field, refused.value.code) == ("templates", "too_many_texts")
        monkeypatch.setattr(classification, "MAX_CATEGORIES", 4)
        with pytest.raises(ClassificationRefused) as refused:
            classify(store=store, text="mug")
        assert (refused.value.field, refused.value.code) == ("labels", "too_many_categories")


class TestMeasuring:
    def test_the_fit_is_kept_with_the_space(self, joint_space: EmbeddingSpace, kinds_shop: dict[str, Product]) -> None:
        joint_space.refresh_from_db()
        kept = joint_space.classification
        assert set(kept) == {"image", "text", "both"}
        assert (kept["text"]["examples"], kept["text"]["categories"]) == (40, 4)
        assert 0.9 < kept["text"]["top_1"] <= kept["text"]["top_3"] <= 1
        assert kept["image"]["examples"] == len([row for row in kinds(40) if row["images"]])
        assert 0 < kept["text"]["error"] < 0.2
        assert view_of(joint_space).scales["both"] == tuple(kept["both"]["scales"])
        assert len(kept["both"]["scales"]) == 2

    def test_a_products_own_category_is_not_in_the_text_it_is_measured_by(
        self, store: Store, joint_space: EmbeddingSpace
    ) -> None:
        """Titles say nothing, so only a leak of the category could tell the products apart."""
        rows = [{"sku": str(n), "title": "thing", "category": f"Home/{list(KINDS)[n % 4]}"} for n in range(40)]
        make_products(store, rows)
        build(joint_space)
        measured = measure_classification(joint_space)["text"]
        assert measured.top_1 == pytest.approx(0.25, abs=0.15)
        assert classify(store=store, text="thing").choices[0].probability < 0.4

    def test_the_fit_is_that_of_the_texts_without_their_category(
        self, store: Store, joint_space: EmbeddingSpace, kinds_shop: dict[str, Product]
    ) -> None:
        view, model = view_of(joint_space), inference.get_model(joint_space.encoder)
        labelled = [product for product in kinds_shop.values() if product.category]
        paths = {product.category_id: product.category.path for product in labelled if product.category}
        ordered = sorted(paths, key=lambda pk: paths[pk])
        labels = encode_labels(model, category_labels({pk: paths[pk] for pk in ordered}))
        cosines = model.encode_texts([product.title for product in labelled]) @ labels.text.T
        pair = view.calibration.of(TEXT, TEXT)
        truth = np.array([ordered.index(product.category_id) for product in labelled])
        expected = fit_scales(Examples(((cosines - pair.mean) / pair.deviation,), truth))
        assert measure_classification(joint_space)["text"].scales == pytest.approx(expected, rel=1e-3)

    @pytest.mark.parametrize(("products", "categories"), [(28, 4), (40, 2)])
    def test_too_few_products_or_categories_leave_the_default(
        self, store: Store, joint_space: EmbeddingSpace, products: int, categories: int
    ) -> None:
        rows = [{"sku": str(n), "title": f"t{n}", "category": f"C{n % categories}"} for n in range(products)]
        make_products(store, rows)
        build(joint_space)
        assert joint_space.classification == {}
        assert not classify(store=store, text="t", labels=OWN).is_fitted

    def test_a_store_that_grew_is_fitted_anew(self, store: Store, joint_space: EmbeddingSpace) -> None:
        make_products(store, kinds(8))
        build(joint_space)
        assert joint_space.classification == {}
        make_products(store, kinds(40))
        services.embed_stale(joint_space)
        assert spaces.can_be_finished(joint_space)
        build(joint_space)
        assert joint_space.classification["text"]["examples"] == 40
        assert classify(store=store, text="t", labels=OWN).is_fitted

    def test_stale_vectors_and_other_stores_are_left_out(
        self, store: Store, other_store: Store, joint_space: EmbeddingSpace, kinds_shop: dict[str, Product]
    ) -> None:
        make_products(other_store, kinds(40))
        build(spaces.create_space(store=other_store, encoder="fake:32:joint"))
        for sku in ("mug-1", "lamp-1"):
            kinds_shop[sku].title = "changed"
            save_product(product=kinds_shop[sku], changed=["title"])
        assert measure_classification(joint_space)["text"].examples == 38


@pytest.mark.model
def test_the_starter_tells_demo_pictures_by_the_shops_categories(store: Store) -> None:
    rows = [json.loads(line) for line in (DEMO / "products.jsonl").read_text().splitlines()]
    chosen = {row["category"]: DEMO / row["images"][0] for row in rows if row["images"]}
    for path in chosen:
        make_product(store, sku=path, title="a thing", category=path)
    build(spaces.create_space(store=store, encoder="starter"))
    right = 0
    for path, picture in chosen.items():
        found = classify(store=store, photo=Image.open(picture), limit=3)
        assert (found.modality, found.is_fitted) == ("image", False)
        right += found.choices[0].label.category == path
    assert len(chosen) >= 20
    assert right >= 0.7 * len(chosen)
