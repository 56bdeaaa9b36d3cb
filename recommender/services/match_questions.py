"""One offer, matched while somebody waits; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.models import Product, Store
from embeddings import inference
from embeddings.query_cache import encode_query
from embeddings.selectors import SpaceView, active_space
from recommender.matching.asked import AskedOffer, SeenOffer
from recommender.matching.contract import Candidate, Verdict
from recommender.matching.judging import judge
from recommender.matching.seeing import imagine
from recommender.services.matchers import active_matcher

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class Answer:
    """`candidates` are best first, and `products` has all of them and the verdict's. `version` is the matcher's number,
    None for the shipped one."""

    offer: AskedOffer
    space: SpaceView | None
    version: int | None
    accept_at: float
    reject_below: float
    verdict: Verdict
    candidates: tuple[Candidate, ...]
    products: Mapping[int, Product]

    @property
    def sku(self) -> str | None:
        return None if self.verdict.product_id is None else self.products[self.verdict.product_id].sku


def ask(*, store: Store, offer: AskedOffer, photo: Image | None, limit: int) -> Answer:
    """Raises EncoderUnavailable."""
    space, active = active_space(store), active_matcher(store)
    [judgement] = judge(store, space, active.matcher, [_see(space, offer, photo)])
    candidates = judgement.candidates[:limit]
    wanted = {each.product_id for each in candidates} | {judgement.verdict.product_id} - {None}
    products = Product.objects.of(store).with_card().in_bulk(list(wanted))
    return Answer(
        offer=offer,
        space=space,
        version=active.number,
        accept_at=active.matcher.accept_at,
        reject_below=active.matcher.reject_below,
        verdict=judgement.verdict,
        candidates=tuple(each for each in candidates if each.product_id in products),
        products=products,
    )


def _see(space: SpaceView | None, offer: AskedOffer, photo: Image | None) -> SeenOffer:
    if space is None:
        return SeenOffer(offer)
    model = inference.model_of(space)
    text = encode_query(model, offer.text)[0]
    looks = None if photo is None else model.encode_images([photo])[0]
    return SeenOffer(offer, text, looks, imagine(space, [text])[0])
