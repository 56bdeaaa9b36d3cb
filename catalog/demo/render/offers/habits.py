"""What makes one supplier's offers theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from catalog.demo.render.offers.facts import Facts

INCH = 2.54
FLUID_OUNCE = 29.5735  # millilitres
QUART = 0.946353  # litres


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What the supplier writes of their own; GTIN, number and picture come from the plan."""

    title: str
    description: str
    brand: str
    mpn: str
    price: float


#: Facts, the names of those that have to be said, and chance.
Writer = Callable[[Facts, frozenset[str], Random], Wording]


@dataclass(frozen=True, kw_only=True)
class Habit:
    """`scene` is one of `scenes.SNAPSHOTS`, `pictured` the share of offers with a picture. Of the offers of catalogue
    products, `right` have the product's GTIN, `wrong` another or a mistyped one, the rest none.
    """

    slug: str
    name: str
    scene: str
    pictured: float
    right: float
    wrong: float
    number: Callable[[int], str]
    spell_gtin: Callable[[str], str]
    write: Writer


def says(name: str, share: float, told: frozenset[str], rng: Random) -> bool:
    """Whether an offer states a fact: always what it has to, else at its habit's share. Draws either way, so that one
    fact more that has to be told leaves the rest of the wording alone.
    """
    return rng.random() < share or name in told
