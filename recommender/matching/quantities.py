"""Numbers with units in product texts, each in the one unit of its dimension: `0.5 l` and `500ml` are the same.

Pure. A quantity is (dimension, value); what has no unit we know is (NUMBER, value).
"""

from __future__ import annotations

import re
from functools import lru_cache

NUMBER = "number"
Quantity = tuple[str, float]

# dimension -> {unit: factor to the dimension's base}. Storage counts in thousands: makers and shops do.
_UNITS: dict[str, dict[str, float]] = {
    "volume": {
        "ml": 1, "cl": 10, "dl": 100, "l": 1000, "ltr": 1000, "liter": 1000, "litre": 1000, "liters": 1000,
        "litres": 1000, "floz": 29.5735, "oz": 29.5735,  # shops write oz for both; of liquids more often
    },
    "length": {
        "mm": 1, "cm": 10, "m": 1000, "meter": 1000, "metre": 1000, "in": 25.4, "inch": 25.4, "inches": 25.4,
        '"': 25.4, "'": 25.4, "''": 25.4, "”": 25.4, "ft": 304.8, "feet": 304.8, "foot": 304.8, "zoll": 25.4,
    },
    "weight": {"mg": 0.001, "g": 1, "gr": 1, "kg": 1000, "lb": 453.592, "lbs": 453.592},
    "storage": {"kb": 1e-3, "mb": 1, "gb": 1e3, "gig": 1e3, "go": 1e3, "tb": 1e6, "to": 1e6},
    "power": {"w": 1, "watt": 1, "watts": 1, "kw": 1000},
    "voltage": {"v": 1, "volt": 1, "volts": 1},
    "charge": {"mah": 1, "ah": 1000},
    "frequency": {"hz": 1e-6, "khz": 1e-3, "mhz": 1, "ghz": 1e3},
    "pixels": {"mp": 1, "megapixel": 1, "megapixels": 1, "mpixel": 1, "mpix": 1},
    "lines": {"p": 1, "i": 1},
    "zoom": {"x": 1},
    "count": {
        "pack": 1, "pk": 1, "packs": 1, "pcs": 1, "pc": 1, "piece": 1, "pieces": 1, "pair": 2, "ct": 1, "count": 1,
        "sheets": 1, "user": 1, "users": 1, "license": 1, "licenses": 1, "set": 1, "stück": 1, "st": 1,
    },
    "speed": {"rpm": 1, "mbps": 1, "gbps": 1000},
    "channels": {"port": 1, "ports": 1, "channel": 1, "channels": 1, "ch": 1},
    "time": {"years": 1, "year": 1, "yr": 1},
}  # fmt: skip
_UNIT_OF = {unit: (dimension, factor) for dimension, units in _UNITS.items() for unit, factor in units.items()}
_VALUE = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+[.,]\d+|\d+|\.\d+"
_QUANTITY = re.compile(
    rf"(?:(?<![\w.,/-])|(?<=\d-))(?P<value>{_VALUE})(?P<gap>\s*-?\s*)(?P<unit>fl\.?\s?oz|''|[\"'”]|[a-zü]+)?(?![\w])",
    re.IGNORECASE,
)
_PACK_OF = re.compile(r"\b(?:pack|set|box|case|lot)\s+of\s+(\d+)\b", re.IGNORECASE)
# Side by side with a space, these are words far more often than units: "5 to 7", "10 in 1", "series 3 v ...".
_ONLY_GLUED = {"to", "in", "go", "i", "p", "m", "st", "v", "x"}
LARGEST = 1e9
# Sisters of a family have one description, and products come back with the next offers; up to 2 kB each.
TEXTS_REMEMBERED = 2_048


@lru_cache(maxsize=TEXTS_REMEMBERED)
def read_quantities(text: str) -> frozenset[Quantity]:
    """All numbers that stand alone in a lower-case text, with the unit that follows them if we know it."""
    found = {("count", float(number)) for number in _PACK_OF.findall(text) if len(number) < 7}
    for match in _QUANTITY.finditer(_PACK_OF.sub(" ", text)):
        quantity = _read(match["value"], match["gap"], match["unit"] or "")
        if quantity is not None:
            found.add(quantity)
    return frozenset(found)


def _read(value: str, gap: str, unit: str) -> Quantity | None:
    amount = _to_number(value)
    if amount > LARGEST:
        return None
    name = re.sub(r"[.\s]", "", unit.lower())
    if name in _UNIT_OF and not (gap and name in _ONLY_GLUED):
        dimension, factor = _UNIT_OF[name]
        return dimension, float(f"{amount * factor:.3g}")
    if unit and not gap:  # `12xl3`, `b50` and the like are codes, not numbers
        return None
    return NUMBER, amount


def _to_number(text: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return float(text.replace(",", ""))
    return float(text.replace(",", "."))
