"""Which supplier offers what, and what each offer says: everything about the offers but their pictures' pixels.

Every draw is seeded by the supplier and the thing offered, so a product more in the shop changes no other's offers.
Only the shares of GTINs are dealt out over each supplier's whole list, so that they are exact. Another `seed` draws
everything anew: who offers what, every word, price, GTIN and picture, and what is imitated how.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from random import Random
from typing import Protocol

from catalog.demo.render.catalogue import check_digit, make_gtin
from catalog.demo.render.model import Model
from catalog.demo.render.offers.facts import Facts, find_telling, read_facts
from catalog.demo.render.offers.habits import Habit, Wording
from catalog.demo.render.offers.lookalikes import invent_lookalike
from catalog.demo.render.offers.oddments import ODDMENTS
from catalog.demo.render.offers.suppliers import dealbarn, kontor_wiese, lormier, transmar
from catalog.demo.render.products.item import Item
from catalog.demo.render.shapes import build

HABITS = (kontor_wiese.HABIT, transmar.HABIT, dealbarn.HABIT, lormier.HABIT)
#: How many suppliers have a product, and how often.
SUPPLIERS_EACH = {0: 0.14, 1: 0.42, 2: 0.30, 3: 0.14}
#: Share of the products that somebody offers a look-alike of.
IMITATED = 0.36
ODDMENTS_EACH = 3
#: GTINs of things the shop does not sell: some with one of their own, some with the model's, some mistyped.
FOREIGN_GTINS = {"own": 0.25, "copied": 0.12, "mistyped": 0.06}


class Builder(Protocol):
    def __call__(self) -> Model: ...


@dataclass(frozen=True)
class Chance:
    """The source of all draws. That of the shop's own offers has the seed 0."""

    seed: int = 0

    def digest(self, *parts: str) -> int:
        salted = (*parts, f"seed {self.seed}") if self.seed else parts
        return int.from_bytes(sha256("|".join(salted).encode()).digest()[:8])

    def random(self, *parts: str) -> Random:
        return Random(self.digest(*parts))


@dataclass(frozen=True, kw_only=True)
class PlannedOffer:
    """`sku` is the truth, empty for what the shop lacks; `why` says it in words. `build` makes the pictured model."""

    habit: Habit
    supplier_sku: str
    wording: Wording
    gtin: str
    sku: str
    why: str
    build: Builder
    is_pictured: bool
    seed: int

    @property
    def image(self) -> str:
        return f"images/{self.habit.slug}/{self.supplier_sku}.jpg" if self.is_pictured else ""


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """A thing at a supplier's, before numbers are dealt. `model_of` is the product that a look-alike imitates."""

    chance: Chance
    habit: Habit
    key: str
    facts: Facts
    told: frozenset[str]
    build: Builder
    sku: str = ""
    model_of: str = ""
    needs_picture: bool = False

    def digest(self, purpose: str) -> int:
        return self.chance.digest(self.habit.slug, self.key, purpose)

    def random(self, purpose: str) -> Random:
        return Random(self.digest(purpose))

    def order(self) -> int:
        return self.digest("gtin")


def plan_offers(items: Sequence[Item], *, seed: int = 0) -> list[PlannedOffer]:
    """All offers, by supplier and number."""
    chance = Chance(seed)
    drafts = [*_draft_products(items, chance), *_draft_lookalikes(items, chance), *_draft_oddments(chance)]
    skus = [item.sku for item in items]
    planned = []
    for habit in HABITS:
        own = sorted((draft for draft in drafts if draft.habit == habit), key=_Draft.order)
        known, foreign = [draft for draft in own if draft.sku], [draft for draft in own if not draft.sku]
        gtins = [*_deal_gtins(habit, known, items), *_deal_foreign_gtins(foreign, skus)]
        taken: set[str] = set()
        for draft, gtin in zip([*known, *foreign], gtins, strict=True):
            planned.append(_finish(draft, gtin, taken))
    return sorted(planned, key=lambda offer: (offer.habit.slug, offer.supplier_sku))


def _draft_products(items: Sequence[Item], chance: Chance) -> Iterator[_Draft]:
    known = {item.sku: read_facts(item) for item in items}
    for item in items:
        facts = known[item.sku]
        told = find_telling(facts, [other for sku, other in known.items() if sku != item.sku])
        rng = chance.random("suppliers", item.sku)
        count = rng.choices(list(SUPPLIERS_EACH), weights=list(SUPPLIERS_EACH.values()))[0]
        for habit in rng.sample(HABITS, k=count):
            model = partial(build, item.shape, item.look)
            yield _Draft(chance=chance, habit=habit, key=item.sku, facts=facts, told=told, build=model, sku=item.sku)


def _draft_lookalikes(items: Sequence[Item], chance: Chance) -> Iterator[_Draft]:
    for item in items:
        rng = chance.random("lookalike", item.sku)
        habit = rng.choice(HABITS)
        if rng.random() >= IMITATED:
            continue
        made = invent_lookalike(item, items, rng)
        if made is None:
            continue
        yield _Draft(
            chance=chance,
            habit=habit,
            key=f"{item.sku}~",
            facts=made.facts,
            told=made.told,
            build=partial(build, item.shape, made.look),
            model_of=item.sku,
            needs_picture=made.needs_picture,
        )


def _draft_oddments(chance: Chance) -> Iterator[_Draft]:
    for oddment in ODDMENTS:
        for habit in chance.random("oddment", oddment.type).sample(HABITS, k=ODDMENTS_EACH):
            yield _Draft(
                chance=chance,
                habit=habit,
                key=oddment.type,
                facts=oddment.facts,
                told=frozenset(),
                build=oddment.build,
            )


def _finish(draft: _Draft, gtin: str, taken: set[str]) -> PlannedOffer:
    habit = draft.habit
    return PlannedOffer(
        habit=habit,
        supplier_sku=_number(draft, taken),
        wording=habit.write(draft.facts, draft.told, draft.random("wording")),
        gtin=habit.spell_gtin(gtin),
        sku=draft.sku,
        why="product" if draft.sku else f"look-alike of {draft.model_of}" if draft.model_of else "unrelated",
        build=draft.build,
        is_pictured=draft.needs_picture or draft.random("picture").random() < habit.pictured,
        seed=draft.digest("scene") % 2**31,
    )


def _number(draft: _Draft, taken: set[str]) -> str:
    """The supplier's own number; it says nothing about the thing. Those of different seeds can stand in one store."""
    series = f"P{draft.chance.seed}-" if draft.chance.seed else ""
    for attempt in range(100):
        number = series + draft.habit.number(draft.digest(f"number {attempt}"))
        if number not in taken:
            taken.add(number)
            return number
    raise ValueError(f"{draft.habit.slug} has run out of numbers.")


def _deal_gtins(habit: Habit, drafts: Sequence[_Draft], items: Sequence[Item]) -> Iterator[str]:
    right, wrong = round(habit.right * len(drafts)), round(habit.wrong * len(drafts))
    categories = {item.sku: item.category for item in items}
    for place, draft in enumerate(drafts):
        if place < right:
            yield make_gtin(draft.sku)
        elif place >= right + wrong:
            yield ""
        elif (place - right) % 2:
            yield _mistype(make_gtin(draft.sku), draft.random("typo"))
        else:
            near = [sku for sku, path in categories.items() if path == categories[draft.sku] and sku != draft.sku]
            yield make_gtin(draft.random("other").choice(near or [sku for sku in categories if sku != draft.sku]))


def _deal_foreign_gtins(drafts: Sequence[_Draft], skus: Sequence[str]) -> Iterator[str]:
    own, copied, mistyped = (round(share * len(drafts)) for share in FOREIGN_GTINS.values())
    for place, draft in enumerate(drafts):
        rng = draft.random("foreign")
        if place < own:
            yield _foreign_gtin(rng)
        elif place < own + copied:
            yield make_gtin(draft.model_of or rng.choice(skus))
        else:
            yield _mistype(_foreign_gtin(rng), rng) if place < own + copied + mistyped else ""


def _foreign_gtin(rng: Random) -> str:
    """In the 29 range, which is also kept for use inside a shop, and which no product of the catalogue has."""
    body = f"29{rng.randrange(10**10):010d}"
    return body + check_digit(body)


def _mistype(gtin: str, rng: Random) -> str:
    """One digit wrong, which every check digit notices."""
    place = rng.randrange(2, 12)
    return gtin[:place] + str((int(gtin[place]) + rng.randrange(1, 10)) % 10) + gtin[place + 1 :]
