"""Which of a store's products are probably one and the same: each asked as if it were an offer of the others.

Candidates, features and probability are those of offers; vectors are the stored ones, so no encoder is called. Nothing
is accepted by itself. A pair is scored one way, the older product as the offer, whichever of the two is asked, so that
its probability is the pair's own. Reads, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from catalog.models import Store
from embeddings.selectors import SpaceView
from recommender.matching.blocking import Probe, find_candidates
from recommender.matching.contract import Matcher, Scored
from recommender.matching.identifiers import GTIN, MPN, Identifiers, Named, find_named
from recommender.matching.items import Item
from recommender.matching.judging import load_items

logger = structlog.get_logger(__name__)

# A pair is shown when it is likelier one product than two. Of offers people see far less likely candidates too, for an
# offer probably is one of them; hardly any product has a twin, and at the offers' threshold the demo shop, which has no
# duplicates, had 913 pairs of 267 products to look at.
LIKELY = 0.5

Ids = tuple[int, int]


@dataclass(frozen=True)
class Twins:
    """`ids` in order. `why` says what makes them worth a person's look."""

    ids: Ids
    probability: float
    contributions: Mapping[str, float]
    sources: tuple[str, ...]
    why: str


def find_twins(
    store: Store,
    space: SpaceView | None,
    matcher: Matcher,
    product_ids: Collection[int],
    *,
    also: Iterable[Ids],
    never: Collection[Ids],
) -> list[Twins]:
    """The pairs of these products with any of the store's that a person should see, each once, in order.

    `also` are pairs to be scored whatever is found, `never` those not to be. A few searches a product; everything else
    once for all of them.
    """
    asked = load_items(store, space, product_ids, with_pictures=False)
    named = dict(zip(asked, find_named(store, [_identifiers(each) for each in asked.values()]), strict=True))
    sources: dict[Ids, tuple[str, ...]] = dict.fromkeys(also, ())
    probes = [_probe(pk, product, named[pk]) for pk, product in asked.items()]
    for pk, found in zip(asked, find_candidates(store, space, probes), strict=True):
        for other, found_by in found.items():
            pair = (min(pk, other), max(pk, other))
            sources[pair] = tuple(dict.fromkeys((*sources.get(pair, ()), *found_by)))
    others = {pk for pair in sources for pk in pair} - asked.keys()
    products = asked | load_items(store, space, others, with_pictures=False)
    items = {
        (one, other): (products[one], products[other])
        for one, other in sorted(sources.keys() - set(never))
        if one in products and other in products
    }
    wanted = [pair for pair, both in items.items() if GTIN in sources[pair] or not _are_variants(*both)]
    # A copy each: who compares an offer's candidates side by side must not set twins against each other.
    scores = _score(matcher, [(replace(items[pair][0]), items[pair][1]) for pair in wanted])
    return [
        Twins(
            pair,
            float(scored.probability),
            {name: float(share) for name, share in scored.contributions.items()},
            sources[pair],
            why,
        )
        for pair, scored in zip(wanted, scores, strict=True)
        if scored and (why := _reason(matcher, items[pair], sources[pair], float(scored.probability)))
    ]


def _score(matcher: Matcher, pairs: Sequence[tuple[Item, Item]]) -> Sequence[Scored | None]:
    """All at once; if that fails, pair by pair, so that one poisonous product costs only its own pairs."""
    try:
        return matcher.score(pairs)
    except Exception:
        logger.exception("scoring failed; trying pair by pair", pairs=len(pairs))
    return [_score_alone(matcher, pair) for pair in pairs]


def _score_alone(matcher: Matcher, pair: tuple[Item, Item]) -> Scored | None:
    try:
        return matcher.score([pair])[0]
    except Exception:  # what a model or a text raises is not ours to foresee
        logger.exception("pair can't be scored", titles=[item.title for item in pair])
        return None


def _probe(pk: int, product: Item, named: Named) -> Probe:
    words = f"{product.title} {product.brand} {product.mpn}"
    others = {other: kinds for other, kinds in named.products.items() if other != pk}
    return Probe(words, product.text_vector, product.image_vector, named=others, exclude=(pk,))


def _identifiers(product: Item) -> Identifiers:
    return Identifiers(gtin=product.gtin, mpn=product.mpn, brand=product.brand)


def shown_from(matcher: Matcher) -> float:
    """The probability from which people see a pair."""
    return max(LIKELY, matcher.reject_below)


def _reason(matcher: Matcher, items: tuple[Item, Item], found_by: Collection[str], probability: float) -> str:
    """Nothing where nobody need look. Two GTINs are two products, unless everything else says otherwise."""
    one, other = items
    has_two_gtins = bool(one.gtin and other.gtin) and one.gtin != other.gtin
    if shared := _shared_identifier(found_by, has_two_gtins=has_two_gtins):
        return shared if probability >= shown_from(matcher) else f"{shared}, but the rest differs"
    if probability < (matcher.accept_at if has_two_gtins else shown_from(matcher)):
        return ""
    if has_two_gtins:
        return "very much alike, but has another GTIN"
    return "very much alike" if probability >= matcher.accept_at else "alike"


def _shared_identifier(found_by: Collection[str], *, has_two_gtins: bool) -> str:
    """By which one names the other: one that few enough products share."""
    if GTIN in found_by:
        return "same GTIN"
    return "same maker's number and brand" if MPN in found_by and not has_two_gtins else ""


def _are_variants(one: Item, other: Item) -> bool:
    return bool(one.variant_group) and one.variant_group == other.variant_group
