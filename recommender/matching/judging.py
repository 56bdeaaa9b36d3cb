"""From offers with their vectors to verdicts: identifiers, blocking, scores, decision. Reads, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.models import Product, Store
from catalog.normalize import is_gtin
from embeddings.layout import IMAGE, TEXT
from embeddings.selectors import SpaceView, vectors_of
from recommender.matching.asked import SeenOffer
from recommender.matching.blocking import Probe, find_candidates
from recommender.matching.contract import Candidate, Matcher, Scored, Verdict
from recommender.matching.identifiers import Named, find_named, weigh
from recommender.matching.items import Item


@dataclass(frozen=True)
class Judgement:
    """`candidates` are best first; of equal ones the named, then the older."""

    verdict: Verdict
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class _Product:
    item: Item
    currency: str


def judge(store: Store, space: SpaceView | None, matcher: Matcher, offers: Sequence[SeenOffer]) -> list[Judgement]:
    """One for each offer, in order. A few searches an offer; everything else once for all of them."""
    named = find_named(store, [offer.facts.identifiers for offer in offers])
    blocks = [find_candidates(store, space, _probe(offer, found)) for offer, found in zip(offers, named, strict=True)]
    products = _load_products(store, space, {pk for block in blocks for pk in block})
    wanted = [(at, pk) for at, block in enumerate(blocks) for pk in block if pk in products]
    scores = matcher.score([_pair(offers[at], products[pk]) for at, pk in wanted])
    candidates: list[list[Candidate]] = [[] for _ in offers]
    for (at, pk), scored in zip(wanted, scores, strict=True):
        candidates[at].append(_candidate(pk, scored, offers[at].item, products[pk].item, blocks[at][pk]))
    judgements = []
    for each, found in zip(candidates, named, strict=True):
        ranked = tuple(
            sorted(each, key=lambda one: (-one.probability, one.product_id not in found.products, one.product_id))
        )
        verdict = weigh(found, ranked, matcher.decide(ranked))
        judgements.append(Judgement(verdict, ranked))
    return judgements


def _probe(offer: SeenOffer, named: Named) -> Probe:
    return Probe(offer.facts.words, offer.text_vector, offer.image_vector, offer.imagined_vector, named.products)


def _candidate(pk: int, scored: Scored, offer: Item, product: Item, sources: tuple[str, ...]) -> Candidate:
    return Candidate(
        product_id=pk,
        probability=float(scored.probability),
        contributions={name: float(share) for name, share in scored.contributions.items()},
        variant_group=product.variant_group,
        sources=sources,
        has_other_gtin=bool(offer.gtin and product.gtin and offer.gtin != product.gtin),
    )


def _pair(offer: SeenOffer, product: _Product) -> tuple[Item, Item]:
    currencies = {offer.facts.currency, product.currency} - {""}
    return (offer.item if len(currencies) < 2 else offer.item_without_price), product.item


def _load_products(store: Store, space: SpaceView | None, ids: Iterable[int]) -> dict[int, _Product]:
    """Two queries. Products deleted meanwhile are left out."""
    found = Product.objects.of(store).filter(pk__in=list(ids)).select_related("category")
    products = {product.pk: product for product in found}
    vectors = vectors_of(space, products) if space else {}
    blocks = {pk: space.layout.unpack(vector) for pk, vector in vectors.items()} if space else {}
    return {
        pk: _Product(
            Item(
                title=product.title,
                description=product.description,
                brand=product.brand,
                gtin=product.gtin if is_gtin(product.gtin) else "",
                mpn=product.mpn,
                price=None if product.price is None else float(product.price),
                category=product.category.path if product.category else "",
                attributes=product.attributes,
                variant_group=product.variant_group,
                text_vector=blocks.get(pk, {}).get(TEXT),
                image_vector=blocks.get(pk, {}).get(IMAGE),
            ),
            product.currency,
        )
        for pk, product in products.items()
    }
