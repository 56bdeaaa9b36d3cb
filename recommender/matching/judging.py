"""From offers with their vectors to verdicts: identifiers, blocking, scores, decision. Reads, and writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog.models import Product, ProductImage, Store
from catalog.normalize import is_gtin
from embeddings.colours import palettes_of
from embeddings.features import known_features
from embeddings.layout import IMAGE, TEXT, Vector
from embeddings.selectors import SpaceView, vectors_of
from recommender.matching.asked import SeenOffer
from recommender.matching.blocking import Probe, find_candidates
from recommender.matching.contract import Candidate, Matcher, Scored, SideBySide, Verdict
from recommender.matching.identifiers import Named, find_named, weigh
from recommender.matching.items import Item
from recommender.matching.seeing import imagine

# Of one product; who shows twenty shows the same thing again.
MAX_PICTURES = 6


@dataclass(frozen=True)
class Judgement:
    """`candidates` are best first; of equal ones the named, then the older."""

    verdict: Verdict
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Gathered:
    """What may be an offer: which products its identifiers name, and all candidates with who brought them up."""

    named: Named
    sources: Mapping[int, tuple[str, ...]]
    items: Mapping[int, Item]


def judge(store: Store, space: SpaceView | None, matcher: Matcher, offers: Sequence[SeenOffer]) -> list[Judgement]:
    """One for each offer, in order. A few searches an offer; everything else once for all of them."""
    translate = matcher.translate if isinstance(matcher, SideBySide) else None
    gathered = gather(store, space, offers, translate=translate, with_pictures=isinstance(matcher, SideBySide))
    pairs = [(offer.item, item) for offer, each in zip(offers, gathered, strict=True) for item in each.items.values()]
    scores = iter(matcher.score(pairs))
    return [_judge_one(matcher, offer, each, scores) for offer, each in zip(offers, gathered, strict=True)]


def gather(
    store: Store,
    space: SpaceView | None,
    offers: Sequence[SeenOffer],
    *,
    translate: Callable[[str], str] | None = None,
    with_pictures: bool = False,
) -> list[Gathered]:
    """The candidates of each offer, in order. `translate` says an offer's words in the shop's; `with_pictures` the
    products come with each of their pictures, and with what their texts would look like."""
    named = find_named(store, [offer.facts.identifiers for offer in offers])
    probes = [_probe(offer, found, translate) for offer, found in zip(offers, named, strict=True)]
    blocks = find_candidates(store, space, probes)
    wanted = {pk for block in blocks for pk in block}
    has_colours = with_pictures and any(offer.palette is not None for offer in offers)
    products = load_items(store, space, wanted, with_pictures=with_pictures, with_palettes=has_colours)
    return [
        Gathered(found, block, {pk: products[pk] for pk in block if pk in products})
        for found, block in zip(named, blocks, strict=True)
    ]


def load_items(
    store: Store, space: SpaceView | None, ids: Iterable[int], *, with_pictures: bool, with_palettes: bool = False
) -> dict[int, Item]:
    """Two queries, two more with each picture, and one with their colours. Products deleted meanwhile are left out."""
    found = Product.objects.of(store).filter(pk__in=list(ids)).select_related("category")
    products = {product.pk: product for product in found}
    vectors = vectors_of(space, products) if space else {}
    blocks = {pk: space.layout.unpack(vector) for pk, vector in vectors.items()} if space else {}
    texts = {pk: block[TEXT] for pk, block in blocks.items() if block.get(TEXT) is not None}
    imagined = dict(zip(texts, imagine(space, list(texts.values())), strict=True)) if space and with_pictures else {}
    shown = _shown_by(products) if space and with_pictures else []
    pictures = _by_product(shown, known_features(space.encoder_id, {sha for _, sha, _ in shown})) if space else {}
    palettes = _by_product(shown, palettes_of({sha: file for _, sha, file in shown})) if with_palettes else {}
    return {
        pk: Item(
            title=product.title,
            description=product.description,
            brand=product.brand,
            gtin=product.gtin if is_gtin(product.gtin) else "",
            mpn=product.mpn,
            price=None if product.price is None else float(product.price),
            currency=product.currency,
            category=product.category.path if product.category else "",
            attributes=product.attributes,
            variant_group=product.variant_group,
            text_vector=texts.get(pk),
            image_vector=blocks.get(pk, {}).get(IMAGE),
            imagined_vector=imagined.get(pk),
            pictures=tuple(pictures.get(pk, ())),
            palettes=tuple(palettes.get(pk, ())),
        )
        for pk, product in products.items()
    }


# Product, hash and file of a picture.
_Shown = tuple[int, str, str]


def _shown_by(product_ids: Iterable[int]) -> list[_Shown]:
    """Each product's first MAX_PICTURES."""
    shown = ProductImage.objects.filter(product__in=list(product_ids), position__lt=MAX_PICTURES).exclude(sha256="")
    return list(shown.order_by("product", "position").values_list("product", "sha256", "file"))


def _by_product(shown: Sequence[_Shown], known: Mapping[str, Vector]) -> dict[int, list[Vector]]:
    found: dict[int, list[Vector]] = {}
    for pk, sha256, _ in shown:
        if sha256 in known:
            found.setdefault(pk, []).append(known[sha256])
    return found


def _judge_one(matcher: Matcher, offer: SeenOffer, gathered: Gathered, scores: Iterator[Scored]) -> Judgement:
    """Takes as many scores as there are candidates."""
    candidates = [
        _candidate(pk, next(scores), offer.item, item, gathered.sources[pk]) for pk, item in gathered.items.items()
    ]
    named = gathered.named
    candidates.sort(key=lambda one: (-one.probability, one.product_id not in named.products, one.product_id))
    judged = matcher.decide(candidates)
    is_weighed = isinstance(matcher, SideBySide)
    verdict = weigh(named, candidates, judged, accept_at=matcher.accept_at, is_weighed=is_weighed)
    return Judgement(verdict, tuple(candidates))


def _probe(offer: SeenOffer, named: Named, translate: Callable[[str], str] | None) -> Probe:
    words = offer.facts.words
    if translate is not None:
        words = f"{words} {translate(words)}"
    return Probe(words, offer.text_vector, offer.image_vector, offer.imagined_vector, named.products)


def _candidate(pk: int, scored: Scored, offer: Item, product: Item, sources: tuple[str, ...]) -> Candidate:
    return Candidate(
        product_id=pk,
        probability=float(scored.probability),
        contributions={name: float(share) for name, share in scored.contributions.items()},
        variant_group=product.variant_group,
        sources=sources,
        has_other_gtin=bool(offer.gtin and product.gtin and offer.gtin != product.gtin),
    )
