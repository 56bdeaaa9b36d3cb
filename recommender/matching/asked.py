"""Offers, stored or sent along with a question, as matching reads them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import PurePosixPath

from catalog.content import compose_text
from catalog.models import Offer
from embeddings.layout import Vector
from recommender.matching.identifiers import Identifiers
from recommender.matching.items import Item


@dataclass(frozen=True)
class AskedOffer:
    """What a supplier says. `image` is the storage name of the picture, if it is stored; `supplier` is a slug."""

    title: str
    description: str = ""
    brand: str = ""
    gtin: str = ""
    mpn: str = ""
    price: Decimal | None = None
    currency: str = ""
    image: str = ""
    supplier: str = ""

    @cached_property
    def text(self) -> str:
        """As a product's text is composed, so that their vectors can be compared."""
        return compose_text(title=self.title, description=self.description, brand=self.brand)

    @cached_property
    def text_hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def words(self) -> str:
        return f"{self.title} {self.brand} {self.mpn}"

    @property
    def image_hash(self) -> str:
        """A stored picture is named by its hash."""
        return PurePosixPath(self.image).stem

    @property
    def identifiers(self) -> Identifiers:
        return Identifiers(gtin=self.gtin, mpn=self.mpn, brand=self.brand)


@dataclass(frozen=True)
class SeenOffer:
    """An offer with the vectors one encoder made of it."""

    facts: AskedOffer
    text_vector: Vector | None = None
    image_vector: Vector | None = None
    # What the text would look like, in the space of pictures, of encoders that can tell.
    imagined_vector: Vector | None = None
    palette: Vector | None = None

    @cached_property
    def item(self) -> Item:
        facts = self.facts
        return Item(
            title=facts.title,
            description=facts.description,
            brand=facts.brand,
            gtin=facts.identifiers.trusted_gtin,
            mpn=facts.mpn,
            price=None if facts.price is None else float(facts.price),
            currency=facts.currency,
            text_vector=self.text_vector,
            image_vector=self.image_vector,
            imagined_vector=self.imagined_vector,
            palettes=() if self.palette is None else (self.palette,),
            supplier=facts.supplier,
        )


def read_offer(offer: Offer) -> AskedOffer:
    return AskedOffer(
        title=offer.title,
        description=offer.description,
        brand=offer.brand,
        gtin=offer.gtin,
        mpn=offer.mpn,
        price=offer.price,
        currency=offer.currency,
        image=str(offer.image),
        supplier=offer.supplier.slug,
    )
