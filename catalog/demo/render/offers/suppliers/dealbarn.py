"""DealBarn, a marketplace trader: every word a shopper may type, shouting, discounts, unreliable brands."""

from __future__ import annotations

from random import Random

from catalog.demo.render.offers.facts import Facts
from catalog.demo.render.offers.habits import FLUID_OUNCE, INCH, Habit, Wording, says
from catalog.demo.render.offers.vocabulary.colours import COLOURS
from catalog.demo.render.offers.vocabulary.materials import MATERIALS
from catalog.demo.render.offers.vocabulary.types import TYPES
from catalog.demo.render.products import item as brands

_BRANDS = (brands.LOAM, brands.CORVIN, brands.OSTRA, brands.HAVNBY, brands.VALE, brands.TESSEL, brands.WILLOW)
_HYPE = ("NEW", "NEW!", "HOT", "2026 NEW", "Premium", "Luxury", "Best Seller")
_TAILS = ("FREE SHIPPING", "Gift Idea", "Home Decor", "Fast Delivery", "Nordic Style", "Housewarming Gift", "UK Seller")
_ROOMS = {
    "Kitchen & Dining": "Kitchen Dining",
    "Furniture": "Living Room Bedroom",
    "Lighting": "Bedroom Living Room",
    "Textiles": "Sofa Bed",
    "Storage": "Organizer Home",
    "Audio": "Home Office",
}
_PITCHES = (
    "You will love this {type}! Colour {colour}, made of {material}.",
    "Brand new {type} in {colour}. Great as a present.",
    "{material} {type}, looks great in any room!!! Order today, sent tomorrow.",
    "Upgrade your home with our {type}. What you get: 1 x {type} ({colour}).",
    "Top quality {material}. Colours may look different on your screen.",
)
_PROMISES = (
    "30 days money back.",
    "Please message us before leaving bad feedback.",
    "Ships in 24h, no returns on sale items.",
    "Measured by hand, allow 1-2 cm.",
)


def write(facts: Facts, told: frozenset[str], rng: Random) -> Wording:
    colour, material = COLOURS[facts.colour], MATERIALS[facts.material]
    brand = _pick_brand(facts, rng)
    words = [rng.choice(_HYPE) if rng.random() < 0.6 else ""]
    words.append(brand if rng.random() < 0.4 else "")
    words.append(facts.line if says("line", 0.5, told, rng) else "")
    words.append(facts.colour.title())
    if facts.accent and says("accent", 0.7, told, rng):
        words.append(f"& {facts.accent.title()}")
    stated = facts.material if says("material", 0.6, told, rng) else material.plain
    words.append(stated.title())
    words += [name.title() for name in facts.features if says("features", 0.7, told, rng)]
    words.append(facts.type.title())
    words += [word.title() for word in rng.sample(TYPES[facts.type].also, k=rng.choice([1, 2]))]
    if colour.plain not in facts.colour and rng.random() < 0.6:
        words.append(colour.plain.title())
    measures = [_spell(name, value) for name, value in facts.measures.items()]
    words += measures if says("measures", 0.6, told, rng) else []
    words.append(f"Set of {facts.count}" if facts.count > 1 else "")
    words.append(_ROOMS.get(facts.category.split("/")[0], "Home") if rng.random() < 0.5 else "")
    title = " ".join(filter(None, words))
    for tail in rng.sample(_TAILS, k=rng.choice([0, 1, 1, 2])):
        title += rng.choice([" - ", " | ", " ★ "]) + tail
    return Wording(
        title=title,
        description=_describe(facts, rng),
        brand=brand,
        mpn=f"{rng.choice(['DB', 'HX', 'QZ', 'JY'])}-{rng.randrange(100, 10000)}" if rng.random() < 0.7 else "",
        price=_discount(facts.price, rng),
    )


def _pick_brand(facts: Facts, rng: Random) -> str:
    """Missing, invented or another's, more often than the maker's own."""
    chance, other = rng.random(), rng.choice(_BRANDS)
    if chance < 0.42:
        return facts.brand
    if chance < 0.57:
        return other
    return "" if chance < 0.8 else rng.choice(["Generic", "Unbranded", "DealBarn"])


def _spell(name: str, value: float | str) -> str:
    match name:
        case "capacity_ml":
            return f"{value}ml {round(float(value) / FLUID_OUNCE)}oz"
        case "capacity_l":
            return f"{value}L"
        case "size_cm":
            return f"{value}cm {'x'.join(str(round(float(side) / INCH)) for side in str(value).split('x'))}inch"
    return f"{value}cm"


def _describe(facts: Facts, rng: Random) -> str:
    if rng.random() < 0.15:
        return ""
    names = {"type": facts.type, "colour": facts.colour, "material": MATERIALS[facts.material].plain}
    pitch = rng.choice(_PITCHES).format(**names)
    sentences = [pitch[0].upper() + pitch[1:]]
    if facts.measures and rng.random() < 0.4:
        sentences.append("Size: " + ", ".join(_spell(name, value) for name, value in facts.measures.items()) + ".")
    if rng.random() < 0.6:
        sentences.append(rng.choice(_PROMISES))
    return " ".join(sentences)


def _discount(price: float, rng: Random) -> float:
    return max(round(price * rng.uniform(0.62, 1.02)), 2) - 0.01


HABIT = Habit(
    slug="dealbarn",
    name="DealBarn Marketplace",
    scene="phone",
    pictured=0.75,
    right=0.25,
    wrong=0.3,
    number=lambda digest: f"DB{digest % 36**3:05d}X{digest // 36**3 % 1000:03d}",
    spell_gtin=lambda gtin: f"{gtin[:1]} {gtin[1:7]} {gtin[7:]}" if gtin else "",
    write=write,
)
