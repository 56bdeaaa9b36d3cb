"""Transmar Trading, an export from an ERP: capitals, no accents, abbreviations, ounces and inches, 48 characters."""

from __future__ import annotations

import unicodedata
from random import Random

from catalog.demo.render.offers.facts import Facts
from catalog.demo.render.offers.habits import FLUID_OUNCE, INCH, QUART, Habit, Wording, says
from catalog.demo.render.offers.vocabulary.colours import COLOURS
from catalog.demo.render.offers.vocabulary.features import FEATURES
from catalog.demo.render.offers.vocabulary.materials import MATERIALS
from catalog.demo.render.offers.vocabulary.types import TYPES

#: The field's width in the ERP. What does not fit is left out, the last words first.
WIDTH = 48
_AXES = {"length_cm": "L", "width_cm": "W", "height_cm": "H", "depth_cm": "D", "seat_height_cm": "SEAT H"}


def write(facts: Facts, told: frozenset[str], rng: Random) -> Wording:
    accent = COLOURS[facts.accent].erp if facts.accent and says("accent", 0.7, told, rng) else ""
    colour = f"{COLOURS[facts.colour].erp}/{accent}" if accent else COLOURS[facts.colour].erp
    material = MATERIALS[facts.material].erp if says("material", 0.85, told, rng) else ""
    features = [FEATURES[name].erp for name in facts.features if says("features", 0.6, told, rng)]
    measures = [spell_measure(name, value) for name, value in facts.measures.items()]
    measures = measures if says("measures", 0.7, told, rng) else []
    line = plain(facts.line) if says("line", 0.5, told, rng) else ""
    maker = _abbreviate(facts.brand) if rng.random() < 0.6 else ""
    pack = f"{facts.count}PK" if facts.count > 1 else ""
    words = [TYPES[facts.type].erp, material, colour, *features, *measures, pack, line, maker]
    needed = {"material": [material], "features": features, "measures": measures, "line": [line]}
    kept = {colour, pack, *(word for name in told for word in needed.get(name, []))}
    return Wording(
        title=_fit(words, kept),
        description=_describe(facts, rng),
        brand=maker if rng.random() < 0.6 else "",
        mpn=_part_number(facts, rng) if rng.random() < 0.6 else "",
        price=round(facts.price * rng.uniform(0.4, 0.53), 2),
    )


def spell_measure(name: str, value: float | str) -> str:
    match name:
        case "capacity_ml":
            return f"{round(float(value) / FLUID_OUNCE)}OZ"
        case "capacity_l":
            return f"{float(value) / QUART:.1f}QT"
        case "diameter_cm":
            return f"{_inches(value)}IN DIA"
        case "size_cm":
            return "X".join(_inches(side) for side in str(value).split("x")) + "IN"
    return f"{_inches(value)}IN {_AXES[name]}"


def plain(text: str) -> str:
    """Capitals without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()


def _inches(value: float | str) -> str:
    return f"{float(value) / INCH:.1f}"


def _abbreviate(brand: str) -> str:
    """`Loam & Kiln` as L&K, `Havnby` as HAVN."""
    words = plain(brand).split()
    if "&" in words:
        return "&".join(word[0] for word in words if word != "&")
    return "".join(word[0] for word in words) if len(words) > 1 else "".join(words)[:4]


def _fit(words: list[str], kept: set[str]) -> str:
    """The title within its width: of what may go, the last goes first."""
    chosen = [word for word in words if word]
    for place in range(len(chosen) - 1, 0, -1):
        if len(" ".join(chosen)) <= WIDTH:
            break
        if chosen[place] not in kept:
            del chosen[place]
    return " ".join(chosen)


def _describe(facts: Facts, rng: Random) -> str:
    if rng.random() < 0.62:
        return ""
    fields = [f"MATL: {plain(facts.material)}", f"CLR: {plain(facts.colour)}"]
    fields += [f"DIM: {spell_measure(name, value)}" for name, value in facts.measures.items()]
    fields.append(f"CTN QTY {rng.choice([2, 4, 6, 12, 24])}")
    if rng.random() < 0.4:
        fields.append(f"WHSE {rng.choice('ABCDE')}{rng.randrange(10, 60)}")
    return " / ".join(fields)


def _part_number(facts: Facts, rng: Random) -> str:
    letters = plain(facts.type).replace(" ", "").replace("-", "")[:3]
    return f"{letters}{rng.randrange(1000, 10000)}{rng.choice('ABCX')}"


HABIT = Habit(
    slug="transmar",
    name="Transmar Trading",
    scene="warehouse",
    pictured=0.6,
    right=0.5,
    wrong=0.15,
    number=lambda digest: f"TM{digest % 10**6:06d}",
    spell_gtin=lambda gtin: gtin.zfill(14) if gtin else "",
    write=write,
)
