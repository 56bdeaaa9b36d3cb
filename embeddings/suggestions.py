"""Categories suggested to catalogue managers. Suggesting touches no product, and nothing a manager decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.utils import timezone

from catalog.models import Category, Product, Store
from catalog.rows import ProductFacts, ProductRow
from catalog.selectors import categories_for_products
from catalog.services.products import upsert_products
from catalog.services.stores import lock_store
from embeddings import inference
from embeddings.classification import Verdict, judge, split_blocks, without_category
from embeddings.labels import Label, LabelVectors, category_labels, encode_labels
from embeddings.layout import Vector
from embeddings.models import CategorySuggestion
from embeddings.querysets import CategorySuggestionQuerySet
from embeddings.selectors import SpaceView, require_active_space
from embeddings.wire import fetch, from_columns

Status = CategorySuggestion.Status

# Products judged at a time: at 1,000 categories a chunk's probabilities take 4 MB.
CHUNK = 500
_REFRESHED = ["instead_of", "probability", "score", "modality", "space", "encoder_id", "created_at"]
MIN_PROBABILITY = 0.5


class TooFewCategories(Exception):  # noqa: N818  (a state, not a fault)
    """The store has no two categories to choose from."""


@dataclass
class SuggestReport:
    """`judged` products were compared; `open` suggestions stand for them now, `withdrawn` ones no longer do.

    `not_embedded` products were asked for and have no fresh vector yet.
    """

    judged: int = 0
    open: int = 0
    withdrawn: int = 0
    not_embedded: int = 0


@dataclass(frozen=True)
class Decided:
    """`outdated` suggestions were left open: their products' categories have changed since they were made."""

    accepted: int = 0
    outdated: int = 0


def suggest_categories(
    *,
    store: Store,
    limit: int | None = None,
    min_probability: float = MIN_PROBABILITY,
    include_categorised: bool = False,
) -> SuggestReport:
    """Refresh the open suggestions of the store's products without a category, newest first, at most `limit` of them.

    With `include_categorised` also of those whose category seems to be another. Their texts name the category they
    have, so these are encoded anew without it; everything else is read from stored vectors. What a manager dismissed
    or accepted for a product is passed over, and its next best category must be as probable as any other.

    Raises NoActiveSpace, EncoderUnavailable, TooFewCategories.
    """
    space = require_active_space(store)
    labels = category_labels(categories_for_products(store))
    if len(labels) < 2:
        raise TooFewCategories
    model = inference.model_of(space)
    vectors = encode_labels(model, labels)
    report = SuggestReport(withdrawn=_withdraw_outdated(store))
    report.not_embedded = _count_not_embedded(space, include_categorised=include_categorised)
    for chunk in _chunks(space, limit=limit, include_categorised=include_categorised):
        verdicts = _judge(space, model, chunk, vectors)
        report.judged += len(chunk.ids)
        _write(store, space, chunk, _Choices(labels, verdicts, min_probability), report)
    return report


def accept_suggestions(*, suggestion_ids: Iterable[int]) -> Decided:
    """Give the products of these open suggestions the suggested category, as an import would."""
    accepted = outdated = 0
    for store, ids in _batches(suggestion_ids):
        with transaction.atomic():
            lock_store(store.pk)
            chosen = CategorySuggestion.objects.open().filter(pk__in=ids)
            stale = set(chosen.outdated().values_list("pk", flat=True))
            current = list(chosen.exclude(pk__in=stale).select_related("product", "category"))
            upsert_products(store=store, rows=[_accepted_row(each) for each in current])
            chosen.exclude(pk__in=stale).update(status=Status.ACCEPTED, decided_at=timezone.now())
        accepted += len(current)
        outdated += len(stale)
    return Decided(accepted, outdated)


def dismiss_suggestions(*, suggestion_ids: Iterable[int]) -> int:
    """Never suggest these again. The number of those that were open."""
    dismissed = 0
    for store, ids in _batches(suggestion_ids):
        with transaction.atomic():
            lock_store(store.pk)
            chosen = CategorySuggestion.objects.open().filter(pk__in=ids)
            dismissed += chosen.update(status=Status.DISMISSED, decided_at=timezone.now())
    return dismissed


@dataclass(frozen=True)
class _Chunk:
    """Products with fresh vectors: `category_ids[i]` is the category of `ids[i]` now, None without one."""

    ids: list[int]
    category_ids: list[int | None]
    vectors: Vector


@dataclass(frozen=True)
class _Choice:
    category_id: int
    probability: float
    score: float
    modality: str


@dataclass(frozen=True)
class _Choices:
    labels: Sequence[Label]
    verdicts: Sequence[Verdict | None]
    min_probability: float

    def best(self, row: int, *, passed_over: Collection[int]) -> _Choice | None:
        """The most probable category that was not decided before, if it is probable enough."""
        verdict = self.verdicts[row]
        if verdict is None:
            return None
        for at in np.argsort(-verdict.probabilities, kind="stable"):
            if verdict.probabilities[at] < self.min_probability:
                return None
            category_id = self.labels[at].category_id
            if category_id is not None and category_id not in passed_over:
                return _Choice(
                    category_id, float(verdict.probabilities[at]), float(verdict.scores[at]), verdict.modality
                )
        return None


def _judge(space: SpaceView, model: inference.Model, chunk: _Chunk, labels: LabelVectors) -> list[Verdict | None]:
    blocks = split_blocks(space, chunk.vectors)
    named = [row for row, category_id in enumerate(chunk.category_ids) if category_id is not None]
    if named:
        again = without_category(space, model, [chunk.ids[row] for row in named], chunk.vectors[named])
        for name, rows in again.items():
            blocks[name] = blocks[name].copy()
            blocks[name][named] = rows
    return judge(space, blocks, labels)


def _write(store: Store, space: SpaceView, chunk: _Chunk, choices: _Choices, report: SuggestReport) -> None:
    """Refresh the open suggestions of a chunk, under the store's lock: managers decide under it too."""
    with transaction.atomic():
        lock_store(store.pk)
        known = CategorySuggestion.objects.filter(product__in=chunk.ids)
        made = list(_suggestions(store, space, chunk, choices, known.decided()))
        were_open = {each.product_id: each for each in known.open()}
        kept = {(each.product_id, each.category_id) for each in made}
        gone = [each.pk for each in were_open.values() if (each.product_id, each.category_id) not in kept]
        known.filter(pk__in=gone).delete()
        CategorySuggestion.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["product", "category"], update_fields=_REFRESHED
        )
    report.open += len(made)
    report.withdrawn += len(were_open.keys() - {each.product_id for each in made})


def _suggestions(
    store: Store,
    space: SpaceView,
    chunk: _Chunk,
    choices: _Choices,
    decided: CategorySuggestionQuerySet,
) -> Iterator[CategorySuggestion]:
    """What is still true of the chunk: products and categories may have changed or gone while it was judged."""
    now = timezone.now()
    passed_over: dict[int, set[int]] = defaultdict(set)
    for product_id, category_id in decided.values_list("product_id", "category_id"):
        passed_over[product_id].add(category_id)
    present = dict(Product.objects.filter(pk__in=chunk.ids).values_list("pk", "category_id"))
    categories = set(Category.objects.of(store).values_list("pk", flat=True))
    for row, (product_id, category_id) in enumerate(zip(chunk.ids, chunk.category_ids, strict=True)):
        best = choices.best(row, passed_over=passed_over[product_id])
        has_changed = product_id not in present or present[product_id] != category_id
        if best is None or has_changed or best.category_id == category_id or best.category_id not in categories:
            continue
        yield CategorySuggestion(
            product_id=product_id,
            instead_of_id=category_id,
            **vars(best),
            space_id=space.id,
            encoder_id=space.encoder_id,
            created_at=now,
        )


def _withdraw_outdated(store: Store) -> int:
    return CategorySuggestion.objects.of(store).open().outdated().delete()[0]


def _chunks(space: SpaceView, *, limit: int | None, include_categorised: bool) -> Iterator[_Chunk]:
    """The products to judge that have fresh vectors, newest first."""
    left, before = limit, None
    while left is None or left > 0:
        rows = fetch(
            "SELECT p.id, p.category_id, e.vector FROM catalog_product p JOIN embeddings_embedding e"
            " ON e.space_id = %s AND e.product_id = p.id AND e.content_hash = p.content_hash"
            " WHERE p.store_id = %s AND (p.category_id IS NULL OR %s) AND (p.id < %s OR %s::bigint IS NULL)"
            " ORDER BY p.id DESC LIMIT %s",
            [space.id, space.store_id, include_categorised, before, before, min(CHUNK, left or CHUNK)],
        )
        if not rows:
            return
        ids = [row[0] for row in rows]
        yield _Chunk(ids, [row[1] for row in rows], from_columns([row[2] for row in rows], space.layout.dims))
        before, left = ids[-1], None if left is None else left - len(ids)


def _count_not_embedded(space: SpaceView, *, include_categorised: bool) -> int:
    rows = fetch(
        "SELECT count(*) FROM catalog_product p WHERE p.store_id = %s AND (p.category_id IS NULL OR %s)"
        " AND NOT EXISTS (SELECT 1 FROM embeddings_embedding e"
        " WHERE e.space_id = %s AND e.product_id = p.id AND e.content_hash = p.content_hash)",
        [space.store_id, include_categorised, space.id],
    )
    return int(rows[0][0])


def _accepted_row(suggestion: CategorySuggestion) -> ProductRow:
    return ProductRow(sku=suggestion.product.sku, facts=ProductFacts(category_path=suggestion.category.path))


def _batches(suggestion_ids: Iterable[int]) -> Iterator[tuple[Store, list[int]]]:
    chosen = CategorySuggestion.objects.filter(pk__in=list(suggestion_ids)).order_by("pk")
    by_store: dict[int, list[int]] = defaultdict(list)
    for pk, store_id in chosen.values_list("pk", "product__store_id"):
        by_store[store_id].append(pk)
    stores = Store.objects.in_bulk(by_store)
    for store_id, ids in by_store.items():
        for start in range(0, len(ids), CHUNK):
            yield stores[store_id], ids[start : start + CHUNK]
