"""How answers look; the same for every question."""

from typing import Any

from django.core.files.storage import default_storage
from drf_spectacular.utils import OpenApiExample, extend_schema_field
from rest_framework import serializers

from catalog.api.cards import ProductCardSerializer, spell_card, spell_price
from recommender.questions import Answer, Result

SCORE_DIGITS = 6


# One of the two by the facet's name, which OpenAPI has no words for.
_COUNTS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["value", "count"],
        "properties": {
            "value": {"type": ["string", "number", "boolean"]},
            "count": {"type": "integer", "minimum": 1},
        },
    },
}
_PRICE = {"type": ["string", "null"], "format": "decimal"}
_PRICES = {"type": "object", "required": ["min", "max"], "properties": {"min": _PRICE, "max": _PRICE}}
FACETS_SCHEMA = {"type": "object", "additionalProperties": {"oneOf": [_COUNTS, _PRICES]}}


class ExplanationSerializer(serializers.Serializer):
    contributions = serializers.DictField(
        child=serializers.FloatField(),
        help_text="What each signal brought: `visual`, `textual`, `fused`, `behaviour`, `lexical`, `personal`,"
        " `popular`, `again`, `together`, and what changed it: `tired`, `rotation`, `rule`. They add up to the score.",
    )
    reason = serializers.CharField(help_text="A stable code of the chief reason, `looks_alike`.")
    sentence = serializers.CharField(help_text="The same for people.")


class ResultSerializer(ProductCardSerializer):
    score = serializers.FloatField(
        min_value=0, max_value=1, help_text="Higher is better. 0 is no better than chance, or added by a fallback."
    )
    matched_image = serializers.CharField(
        allow_null=True, help_text="Address of the picture that matched best, of a product that has several."
    )
    explanation = ExplanationSerializer(required=False, help_text="With `explain=true`.")


@extend_schema_field(FACETS_SCHEMA)
class FacetsField(serializers.DictField):
    """Describes `_spell_facet`."""


class AnswerSerializer(serializers.Serializer):
    ranking_id = serializers.UUIDField(help_text="Send it back as `ranking_id` of the events this answer leads to.")
    space = serializers.CharField(allow_null=True, help_text="The embedding space that answered, if there is one.")
    fallback = serializers.CharField(
        allow_null=True,
        help_text="The first fallback that put something on the page: `category`, `popular`, `newest`; `lexical`: words"
        " could not be compared, and were only looked up; null: none.",
    )
    results = ResultSerializer(many=True, help_text="The page, in the order to be shown.")
    next_cursor = serializers.CharField(
        allow_null=True, help_text="`cursor` of the next page; null after the last, and after 1,000 products."
    )
    facets = FacetsField(
        required=False,
        help_text="By name: values with their counts, the most frequent first; of `price` its `min` and `max`.",
    )


EXAMPLE = OpenApiExample(
    "A page of one, explained, with facets",
    response_only=True,
    value={
        "ranking_id": "0c0ffee0-6a54-4c3e-9f0e-0a8ad6a4c1de",
        "space": "starter-4",
        "fallback": None,
        "results": [
            {
                "sku": "mug-012",
                "title": "Speckled stoneware mug",
                "brand": "Fjordlund",
                "category": "Kitchen/Mugs",
                "price": "14.50",
                "currency": "EUR",
                "image": "/media/products/3f6c.jpg",
                "score": 0.83,
                "matched_image": "/media/products/9a01.jpg",
                "explanation": {
                    "contributions": {"visual": 0.5, "textual": 0.33},
                    "reason": "looks_alike",
                    "sentence": "Looks like it.",
                },
            }
        ],
        "next_cursor": "Wg0jNXeHeNpjYGBg5GBgYAQAACoACQ",
        "facets": {"brand": [{"value": "Fjordlund", "count": 3}], "price": {"min": "9.50", "max": "39.00"}},
    },
)


def spell_answer(answer: Answer, *, cursor: str | None) -> dict[str, Any]:
    spelt = {
        "ranking_id": str(answer.ranking_id),
        "space": answer.space,
        "fallback": answer.fallback,
        "results": [_spell_result(result) for result in answer.results],
        "next_cursor": cursor,
    }
    if answer.facets is None:
        return spelt
    return spelt | {"facets": {name: _spell_facet(facet) for name, facet in answer.facets.items()}}


def _spell_facet(facet: Any) -> Any:
    """A range of prices as prices are spelt everywhere."""
    return {name: spell_price(price) for name, price in facet.items()} if isinstance(facet, dict) else facet


def _spell_result(result: Result) -> dict[str, Any]:
    spelt = {
        **spell_card(result.card),
        "score": round(result.score, SCORE_DIGITS),
        "matched_image": default_storage.url(result.picture) if result.picture else None,
    }
    if result.explanation is None:
        return spelt
    contributions = {name: round(value, 9) for name, value in result.explanation.contributions.items()}
    return spelt | {
        "explanation": {
            "contributions": contributions,
            "reason": result.explanation.reason,
            "sentence": result.explanation.sentence,
        }
    }
