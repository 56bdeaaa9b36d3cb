"""Kontor Wiese, a German wholesaler: noun first, material, colour, measures with a decimal comma; no brands."""

from __future__ import annotations

from random import Random

from catalog.demo.render.offers.facts import Facts
from catalog.demo.render.offers.habits import Habit, Wording, says
from catalog.demo.render.offers.vocabulary.colours import COLOURS
from catalog.demo.render.offers.vocabulary.features import FEATURES
from catalog.demo.render.offers.vocabulary.materials import MATERIALS
from catalog.demo.render.offers.vocabulary.types import TYPES

_LABELS = {
    "diameter_cm": "Ø",
    "length_cm": "L",
    "width_cm": "B",
    "height_cm": "H",
    "depth_cm": "T",
    "seat_height_cm": "SH",
}
_SHORT = {"Edelstahl": "Edelst.", "Keramik": "Ker.", "Baumwolle": "Baumw.", "massiv": "mass.", "glasiert": "glas."}
_CLOSINGS = (
    "Lieferung im Umkarton.",
    "Verkaufseinheit 1 Stück.",
    "Ab Lager, Mindestmenge 4.",
    "Abverkauf, nur solange Vorrat.",
    "Handarbeit, leichte Abweichungen möglich.",
)


def write(facts: Facts, told: frozenset[str], rng: Random) -> Wording:
    colour = _name_colours(facts, says("accent", 0.85, told, rng))
    parts = [_name_line(facts) if says("line", 0.22, told, rng) else ""]
    material = MATERIALS[facts.material].de if says("material", 0.92, told, rng) else ""
    if rng.random() < 0.3:
        for long, short in _SHORT.items():
            material = material.replace(long, short)
    features = [FEATURES[name].de for name in facts.features if says("features", 0.75, told, rng)]
    measures = spell_measures(facts, all_of_them=says("measures", 0.55, told, rng))
    pieces = f"{facts.count}er-Set" if facts.count > 1 else ""
    body = [material, *features, colour]
    if rng.random() < 0.25:  # "Teller weiß Porzellan"
        body = [colour, material, *features]
    parts += [*body, measures, pieces] if rng.random() < 0.75 else [measures, *body, pieces]
    title = " ".join([TYPES[facts.type].de, *filter(None, parts)])
    return Wording(
        title=title,
        description=_describe(facts, rng),
        brand="",
        mpn="",
        price=round(facts.price * rng.uniform(0.46, 0.57), 2),
    )


def spell_measures(facts: Facts, *, all_of_them: bool) -> str:
    spelled = [_spell(name, value) for name, value in facts.measures.items()]
    return " ".join(spelled if all_of_them else spelled[:1])


def _spell(name: str, value: float | str) -> str:
    number = str(value).replace(".", ",")
    match name:
        case "capacity_ml":
            return f"{float(value) / 1000:.3g} L".replace(".", ",")
        case "capacity_l":
            return f"{number} L"
        case "size_cm":
            return f"{number} cm"
    return f"{_LABELS[name]} {number} cm"


def _name_line(facts: Facts) -> str:
    return f"„{facts.line}“" if facts.line else ""


def _name_colours(facts: Facts, with_accent: bool) -> str:
    colour = COLOURS[facts.colour].de
    if not facts.accent or not with_accent:
        return colour
    return f"{colour}/{COLOURS[facts.accent].de}"


def _describe(facts: Facts, rng: Random) -> str:
    kind = rng.random()
    if kind < 0.4:
        return ""
    colour, material = _name_colours(facts, True), MATERIALS[facts.material].de
    if kind < 0.75:
        lines = [f"Material: {material}", f"Farbe: {colour}"]
        if facts.measures:
            lines.append(f"Maße: {spell_measures(facts, all_of_them=True)}")
        return "; ".join(lines) + "."
    opening = f"{TYPES[facts.type].de} aus {material}" if rng.random() < 0.5 else f"Ware aus {material}"
    return f"{opening}, Farbton {colour}. {rng.choice(_CLOSINGS)}"


HABIT = Habit(
    slug="kontor-wiese",
    name="Kontor Wiese Großhandel",
    scene="cutout",
    pictured=0.85,
    right=0.45,
    wrong=0.10,
    number=lambda digest: f"{100 + digest % 900}-{digest // 900 % 10000:04d}",
    spell_gtin=lambda gtin: gtin,
    write=write,
)
