"""What requests may say. Every refusal names the field, and so does every unknown one: a typo is never ignored."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.utils.serializer_helpers import BindingDict

from catalog.api.strict import StrictSerializer
from catalog.models.products import Availability
from recommender.api.fields import ImageRegionField
from recommender.cursors import MAX_LENGTH
from recommender.facets import ATTRIBUTE, FACETS
from recommender.filter_language import MAX_DEPTH, MAX_OBJECTS, MAX_VALUES_IN_ALL, FilterError, parse_filters
from recommender.filters import Filters
from recommender.mix import WEIGHT_NAMES
from recommender.pipeline import SCENARIOS

MAX_LIMIT = 100
MAX_TEXT = 2_000
MAX_WEIGHT = 1_000
MAX_SKUS = 50
MAX_FACETS = 20

FILTER_FIELDS = ("category", "brand", "min_price", "max_price", "available")
SORTS = ("relevance", "price", "-price", "newest")
OBTAINABLE = tuple(value for value in Availability.values if value != Availability.OUT_OF_STOCK)
# Given more than once in a query string or a form, as a list in JSON.
LISTS = ("like", "unlike", "facets", "basket")


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


class _JSONField(serializers.Field):
    """An object, in a query string or a form spelt as JSON."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            return data
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise serializers.ValidationError("Must be JSON.", code="invalid") from error


_FILTERS = (
    "A filter tree, see the README; in a query string as JSON."
    f" At most {MAX_DEPTH} levels, {MAX_OBJECTS} objects and {MAX_VALUES_IN_ALL} values."
)


@extend_schema_field({"type": "object", "additionalProperties": True})
class FiltersField(_JSONField):
    """A filter tree; `Parameters` parses it, to name the place that is wrong."""

    def __init__(self, **options: Any) -> None:
        super().__init__(help_text=_FILTERS, **options)


class WeightsSerializer(StrictSerializer):
    """How much each signal counts. What is not given is as the scenario has it."""

    visual = WeightField(help_text="Looks.")
    textual = WeightField(help_text="Descriptions.")
    fused = WeightField(help_text="Looks and description as one, where the space has that.")
    behaviour = WeightField(help_text="Being chosen by the same shoppers.")
    lexical = WeightField(help_text="Having the words, or words near them in meaning.")
    personal = WeightField(help_text="Likeness to what the shopper is interested in, beside what is asked for.")
    popular = WeightField(help_text="What many look at these days.")
    again = WeightField(help_text="What this shopper comes back to.")
    together = WeightField(help_text="What is bought with the products asked for.")


@extend_schema_field(WeightsSerializer)
class WeightsField(_JSONField):
    def to_internal_value(self, data: Any) -> dict[str, float]:
        weights = WeightsSerializer(data=super().to_internal_value(data))
        weights.is_valid(raise_exception=True)
        return dict(weights.validated_data)


class FacetField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if name not in FACETS and not (name.startswith(ATTRIBUTE) and name != ATTRIBUTE):
            raise serializers.ValidationError(
                f"Must be one of {', '.join(FACETS)}, or {ATTRIBUTE}NAME.", "invalid_choice"
            )
        return name


def _parse_filters(data: Any) -> Filters:
    try:
        return parse_filters(data)
    except FilterError as error:
        place = f"filters.{error.field}" if error.field else "filters"
        raise serializers.ValidationError({place: [serializers.ErrorDetail(error.message, error.code)]}) from error


def _weight(name: str) -> WeightField:
    return WeightField(help_text=f"Short for `weights`.`{name}`.")


class Parameters(StrictSerializer):
    """What every question takes: how many, what counts how much, narrowed to what, for whom, shown how."""

    limit = serializers.IntegerField(min_value=1, max_value=MAX_LIMIT, default=10)
    cursor = serializers.CharField(
        required=False, max_length=MAX_LENGTH, help_text="`next_cursor` of the page before, with the same question."
    )
    shopper = serializers.CharField(
        required=False, max_length=128, help_text="The storefront's name for the shopper, as in events."
    )
    diversity = WeightField(
        max_value=1,
        help_text="0: the most alike; towards 1 the page shows less of the same, below its first two fifths.",
    )
    min_score = WeightField(max_value=1, help_text="Nothing below it is shown, and nothing is filled up.")
    sort = serializers.ChoiceField(
        SORTS, default="relevance", help_text="Of the 200 most relevant; `price` and `-price`: those without come last."
    )
    collapse = serializers.BooleanField(
        default=True, help_text="Of a variant group one product is shown. Variants of what is asked for never are."
    )
    facets = serializers.ListField(
        child=FacetField(max_length=200),
        required=False,
        max_length=MAX_FACETS,
        help_text="Count values among the 200 most relevant: `category`, `brand`, `availability`, `price`,"
        " `attributes.NAME`; in a query string the name again and again.",
    )
    explain = serializers.BooleanField(default=False, help_text="Say why each result is there.")
    weights = WeightsField(required=False, help_text="Weights by name; in a query string as JSON.")
    visual = _weight("visual")
    textual = _weight("textual")
    fused = _weight("fused")
    behaviour = _weight("behaviour")
    personal = _weight("personal")
    popular = _weight("popular")
    again = _weight("again")
    together = _weight("together")
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
        for name in given.get("weights", {}):
            if name in given:
                raise serializers.ValidationError({name: f"Give {name} or weights.{name}, not both."}, code="ambiguous")
        return given

    @cached_property
    def fields(self) -> BindingDict:
        """Shared, for they hold nothing of a request: to copy forty of them takes 1 ms."""
        return _fields_of(type(self))

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
    def given_weights(self) -> dict[str, float]:
        return {**self.validated_data.get("weights", {}), **self._given(WEIGHT_NAMES)}

    def _given(self, names: tuple[str, ...]) -> dict[str, Any]:
        return {name: self.validated_data[name] for name in names if name in self.validated_data}


@lru_cache
def _fields_of(kind: type[Parameters]) -> BindingDict:
    return super(Parameters, kind()).fields


class RecommendationParameters(Parameters):
    shopper = serializers.CharField(
        required=False, max_length=128, help_text="As in events. Without: what anybody would want here."
    )
    scenario = serializers.ChoiceField(list(SCENARIOS), default="home", help_text="Where it is shown.")
    sku = serializers.CharField(
        required=False, max_length=128, help_text="The product whose page it is; for `product` alone."
    )
    basket = serializers.ListField(
        child=serializers.CharField(max_length=128),
        required=False,
        min_length=1,
        max_length=MAX_SKUS,
        help_text="What is in the basket; for `basket` alone; in a query string the name again and again.",
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        given = super().validate(given)
        scenario, needed = given["scenario"], {"product": "sku", "basket": "basket"}
        for name, field in needed.items():
            if (field in given) != (scenario == name):
                says = f"Scenario {name} needs it." if scenario == name else f"Only scenario {name} takes it."
                code = "required" if scenario == name else "ambiguous"
                raise serializers.ValidationError({field: says}, code=code)
        if scenario == "home" and "shopper" not in given:
            raise serializers.ValidationError({"shopper": "Scenario home needs it."}, code="required")
        return given


class SearchParameters(Parameters):
    """At least one of words, a photo and products to be like."""

    text = serializers.CharField(required=False, allow_blank=True, max_length=MAX_TEXT)
    q = serializers.CharField(required=False, allow_blank=True, max_length=MAX_TEXT, help_text="The same as `text`.")
    negative_text = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_TEXT, help_text="What it should not be: `leather`."
    )
    image_url = serializers.URLField(
        required=False, max_length=2_000, help_text="Address of a photo, fetched from here."
    )
    image_region = ImageRegionField(required=False)
    sku = serializers.CharField(required=False, max_length=128, help_text="The same as one `like`.")
    like = serializers.ListField(
        child=serializers.CharField(max_length=128),
        required=False,
        max_length=MAX_SKUS,
        help_text="Products to be like; in a query string the name again and again.",
    )
    unlike = serializers.ListField(
        child=serializers.CharField(max_length=128),
        required=False,
        max_length=MAX_SKUS,
        help_text="Products not to be like.",
    )
    lexical = _weight("lexical")
    feedback = serializers.BooleanField(
        default=True, help_text="Ask words alone a second time, beside the product that answered them best."
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        given = super().validate(given)
        if "text" in given and "q" in given:
            raise serializers.ValidationError({"q": "Give text or q, not both."}, code="ambiguous")
        if "image" in given and "image_url" in given:
            raise serializers.ValidationError({"image_url": "Give image or image_url, not both."}, code="ambiguous")
        if "image_region" in given and not given.keys() & {"image", "image_url"}:
            raise serializers.ValidationError({"image_region": "There is no photo to be a part of."}, code="no_photo")
        given["text"] = given.get("text") or given.pop("q", "")
        if not (given["text"] or given.get("like") or given.keys() & {"sku", "image", "image_url"}):
            message = "Give text, a photo, products to be like, or several of them."
            raise serializers.ValidationError({"text": message}, code="required")
        return given


class SearchUpload(SearchParameters):
    """With a photo as multipart/form-data."""

    image = serializers.FileField(required=False, help_text="A JPEG, PNG, WebP or GIF.")


def read_fields(data: QueryDict) -> dict[str, Any]:
    """Fields of a query string or a form; those that may be given more than once as lists."""
    return {name: data.getlist(name) if name in LISTS else data[name] for name in data}


def spell_question(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked, as JSON can, without photos: what a cursor belongs to and a ranking remembers."""
    return {name: value for name, value in given.items() if name not in ("cursor", "image")}
