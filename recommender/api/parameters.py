"""What requests may say. Every refusal names the field, and so does every unknown one: a typo is never ignored."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.api.strict import StrictSerializer
from catalog.models.products import Availability
from embeddings.layout import Weights
from recommender.filter_language import FilterError, parse_filters
from recommender.filters import Filters
from recommender.pipeline import (
    LEXICAL_WEIGHT,
    PERSONAL_WEIGHTS,
    PHOTO_WEIGHTS,
    SIMILAR_WEIGHTS,
    TEXT_AND_PHOTO_WEIGHTS,
    TEXT_WEIGHTS,
)

MAX_LIMIT = 100
MAX_TEXT = 2_000
MAX_WEIGHT = 1_000

WEIGHT_FIELDS = ("visual", "textual", "fused")
FILTER_FIELDS = ("category", "brand", "min_price", "max_price", "available")
OBTAINABLE = tuple(value for value in Availability.values if value != Availability.OUT_OF_STOCK)


class WeightField(serializers.FloatField):
    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, min_value=0, **{"max_value": MAX_WEIGHT, **options})

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool):
            self.fail("invalid")
        try:
            value = super().to_internal_value(data)
        except OverflowError:  # a JSON integer of more than 308 digits
            self.fail("invalid")
        if math.isnan(value):
            self.fail("invalid")
        return value


@extend_schema_field({"type": "object", "additionalProperties": True})
class FiltersField(serializers.Field):
    """A filter tree, in a query string or a form as JSON; `Parameters` parses it, to name the place that is wrong."""

    def __init__(self, **options: Any) -> None:
        super().__init__(help_text="A filter tree, see the README; in a query string as JSON.", **options)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            return data
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise serializers.ValidationError("Must be JSON.", code="invalid") from error


def _parse_filters(data: Any) -> Filters:
    try:
        return parse_filters(data)
    except FilterError as error:
        place = f"filters.{error.field}" if error.field else "filters"
        raise serializers.ValidationError({place: [serializers.ErrorDetail(error.message, error.code)]}) from error


class Parameters(StrictSerializer):
    """What every question takes: how many, what counts how much, and narrowed to what."""

    limit = serializers.IntegerField(min_value=1, max_value=MAX_LIMIT, default=10)
    diversity = WeightField(max_value=1, help_text="0: the most alike; towards 1 the page shows less of the same.")
    visual = WeightField(help_text="How much looks count; not given, the endpoint's default.")
    textual = WeightField(help_text="How much descriptions count; not given, the endpoint's default.")
    fused = WeightField(help_text="How much looks and description count as one, where the space has that; default 0.")
    category = serializers.CharField(
        required=False,
        max_length=600,
        help_text="A path, `Kitchen/Mugs`, with everything below it; unknown: no results.",
    )
    brand = serializers.CharField(required=False, max_length=200)
    min_price = serializers.DecimalField(12, 2, required=False, min_value=0)
    max_price = serializers.DecimalField(12, 2, required=False, min_value=0)
    available = serializers.BooleanField(
        required=False, help_text="`true`: without what is out of stock; `false`: only that."
    )
    filters = FiltersField(required=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        low, high = given.get("min_price"), given.get("max_price")
        if low is not None and high is not None and low > high:
            raise serializers.ValidationError({"min_price": "Must not be above max_price."}, code="above_max_price")
        if "filters" in given:
            given["filters"] = _parse_filters(given["filters"])
        return given

    @property
    def eligible(self) -> Filters:
        """The filter tree and the short fields, which all hold at once."""
        given = self._given((*FILTER_FIELDS, "filters"))
        available = given.get("available")
        return Filters(
            categories=(given["category"],) if "category" in given else (),
            brands=(given["brand"],) if "brand" in given else (),
            min_price=given.get("min_price"),
            max_price=given.get("max_price"),
            availability=() if available is None else OBTAINABLE if available else (Availability.OUT_OF_STOCK.value,),
            all_of=(given["filters"],) if "filters" in given else (),
        )

    @property
    def weights(self) -> Weights:
        """The endpoint's weights, with those that were given in their place. Raises LayoutError."""
        return replace(self.default_weights, **self._given(WEIGHT_FIELDS))

    @property
    def default_weights(self) -> Weights:
        raise NotImplementedError

    def _given(self, names: tuple[str, ...]) -> dict[str, Any]:
        return {name: self.validated_data[name] for name in names if name in self.validated_data}


class SimilarParameters(Parameters):
    default_weights = SIMILAR_WEIGHTS


class RecommendationParameters(Parameters):
    shopper = serializers.CharField(max_length=128, help_text="The storefront's name for the shopper, as in events.")

    default_weights = PERSONAL_WEIGHTS


class SearchParameters(Parameters):
    """At least one of the words and the photo."""

    text = serializers.CharField(required=False, allow_blank=True, max_length=MAX_TEXT)
    q = serializers.CharField(required=False, allow_blank=True, max_length=MAX_TEXT, help_text="The same as `text`.")
    image_url = serializers.URLField(
        required=False, max_length=2_000, help_text="Address of a photo, fetched from here."
    )
    lexical = WeightField(help_text=f"How much having the very words counts; default {LEXICAL_WEIGHT}.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        given = super().validate(given)
        if "text" in given and "q" in given:
            raise serializers.ValidationError({"q": "Give text or q, not both."}, code="ambiguous")
        if "image" in given and "image_url" in given:
            raise serializers.ValidationError({"image_url": "Give image or image_url, not both."}, code="ambiguous")
        given["text"] = given.get("text") or given.pop("q", "")
        if not (given["text"] or self.has_photo(given)):
            raise serializers.ValidationError({"text": "Give text, a photo or both."}, code="required")
        return given

    @staticmethod
    def has_photo(given: Mapping[str, Any]) -> bool:
        return "image" in given or "image_url" in given

    @property
    def default_weights(self) -> Weights:
        if not self.has_photo(self.validated_data):
            return TEXT_WEIGHTS
        return TEXT_AND_PHOTO_WEIGHTS if self.validated_data["text"] else PHOTO_WEIGHTS


class SearchUpload(SearchParameters):
    """With a photo as multipart/form-data."""

    image = serializers.FileField(required=False, help_text="A JPEG, PNG, WebP or GIF.")
