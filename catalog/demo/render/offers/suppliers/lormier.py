"""Agence Lormier, a maker's agent in France: careful, noun first and adjectives after, rounded measures, good GTINs."""

from __future__ import annotations

from random import Random

from catalog.demo.render.offers.facts import Facts
from catalog.demo.render.offers.habits import Habit, Wording, says
from catalog.demo.render.offers.vocabulary.colours import COLOURS
from catalog.demo.render.offers.vocabulary.features import FEATURES
from catalog.demo.render.offers.vocabulary.materials import MATERIALS
from catalog.demo.render.offers.vocabulary.types import TYPES

_LABELS = {"length_cm": "L.", "width_cm": "l.", "height_cm": "H.", "depth_cm": "P.", "seat_height_cm": "assise"}
_REMARKS = (
    "Conditionné à l'unité, étui carton.",
    "Disponible sous dix jours.",
    "Fabrication en petite série ; de légères nuances sont possibles.",
    "Modèle suivi d'une saison à l'autre.",
    "Échantillon sur demande.",
)


def write(facts: Facts, told: frozenset[str], rng: Random) -> Wording:
    noun = TYPES[facts.type].fr
    named = f"{noun} {facts.line}" if facts.line and says("line", 0.55, told, rng) else noun
    features = [FEATURES[name].fr for name in facts.features if says("features", 0.8, told, rng)]
    material = MATERIALS[facts.material].fr if says("material", 0.92, told, rng) else ""
    colour = _name_colours(facts, says("accent", 0.85, told, rng))
    measures = spell_measures(facts, exact="measures" in told)
    measures = measures if says("measures", 0.7, told, rng) else ""
    pieces = f"lot de {facts.count}" if facts.count > 1 and "trio" not in facts.features else ""
    title = " ".join(filter(None, [named, *features[:1], material]))
    title = ", ".join(filter(None, [title, *features[1:], colour, measures, pieces]))
    return Wording(
        title=title,
        description=_describe(facts, "measures" in told, rng),
        brand=_spell_brand(facts.brand, rng),
        mpn=f"{noun[:2].upper()} {rng.randrange(100, 1000)}" if rng.random() < 0.3 else "",
        price=round(facts.price * rng.uniform(0.5, 0.6) * 2) / 2,
    )


def spell_measures(facts: Facts, *, exact: bool) -> str:
    return " × ".join(_spell(name, value, exact) for name, value in facts.measures.items())  # noqa: RUF001


def _spell(name: str, value: float | str, exact: bool) -> str:
    match name:
        case "capacity_ml":
            return f"{_decimal(float(value) / 10)} cl"
        case "capacity_l":
            return f"{_decimal(float(value))} L"
        case "size_cm":
            return f"{str(value).replace('x', ' × ')} cm"  # noqa: RUF001
        case "diameter_cm":
            return f"Ø {_round(value, exact)} cm"
    return f"{_LABELS[name]} {_round(value, exact)} cm"


def _round(value: float | str, exact: bool) -> str:
    """To five centimetres from forty on; the catalogue's 149 is this agent's 150."""
    number = float(value)
    return _decimal(5 * round(number / 5) if number >= 40 and not exact else number)


def _decimal(number: float) -> str:
    return f"{number:.4g}".replace(".", ",")


def _name_colours(facts: Facts, with_accent: bool) -> str:
    colour = COLOURS[facts.colour].fr
    return f"{colour} et {COLOURS[facts.accent].fr}" if facts.accent and with_accent else colour


def _spell_brand(brand: str, rng: Random) -> str:
    """The maker's name in one of the ways people write it."""
    spellings = [brand, brand, brand.upper(), brand.replace(" & ", "&"), brand.replace("&", "and"), f"{brand} Ltd"]
    return rng.choice(spellings) if brand else ""


def _describe(facts: Facts, exact: bool, rng: Random) -> str:
    kind = rng.random()
    if kind < 0.3:
        return ""
    noun, material = TYPES[facts.type].fr.lower(), MATERIALS[facts.material].fr
    colour = _name_colours(facts, True)
    if kind < 0.6:
        return f"Coloris {colour}. {rng.choice(_REMARKS)}"
    opening = rng.choice([f"Notre {noun} {material}", f"Modèle {material}", f"Pièce {material}"])
    measures = spell_measures(facts, exact=exact)
    size = f" Dimensions : {measures}." if measures and rng.random() < 0.7 else ""
    return f"{opening}, teinte {colour}.{size} {rng.choice(_REMARKS)}"


HABIT = Habit(
    slug="lormier",
    name="Agence Lormier",
    scene="coloured",
    pictured=0.8,
    right=0.7,
    wrong=0.05,
    number=lambda digest: f"LRM{digest % 10000:04d}{'ABCDEFGHJK'[digest // 10000 % 10]}{digest // 10**5 % 10}",
    spell_gtin=lambda gtin: gtin,
    write=write,
)
