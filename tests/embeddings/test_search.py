"""The planner against brute force: order, recall, and never a short page."""

from collections.abc import Iterator

import numpy as np
import pytest
from django.db import connection

from catalog.models import Product, Store
from catalog.querysets import ProductQuerySet
from embeddings import search, selectors
from embeddings.layout import Calibration, Layout, Query, Vector, Weights, compose
from embeddings.selectors import SpaceView, term_of_vector
from tests.synthetic import draw_vectors, fill_store, price_below

LAYOUT = Layout.of(image=64, text=64)
COUNT = 20_000


@pytest.fixture(scope="module")
def space(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[SpaceView]:
    """20,000 products with clustered vectors, made once for this module and taken away after it."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        store = Store.objects.create(slug="synthetic", name="Synthetic")
        space = fill_store(store, LAYOUT, count=COUNT)
        yield selectors.view_of(space)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM catalog_product WHERE store_id = %s", [store.pk])
        store.delete()


pytestmark = pytest.mark.django_db


def ask(space: SpaceView, vector: Vector, **weights: float) -> Query:
    return compose(LAYOUT, Calibration(), [term_of_vector(space, vector)], Weights(**weights))


def eligible(space: SpaceView, percent: float) -> ProductQuerySet:
    return Product.objects.filter(store_id=space.store_id).published().priced(at_most=price_below(percent))


def brute_force(space: SpaceView, query: Query, products: ProductQuerySet, limit: int) -> list[int]:
    ids = list(products.order_by("pk").values_list("pk", flat=True))
    vectors = selectors.vectors_of(space, ids)
    half = query.vector.astype(np.float16).astype(np.float32)
    return sorted(ids, key=lambda pk: (-float(half @ vectors[pk]), pk))[:limit]


@pytest.mark.parametrize("percent", [0.1, 1, 10, 50])
@pytest.mark.parametrize("weights", [{"visual": 1, "textual": 0}, {"visual": 0.5, "textual": 0.5}])
def test_recall_at_10_is_at_least_98_percent_under_every_filter(
    space: SpaceView, percent: float, weights: dict[str, float]
) -> None:
    recalls = []
    for vector in draw_vectors(25, LAYOUT, seed=4_711, missing=0):
        query, products = ask(space, vector, **weights), eligible(space, percent)
        found = search.nearest(space, query, products=products, limit=10)
        exact = search.nearest(space, query, products=products, limit=10, strategy="exact")
        assert len(found.hits) == min(10, products.count())
        recalls.append(len(ids(found) & ids(exact)) / len(exact.hits))
    assert np.mean(recalls) >= 0.98


def ids(found: search.Found) -> set[int]:
    return {hit.product_id for hit in found.hits}


@pytest.mark.parametrize("percent", [0.1, 1])
def test_exact_order_is_brute_force_order(space: SpaceView, percent: float) -> None:
    products = eligible(space, percent)
    for vector in draw_vectors(3, LAYOUT, seed=12, missing=0):
        query = ask(space, vector)
        found = search.nearest(space, query, products=products, limit=15, strategy="exact")
        raws = [hit.raw for hit in found.hits]
        assert raws == sorted(raws, reverse=True)
        assert [hit.product_id for hit in found.hits] == brute_force(space, query, products, 15)


def test_few_eligible_are_ordered_exactly_and_many_by_the_index(space: SpaceView) -> None:
    query = ask(space, draw_vectors(1, LAYOUT, seed=3, missing=0)[0])
    assert search.nearest(space, query, products=eligible(space, 1)).strategy == "exact"
    assert search.nearest(space, query, products=eligible(space, 50)).strategy == "index"


@pytest.mark.parametrize("percent", [30, 100])
def test_a_deep_page_is_full(space: SpaceView, percent: float) -> None:
    query = ask(space, draw_vectors(1, LAYOUT, seed=8, missing=0)[0])
    assert len(search.nearest(space, query, products=eligible(space, percent), limit=100).hits) == 100


def test_a_scan_that_gives_up_is_completed_exactly(space: SpaceView, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only products far from the query are eligible: the index scan visits its maximum and finds none of them."""
    monkeypatch.setitem(search.INDEX_SETTINGS, "hnsw.max_scan_tuples", "200")
    monkeypatch.setattr(search, "EXACT_LIMIT", 5)
    query = ask(space, draw_vectors(1, LAYOUT, seed=21, missing=0)[0])
    everything = Product.objects.filter(store_id=space.store_id)
    near = search.nearest(space, query, products=everything, limit=15_000, strategy="exact")
    far = everything.exclude(pk__in=ids(near))
    found = search.nearest(space, query, products=far, limit=20)
    assert (found.strategy, len(found.hits)) == ("exact", 20)


def test_fewer_eligible_than_asked_for_are_all_returned(space: SpaceView) -> None:
    query = ask(space, draw_vectors(1, LAYOUT, seed=5, missing=0)[0])
    products = eligible(space, 0.1)
    assert len(search.nearest(space, query, products=products, limit=100).hits) == products.count()


def test_a_filter_that_cannot_be_met_finds_nothing(space: SpaceView) -> None:
    query = ask(space, draw_vectors(1, LAYOUT, seed=5, missing=0)[0])
    for nothing in (eligible(space, 50).none(), eligible(space, 50).in_categories([])):
        assert search.nearest(space, query, products=nothing).hits == ()


def test_excluded_products_never_appear_and_are_made_up_for(space: SpaceView) -> None:
    query = ask(space, draw_vectors(1, LAYOUT, seed=6, missing=0)[0])
    first = search.nearest(space, query, limit=10)
    second = search.nearest(space, query, limit=10, exclude=ids(first))
    assert len(second.hits) == 10
    assert not ids(first) & ids(second)


def test_unpublished_products_are_not_eligible_by_default(space: SpaceView) -> None:
    query = ask(space, draw_vectors(1, LAYOUT, seed=7, missing=0)[0])
    best = search.nearest(space, query, limit=1).hits[0].product_id
    Product.objects.filter(pk=best).update(is_published=False)
    assert best not in ids(search.nearest(space, query, limit=10))


@pytest.mark.django_db(transaction=True)
def test_settings_of_the_index_scan_end_with_it(store: Store) -> None:
    """The connection goes back to the pool as it came."""
    small = selectors.view_of(fill_store(store, LAYOUT, count=50))
    search.nearest(small, ask(small, draw_vectors(1, LAYOUT, seed=9, missing=0)[0]), limit=5, strategy="index")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('enable_sort'), current_setting('hnsw.iterative_scan')")
        assert cursor.fetchone() == ("on", "off")


@pytest.mark.parametrize(("percent", "strategy"), [(1, "exact"), (50, "index")])
def test_several_queries_are_answered_as_each_alone(space: SpaceView, percent: float, strategy: str) -> None:
    queries = [ask(space, vector) for vector in draw_vectors(3, LAYOUT, seed=31, missing=0)]
    products = eligible(space, percent)
    away = ids(search.nearest(space, queries[0], products=products, limit=5))
    together = search.nearest_to_each(space, queries, products=products, limit=20, exclude=away)
    assert {found.strategy for found in together} == {strategy}
    for query, found in zip(queries, together, strict=True):
        alone = search.nearest(space, query, products=products, limit=20, exclude=away, strategy="exact")
        assert len(found.hits) == 20
        assert [hit.raw for hit in found.hits] == sorted((hit.raw for hit in found.hits), reverse=True)
        assert not ids(found) & away
        assert len(ids(found) & ids(alone)) >= (20 if strategy == "exact" else 17)
    assert search.nearest_to_each(space, [], products=products, limit=20) == []


@pytest.mark.parametrize("strategy", ["exact", "index"])
def test_queries_that_share_a_page_tell_of_each_product_what_it_is_to_all(space: SpaceView, strategy: str) -> None:
    queries = [ask(space, vector) for vector in draw_vectors(3, LAYOUT, seed=33, missing=0)]
    together = search.nearest_to_each(space, queries, limit=20, strategy=strategy)
    hits = [hit for found in together for hit in found.hits]
    raws = search.inner_products(space, queries, [hit.product_id for hit in hits])
    assert {hit.product_id: hit.raws for hit in hits} == raws
    for at, found in enumerate(together):
        assert [hit.raws[at] for hit in found.hits] == [hit.raw for hit in found.hits]
    apart = search.nearest_to_each(space, queries, limit=20, strategy=strategy, share_a_page=False)
    assert all(hit.raws == (hit.raw,) for found in apart for hit in found.hits)


def test_inner_products_are_those_that_the_index_orders_by(space: SpaceView, store: Store) -> None:
    queries = [ask(space, vector) for vector in draw_vectors(2, LAYOUT, seed=32, missing=0)]
    found = search.nearest(space, queries[0], limit=10)
    without_vector = Product.objects.create(store=store, sku="bare", title="bare").pk
    raws = search.inner_products(space, queries, [*ids(found), without_vector])
    assert {pk: first for pk, (first, _) in raws.items()} == {hit.product_id: hit.raw for hit in found.hits}
    vectors = selectors.vectors_of(space, raws)
    half = queries[1].vector.astype(np.float16).astype(np.float32)
    for pk, (_, second) in raws.items():
        assert second == pytest.approx(float(half @ vectors[pk]), abs=1e-4)
