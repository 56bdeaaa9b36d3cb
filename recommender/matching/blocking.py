"""The few products an offer can be: a union of what resembles its text, its picture, its words and its identifiers.

Each way of looking finds what the others miss: pictures need no common language, words find names and models that a
vector blurs, vectors find what is said in other words, and a joint encoder finds pictures of what the text says. Their
lists are taken in turns, the best of each first, after the products that identifiers name, so that no list can crowd
out another; unpublished products are looked for too, for an offer of one is no new product. What was merged into
another is not: the other stands for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.models import Product, Store
from embeddings.layout import IMAGE, TEXT, Part, Term, Vector, Weights, compose
from embeddings.search import nearest
from embeddings.selectors import SpaceView
from recommender.candidates.lexical import cover

MAX_CANDIDATES = 20
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


def find_candidates(store: Store, space: SpaceView | None, probe: Probe) -> dict[int, tuple[str, ...]]:
    """product id -> who brought it up, at most MAX_CANDIDATES. Four searches at most."""
    products = Product.objects.of(store).unmerged()
    lists: dict[str, Sequence[int]] = {}
    asked = ((TEXT, TEXT, probe.text_vector), (IMAGE, IMAGE, probe.image_vector), (LOOKS, IMAGE, probe.imagined_vector))
    for source, block, vector in asked:
        if space is not None and vector is not None and vector.any() and block in space.layout.names:
            modality = TEXT if source == LOOKS else block
            weights = Weights(visual=float(block == IMAGE), textual=float(block == TEXT))
            query = compose(space.layout, space.calibration, [Term({block: Part(modality, vector)})], weights)
            found = nearest(space, query, products=products, limit=MAX_CANDIDATES, exclude=probe.exclude)
            lists[source] = [hit.product_id for hit in found.hits]
    covering = cover(store, probe.words, eligible=products, limit=MAX_CANDIDATES, exclude=probe.exclude)
    lists[WORDS] = list(covering)
    return take_turns(probe.named or {}, lists, limit=MAX_CANDIDATES)


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
