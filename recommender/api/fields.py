"""Fields of requests that DRF has none for. Each names the part that is wrong."""

import math
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.images import Region

_SIDES = ("x", "y", "w", "h")
# What binary fractions leave over: 0.7 + 0.3 and the like.
_ROUNDING = 1e-9


@extend_schema_field(
    {
        "oneOf": [
            {
                "type": "object",
                "properties": {
                    "x": {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
                    "y": {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
                    "w": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                    "h": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                },
                "required": list(_SIDES),
                "additionalProperties": False,
            },
            {"type": "string", "examples": ["0.25,0,0.5,0.5"]},
        ]
    }
)
class ImageRegionField(serializers.Field):
    """A part of the request's photo: `{"x": 0.25, "y": 0, "w": 0.5, "h": 0.5}` in JSON, `0.25,0,0.5,0.5` elsewhere."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            help_text="Search by a part of the photo as it stands upright: left edge, upper edge, width and height in"
            " shares of 1; in a query string or a form as `x,y,w,h`.",
            **options,
        )

    def to_internal_value(self, data: Any) -> Region:
        sides = _split(data) if isinstance(data, str) else data
        if not isinstance(sides, Mapping):
            raise _refusal("Must be an object, or text like 0.25,0,0.5,0.5.")
        if sides.keys() != set(_SIDES):
            raise _refusal("Give x, y, w and h, and nothing else.")
        return _inside(Region(**{side: _share(side, sides[side]) for side in _SIDES}))

    def to_representation(self, value: Region) -> dict[str, float]:
        return {side: getattr(value, side) for side in _SIDES}


def _split(text: str) -> dict[str, str]:
    numbers = text.split(",")
    if len(numbers) != len(_SIDES):
        raise _refusal("Write x,y,w,h: four numbers from 0 to 1.")
    return dict(zip(_SIDES, numbers, strict=True))


def _share(side: str, given: Any) -> float:
    try:
        value = math.nan if isinstance(given, bool) else float(given)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not 0 <= value <= 1:
        raise _side_refusal(side, "Must be a number from 0 to 1.", "invalid")
    return value


def _inside(region: Region) -> Region:
    for start, length in (("x", "w"), ("y", "h")):
        extent = getattr(region, length)
        if extent == 0:
            raise _side_refusal(length, "Must be more than 0.", "empty")
        if getattr(region, start) + extent > 1 + _ROUNDING:
            raise _side_refusal(length, f"Reaches beyond the photo: {start} + {length} is above 1.", "outside")
    return region


def _refusal(message: str) -> serializers.ValidationError:
    return serializers.ValidationError(message, code="invalid")


def _side_refusal(side: str, message: str, code: str) -> serializers.ValidationError:
    return serializers.ValidationError({side: [serializers.ErrorDetail(message, code)]})
