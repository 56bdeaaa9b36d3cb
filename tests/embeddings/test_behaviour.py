"""Learned where shoppers taught something, foretold elsewhere, and never lost to who writes at the same time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction

from catalog.models import Product, Store
from embeddings import behaviour, search, services, spaces
from embeddings.behaviour import BehaviourReport, has_outgrown, store_behaviour
from embeddings.calibration import calibrate
from embeddings.layout import BEHAVIOUR, Calibration, Layout, LayoutError, Vector, Weights, compose, unit
from embeddings.models import BehaviourMap, BehaviourVector, Embedding, EmbeddingSpace
from embeddings.selectors import term_of_vector, vectors_of, view_of
from tests.embeddings.conftest import build, kinds
from tests.factories import make_image, make_product, make_products

pytestmark = pytest.mark.django_db

SIZE = 64


def blocks(space: EmbeddingSpace, name: str = BEHAVIOUR) -> dict[int, Vector]:
    view = view_of(space)
    ids = Embedding.objects.filter(space=space).values_list("product_id", flat=True)
    return {pk: vector[view.layout.slice_of(name)] for pk, vector in vectors_of(view, ids).items()}


def by_kind(products: dict[str, Product], *, noise: float = 0.1, seed: int = 3) -> dict[int, Vector]:
    """As if shoppers of mugs were others than shoppers of lamps: a direction for each kind, and a little of its own."""
    random = np.random.default_rng(seed)
    directions: dict[str, Vector] = {}
    vectors = {}
    for sku, product in products.items():
        direction = directions.setdefault(sku.split("-")[0], unit(random.standard_normal(SIZE).astype(np.float32)))
        own = unit(random.standard_normal(SIZE).astype(np.float32))
        vectors[product.pk] = unit(direction + noise * own)
    return vectors


def rotation(seed: int) -> np.ndarray:
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((SIZE, SIZE)))[0].astype(np.float32)


@pytest.fixture
def kinds_space(store: Store, kinds_shop: dict[str, Product]) -> EmbeddingSpace:
    return EmbeddingSpace.objects.get(store=store)


@pytest.fixture
def numbered(kinds_shop: dict[str, Product]) -> dict[str, Product]:
    """The forty of `kinds_shop` that shoppers have met; the four others, one of each kind, are new."""
    return {sku: product for sku, product in kinds_shop.items() if "-" in sku}


class TestLearnedAndForetold:
    def test_learned_products_show_what_was_learned(
        self, kinds_space: EmbeddingSpace, numbered: dict[str, Product]
    ) -> None:
        learned = by_kind(numbered)
        report = store_behaviour(kinds_space, learned)
        shown = blocks(kinds_space)
        for pk, vector in learned.items():
            assert np.allclose(shown[pk], vector, atol=1e-3)
        assert (report.learned, report.predicted, report.rewritten) == (40, 4, 44)

    def test_new_products_stand_beside_the_learned_ones_of_their_kind(
        self, kinds_space: EmbeddingSpace, kinds_shop: dict[str, Product], numbered: dict[str, Product]
    ) -> None:
        report = store_behaviour(kinds_space, by_kind(numbered))
        shown = blocks(kinds_space)
        for kind in ("mug", "lamp", "rug", "vase"):
            new = shown[kinds_shop[kind].pk]
            assert np.linalg.norm(new) == pytest.approx(1, abs=1e-2)
            cosines = {sku: float(shown[product.pk] @ new) for sku, product in numbered.items()}
            nearest = sorted(cosines, key=lambda sku: -cosines[sku])[:10]
            assert {sku.split("-")[0] for sku in nearest} == {kind}
        assert report.held_out_cosine is not None
        assert report.held_out_cosine > 0.7

    def test_the_other_blocks_and_what_says_they_are_fresh_stay(
        self, kinds_space: EmbeddingSpace, numbered: dict[str, Product]
    ) -> None:
        facts = ("product_id", "content_hash", "text_hash", "present", "embedded_at")
        before = {name: blocks(kinds_space, name) for name in ("image", "text", "fused")}
        rows = list(Embedding.objects.order_by("product_id").values_list(*facts))
        store_behaviour(kinds_space, by_kind(numbered))
        for name, vectors in before.items():
            now = blocks(kinds_space, name)
            assert all(np.array_equal(now[pk], vector) for pk, vector in vectors.items())
        assert list(Embedding.objects.order_by("product_id").values_list(*facts)) == rows

    def test_a_product_embedded_later_is_foretold_at_once(
        self, store: Store, kinds_space: EmbeddingSpace, numbered: dict[str, Product]
    ) -> None:
        store_behaviour(kinds_space, by_kind(numbered))
        product = make_product(store, sku="new", title="lamp brandnew", images=[make_image("blue", mark=99)])
        services.embed_stale(kinds_space)
        shown = blocks(kinds_space)
        cosines = {sku.split("-")[0]: float(shown[p.pk] @ shown[product.pk]) for sku, p in numbered.items()}
        assert max(cosines, key=lambda kind: cosines[kind]) == "lamp"

    def test_a_new_text_keeps_what_was_learned(
        self, store: Store, kinds_space: EmbeddingSpace, numbered: dict[str, Product]
    ) -> None:
        learned = by_kind(numbered)
        store_behaviour(kinds_space, learned)
        text = blocks(kinds_space, "text")[numbered["mug-1"].pk]
        make_product(store, sku="mug-1", title="vase altogether different")
        assert services.embed_stale(kinds_space).embedded == 1
        pk = numbered["mug-1"].pk
        assert not np.allclose(blocks(kinds_space, "text")[pk], text, atol=0.1)
        assert np.allclose(blocks(kinds_space)[pk], learned[pk], atol=1e-3)

    def test_what_is_learned_before_the_product_is_embedded_waits_for_it(
        self, store: Store, kinds_space: EmbeddingSpace, numbered: dict[str, Product]
    ) -> None:
        late = make_product(store, sku="late", title="rug late")
        learned = by_kind(numbered | {"rug-late": late})
        assert store_behaviour(kinds_space, learned).learned == 41
        assert late.pk not in blocks(kinds_space)
        services.embed_stale(kinds_space)
        assert np.allclose(blocks(kinds_space)[late.pk], learned[late.pk], atol=1e-3)

    def test_what_is_no_longer_learned_is_foretold_again(
        self, kinds_space: EmbeddingSpace, numbered: dict[str, Product]
    ) -> None:
        learned = by_kind(numbered)
        odd = numbered["mug-1"].pk
        learned[odd] = learned[numbered["rug-1"].pk]
        store_behaviour(kinds_space, learned)
        del learned[odd]
        report = store_behaviour(kinds_space, learned)
        assert (report.learned, report.predicted) == (39, 5)
        shown = blocks(kinds_space)
        assert shown[odd] @ shown[numbered["mug-2"].pk] > 0.7 > shown[odd] @ shown[numbered["rug-1"].pk]

    def test_with_nothing_learned_every_block_is_zero_again(
        self, kinds_space: EmbeddingSpace, numbered: dict[str, Product]
    ) -> None:
        store_behaviour(kinds_space, by_kind(numbered))
        assert store_behaviour(kinds_space, {}) == BehaviourReport(0, 0, 44, None)
        assert not any(vector.any() for vector in blocks(kinds_space).values())
        assert not BehaviourMap.objects.exists()

    def test_too_few_learned_foretell_nothing(self, kinds_space: EmbeddingSpace, numbered: dict[str, Product]) -> None:
        few = dict(list(by_kind(numbered).items())[:5])
        assert store_behaviour(kinds_space, few) == BehaviourReport(5, 0, 5, None)


class TestRefreshedAgain:
    def test_the_same_again_writes_no_row(self, kinds_space: EmbeddingSpace, numbered: dict[str, Product]) -> None:
        store_behaviour(kinds_space, by_kind(numbered))
        assert store_behaviour(kinds_space, by_kind(numbered)).rewritten == 0

    @pytest.mark.parametrize("seed", [1, 2])
    def test_a_rotation_of_the_same_writes_no_row(
        self, kinds_space: EmbeddingSpace, numbered: dict[str, Product], seed: int
    ) -> None:
        """Factors learned anew are turned at random; what they say of one another is the same."""
        learned = by_kind(numbered)
        store_behaviour(kinds_space, learned)
        before = blocks(kinds_space)
        turned = {pk: vector @ rotation(seed) for pk, vector in learned.items()}
        assert store_behaviour(kinds_space, turned).rewritten == 0
        assert all(np.array_equal(blocks(kinds_space)[pk], vector) for pk, vector in before.items())

    def test_only_what_moved_is_rewritten(self, kinds_space: EmbeddingSpace, numbered: dict[str, Product]) -> None:
        learned = by_kind(numbered)
        products = list(learned)
        store_behaviour(kinds_space, learned)
        learned[products[0]] = learned[products[-1]]
        report = store_behaviour(kinds_space, learned)
        assert 1 <= report.rewritten < 44
        shown = blocks(kinds_space)
        assert shown[products[0]] @ shown[products[-1]] > behaviour.UNCHANGED - 0.01


class TestQueries:
    def test_a_weight_on_a_block_never_learned_changes_nothing(self, kinds_space: EmbeddingSpace) -> None:
        view = view_of(kinds_space)
        vector = next(iter(vectors_of(view, Embedding.objects.values_list("product_id", flat=True)).values()))
        without = compose(view.layout, view.calibration, [term_of_vector(view, vector)], Weights())
        beside = compose(view.layout, view.calibration, [term_of_vector(view, vector)], Weights(behaviour=0.7))
        assert np.array_equal(without.vector, beside.vector)
        assert (without.mean, without.top) == (beside.mean, beside.top)

    def test_the_weight_on_a_learned_block_finds_what_shoppers_say(
        self, store: Store, kinds_space: EmbeddingSpace, numbered: dict[str, Product]
    ) -> None:
        """Shoppers say mugs go with rugs, which look and read nothing alike."""
        learned = by_kind({sku.replace("rug", "mug"): product for sku, product in numbered.items() if "mug" not in sku})
        learned |= by_kind({sku: product for sku, product in numbered.items() if "mug" in sku})
        pairs = {sku: "mug" if "rug" in sku else sku.split("-")[0] for sku in numbered}
        learned = by_kind({f"{pairs[sku]}-{sku}": product for sku, product in numbered.items()})
        store_behaviour(kinds_space, learned)
        view = view_of(kinds_space)
        mug = numbered["mug-1"].pk
        term = term_of_vector(view, vectors_of(view, [mug])[mug])
        weights = Weights(visual=0, textual=0, behaviour=1)
        found = search.nearest(
            view, compose(view.layout, view.calibration, [term], weights), limit=19, exclude=[mug], strategy="exact"
        )
        skus = dict(store.products.values_list("pk", "sku"))
        assert sum("rug" in skus[hit.product_id] for hit in found.hits) >= 8

    def test_the_block_is_calibrated_and_the_others_are_left(
        self, kinds_space: EmbeddingSpace, numbered: dict[str, Product]
    ) -> None:
        before = kinds_space.calibration
        assert "behaviour->behaviour" not in before
        store_behaviour(kinds_space, by_kind(numbered))
        measured = EmbeddingSpace.objects.get(pk=kinds_space.pk).calibration
        assert measured == kinds_space.calibration
        assert {key: measured[key] for key in before} == before
        whole = calibrate(kinds_space).of(BEHAVIOUR, BEHAVIOUR)
        assert Calibration.from_json(measured).of(BEHAVIOUR, BEHAVIOUR) == whole
        store_behaviour(kinds_space, {})
        assert EmbeddingSpace.objects.get(pk=kinds_space.pk).calibration == before


class TestRefusals:
    @pytest.mark.parametrize("vector", [np.ones(3, np.float32), np.full(SIZE, np.nan, np.float32)])
    def test_names_the_product_whose_vector_does_not_fit(self, kinds_space: EmbeddingSpace, vector: Vector) -> None:
        with pytest.raises(LayoutError, match="product 7"):
            store_behaviour(kinds_space, {7: vector})
        assert not BehaviourVector.objects.exists()

    def test_a_space_without_the_block_says_so(self, store: Store, settings: Any) -> None:
        settings.KINDRED_BEHAVIOUR_DIMS = 0
        space = spaces.create_space(store=store)
        with pytest.raises(LayoutError, match="no behaviour block"):
            store_behaviour(space, {})
        make_product(store)
        assert services.embed_stale(space).embedded == 1

    def test_another_stores_products_are_left_out(
        self, other_store: Store, kinds_space: EmbeddingSpace, numbered: dict[str, Product]
    ) -> None:
        theirs = make_product(other_store, sku="theirs")
        store_behaviour(kinds_space, by_kind(numbered | {"mug-theirs": theirs}))
        assert BehaviourVector.objects.count() == 40
        assert not BehaviourVector.objects.filter(product=theirs).exists()

    def test_a_deleted_product_takes_its_learned_vector_along(
        self, kinds_space: EmbeddingSpace, numbered: dict[str, Product]
    ) -> None:
        store_behaviour(kinds_space, by_kind(numbered))
        numbered["mug-1"].delete()
        assert BehaviourVector.objects.count() == 39


class TestOutgrown:
    def test_a_space_filled_after_its_products_were_learned_wants_its_map(
        self, store: Store, kinds_space: EmbeddingSpace, numbered: dict[str, Product]
    ) -> None:
        newer = spaces.create_space(store=store, name="newer")
        assert not has_outgrown(newer)
        learned = by_kind(numbered)
        store_behaviour(newer, learned)
        assert not BehaviourMap.objects.filter(space=newer).exists()
        build(newer)
        assert has_outgrown(newer)
        store_behaviour(newer, learned)
        assert not has_outgrown(newer)
        assert all(vector.any() for vector in blocks(newer).values())


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    """With real commits, threads and connections."""

    @pytest.fixture
    def shop(self, store: Store) -> Iterator[tuple[EmbeddingSpace, dict[str, Product]]]:
        space = spaces.create_space(store=store, encoder="fake:32:joint")
        products = {product.sku: product for product in make_products(store, kinds(40))}
        yield build(space), products
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            assert cursor.fetchone() == (0,)

    def test_rows_written_while_it_is_published_show_the_new(
        self, store: Store, shop: tuple[EmbeddingSpace, dict[str, Product]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A worker has read, encoded and begun to write, then the refresh comes: it waits, and rewrites the row."""
        space, products = shop
        entered, go_on = Event(), Event()
        original = behaviour._learned

        def linger(*arguments: object) -> object:
            entered.set()
            assert go_on.wait(10)
            return original(*arguments)  # type: ignore[arg-type]

        new = make_product(store, sku="new", title="lamp brandnew", images=[make_image("blue", mark=99)])
        with ThreadPoolExecutor(2) as pool:
            monkeypatch.setattr(behaviour, "_learned", linger)
            working = pool.submit(closing, services.embed_stale, space)
            assert entered.wait(10)
            monkeypatch.setattr(behaviour, "_learned", original)
            learning = pool.submit(closing, store_behaviour, space, by_kind(products))
            go_on.set()
            assert working.result(20).embedded == 1
            learning.result(20)
        shown = blocks(space)
        assert shown[new.pk].any()
        cosines = {sku.split("-")[0]: float(shown[p.pk] @ shown[new.pk]) for sku, p in products.items()}
        assert max(cosines, key=lambda kind: cosines[kind]) == "lamp"

    def test_a_row_embedded_between_reading_and_rewriting_is_not_overwritten(
        self, store: Store, shop: tuple[EmbeddingSpace, dict[str, Product]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        space, products = shop
        learned = by_kind(products)
        original = behaviour.execute_many
        changed = products["mug-1"]

        def write_after_another(statement: str, rows: object) -> None:
            if statement.startswith("UPDATE") and not done:
                done.append(True)
                with ThreadPoolExecutor(1) as pool:
                    make_product(store, sku="mug-1", title="mug rewritten meanwhile")
                    assert pool.submit(closing, services.embed_stale, space).result(20).embedded == 1
            original(statement, rows)  # type: ignore[arg-type]

        done: list[bool] = []
        monkeypatch.setattr(behaviour, "execute_many", write_after_another)
        store_behaviour(space, learned)
        changed.refresh_from_db()
        row = Embedding.objects.get(space=space, product=changed)
        assert row.content_hash == changed.content_hash
        assert np.allclose(blocks(space)[changed.pk], learned[changed.pk], atol=1e-3)
        text = blocks(space, "text")[changed.pk]
        Embedding.objects.filter(space=space, product=changed).update(content_hash="", text_hash="")
        services.embed_stale(space)
        assert np.array_equal(blocks(space, "text")[changed.pk], text)

    def test_a_refresh_that_stops_halfway_is_completed_by_the_next(
        self, shop: tuple[EmbeddingSpace, dict[str, Product]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        space, products = shop
        learned = by_kind(products)
        original, calls = behaviour.execute_many, []

        def fail_at_the_second(statement: str, rows: object) -> None:
            calls.append(statement)
            if len(calls) == 2:
                raise OSError("the power went out")
            original(statement, rows)  # type: ignore[arg-type]

        monkeypatch.setattr(behaviour, "BATCH", 10)
        monkeypatch.setattr(behaviour, "execute_many", fail_at_the_second)
        with pytest.raises(OSError, match="power"):
            store_behaviour(space, learned)
        assert sum(vector.any() for vector in blocks(space).values()) == 10
        monkeypatch.setattr(behaviour, "execute_many", original)
        assert store_behaviour(space, learned).rewritten == 30
        shown = blocks(space)
        assert all(np.allclose(shown[pk], vector, atol=1e-3) for pk, vector in learned.items())


def closing(function, *arguments):  # type: ignore[no-untyped-def]
    """In a thread, whose connection goes with it."""
    try:
        return function(*arguments)
    finally:
        connection.close()


def test_vectors_go_into_rows_only_inside_a_transaction_that_locks(store: Store, space: EmbeddingSpace) -> None:
    """The lock lasts until the rows are written, not just until the vectors are made."""
    layout = Layout.from_json(space.layout)
    with transaction.atomic():
        behaviour.complete(space, {1: np.zeros(layout.dims, np.float32)})
        with connection.cursor() as cursor:
            cursor.execute("SELECT mode FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            assert ("ShareLock",) in cursor.fetchall()
