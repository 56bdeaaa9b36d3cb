"""How answers look; the same for every question."""

from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from catalog.api.cards import ProductCardSerializer, spell_card
from recommender.pipeline import Answer

SCORE_DIGITS = 6


class ResultSerializer(ProductCardSerializer):
    score = serializers.FloatField(
        min_value=0, max_value=1, help_text="Higher is better. 0 is no better than chance, or added by a fallback."
    )


class AnswerSerializer(serializers.Serializer):
    ranking_id = serializers.UUIDField(help_text="Send it back as `ranking_id` of the events this answer leads to.")
    space = serializers.CharField(allow_null=True, help_text="The embedding space that answered, if there is one.")
    fallback = serializers.CharField(
        allow_null=True,
        help_text="The first fallback that put something on the page: `category`, `popular`, `newest`; null: none.",
    )
    results = ResultSerializer(many=True)


EXAMPLE = OpenApiExample(
    "A page of one",
    response_only=True,
    value={
        "ranking_id": "0c0ffee0-6a54-4c3e-9f0e-0a8ad6a4c1de",
        "space": "starter-2",
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
            }
        ],
    },
)


def spell_answer(answer: Answer) -> dict[str, Any]:
    return {
        "ranking_id": str(answer.ranking_id),
        "space": answer.space,
        "fallback": answer.fallback,
        "results": [
            {**spell_card(result.card), "score": round(result.score, SCORE_DIGITS)} for result in answer.results
        ],
    }
