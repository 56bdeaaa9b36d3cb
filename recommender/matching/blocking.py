"""The few products an offer can be: a union of what resembles its text, its picture, its words and its identifiers.

Each way of looking finds what the others miss: pictures need no common language, words find names and models that a
vector blurs, vectors find what is said in other words, and a joint encoder finds pictures of what the text says. Their
lists are taken in turns, the best of each first, after the products that identifiers name, so that no list can crowd
out another; unpublished products are looked for too, for an offer of one is no new product. What was merged into
another is not: the other stands for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog.models import Product, Store
from catalog.querysets import ProductQuerySet
from embeddings.layout import IMAGE, TEXT, Part, Query, Term, Vector, Weights, compose
from embeddings.search import nearest_to_each
from embeddings.selectors import SpaceView
from recommender.candidates.lexical import cover

MAX_CANDIDATES = 20
# Vectors looked for in one statement.
SEARCHES_AT_ONCE = 16
WORDS, LOOKS = "words", "looks"


@dataclass(frozen=True)
class Probe:
    """What is looked for: words, vectors of the space's encoder where there are any, and products named already."""

    words: str
    text_vector: Vector | None = None
    image_vector: Vector | None = None
    # What the text would look like, in the space of pictures, of encoders that can tell.
    imagined_vector: Vector | None = None
    named: Mapping[int, tuple[str, ...]] | None = None
    # Of a product that asks for itself: its own id.
    exclude: tuple[int, ...] = ()


def find_candidates(store: Store, space: SpaceView | None, probes: Sequence[Probe]) -> list[dict[int, tuple[str, ...]]]:
    """For each probe, in order: product id -> who brought it up, at most MAX_CANDIDATES. A few statements for the
    vectors of all, and a few for the words of each."""
    products = Product.objects.of(store).unmerged()
    resembling = _find_resembling(space, products, probes) if space else [{} for _ in probes]
    return [
        take_turns(probe.named or {}, {**lists, WORDS: _find_covering(store, products, probe)}, limit=MAX_CANDIDATES)
        for probe, lists in zip(probes, resembling, strict=True)
    ]


def _find_resembling(
    space: SpaceView, products: ProductQuerySet, probes: Sequence[Probe]
) -> list[dict[str, list[int]]]:
    """For each probe, what is nearest to each vector that it has."""
    searches = [
        (at, source, query) for at, probe in enumerate(probes) for source, query in _compose_queries(space, probe)
    ]
    most_excluded = max((len(probe.exclude) for probe in probes), default=0)
    found: list[dict[str, list[int]]] = [{} for _ in probes]
    for start in range(0, len(searches), SEARCHES_AT_ONCE):
        asked = searches[start : start + SEARCHES_AT_ONCE]
        queries, limit = [query for _, _, query in asked], MAX_CANDIDATES + most_excluded
        answers = nearest_to_each(space, queries, products=products, limit=limit, share_a_page=False)
        for (at, source, _), answer in zip(asked, answers, strict=True):
            ids = [hit.product_id for hit in answer.hits if hit.product_id not in probes[at].exclude]
            found[at][source] = ids[:MAX_CANDIDATES]
    return found


def _compose_queries(space: SpaceView, probe: Probe) -> Iterator[tuple[str, Query]]:
    asked = ((TEXT, TEXT, probe.text_vector), (IMAGE, IMAGE, probe.image_vector), (LOOKS, IMAGE, probe.imagined_vector))
    for source, block, vector in asked:
        if vector is not None and vector.any() and block in space.layout.names:
            modality = TEXT if source == LOOKS else block
            weights = Weights(visual=float(block == IMAGE), textual=float(block == TEXT))
            yield source, compose(space.layout, space.calibration, [Term({block: Part(modality, vector)})], weights)


def _find_covering(store: Store, products: ProductQuerySet, probe: Probe) -> list[int]:
    return list(cover(store, probe.words, eligible=products, limit=MAX_CANDIDATES, exclude=probe.exclude, very=True))


def take_turns(
    named: Mapping[int, tuple[str, ...]], lists: Mapping[str, Sequence[int]], *, limit: int
) -> dict[int, tuple[str, ...]]:
    """The named, then the first of each list, then the second, up to `limit`; each with all that have it."""
    longest = max((len(ids) for ids in lists.values()), default=0)
    turns = (ids[place] for place in range(longest) for ids in lists.values() if place < len(ids))
    taken = list(dict.fromkeys([*named, *turns]))[:limit]
    having: list[tuple[str, set[int]]] = [(source, set(ids)) for source, ids in lists.items()]
    return {pk: (*named.get(pk, ()), *_sources(pk, having)) for pk in taken}


def _sources(pk: int, having: Iterable[tuple[str, set[int]]]) -> tuple[str, ...]:
    return tuple(source for source, ids in having if pk in ids)
