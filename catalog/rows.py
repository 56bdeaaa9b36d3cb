"""What passes between a reader of facts (a feed, a request) and the services that write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypedDict

MAX_PICTURES = 20


class Severity(StrEnum):
    ERROR = "error"  # the row was not taken
    WARNING = "warning"  # the row was taken, without this part


@dataclass(frozen=True)
class Issue:
    field: str
    code: str
    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True)
class UrlPicture:
    """A picture still to be fetched."""

    url: str


@dataclass(frozen=True)
class FilePicture:
    """A picture that lies in the folder given with the feed."""

    name: str


@dataclass(frozen=True)
class StoredPicture:
    """A verified picture, already in storage under its own hash."""

    file: str
    sha256: str
    source_sha256: str
    width: int
    height: int


Picture = UrlPicture | FilePicture | StoredPicture


class ProductFacts(TypedDict, total=False):
    """A fact that is absent stays as it is stored; an empty one is cleared."""

    title: str
    description: str
    brand: str
    category_path: str
    price: Decimal | None
    currency: str
    gtin: str
    mpn: str
    variant_group: str
    attributes: dict[str, Any]
    availability: str
    is_published: bool


@dataclass(frozen=True)
class ProductRow:
    """One product as its source tells it: clean, within every limit. `pictures` None leaves the stored ones alone."""

    sku: str
    facts: ProductFacts
    pictures: tuple[Picture, ...] | None = None


class OfferFacts(TypedDict, total=False):
    """As with products: what is absent stays, what is empty is cleared. `image` is the name of a stored file."""

    title: str
    description: str
    brand: str
    gtin: str
    mpn: str
    price: Decimal | None
    currency: str
    image: str


@dataclass(frozen=True)
class OfferRow:
    """One offer as its supplier tells it, by the supplier's slug and number. `picture` is still to be stored."""

    supplier: str
    supplier_sku: str
    facts: OfferFacts
    picture: FilePicture | None = None


class Status(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True)
class RowOutcome:
    sku: str
    status: Status
    issues: tuple[Issue, ...] = ()


def count_outcomes(outcomes: list[RowOutcome]) -> Mapping[Status, int]:
    counts = dict.fromkeys(Status, 0)
    for outcome in outcomes:
        counts[outcome.status] += 1
    return counts
