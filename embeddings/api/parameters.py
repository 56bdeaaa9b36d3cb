"""What may be asked of zero-shot classification."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.api.strict import StrictSerializer
from embeddings.labels import MAX_PHRASES, PLACEHOLDER, Label, phrase

MAX_LABELS = 200
MAX_LABEL = 200
MAX_TEMPLATES = MAX_TEXTS = 8
MAX_TEXT = 2_000


class LabelSerializer(StrictSerializer):
    label: Any = serializers.CharField(max_length=MAX_LABEL)
    texts = serializers.ListField(
        child=serializers.CharField(max_length=MAX_LABEL), min_length=1, max_length=MAX_TEXTS, required=False
    )


_TEXT = {"type": "string", "maxLength": MAX_LABEL}
_TEXTS = {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": MAX_TEXTS}
_LABEL = {"type": "object", "required": ["label"], "properties": {"label": _TEXT, "texts": _TEXTS}}


@extend_schema_field({"oneOf": [_TEXT, _LABEL]})
class LabelField(serializers.Field):
    """A string, or an object of label and texts."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            given: dict[str, Any] = LabelSerializer().run_validation(dict(data))
            return given
        return {"label": serializers.CharField(max_length=MAX_LABEL).run_validation(data)}


class ClassifyParameters(StrictSerializer):
    """A product or a photo, a text, or one of the first with a text."""

    sku = serializers.CharField(required=False, max_length=128, help_text="A product, by its stored vector.")
    image_url = serializers.URLField(
        required=False, max_length=2_000, help_text="Address of a photo, fetched from here."
    )
    text = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_TEXT, help_text="With a sku, in place of the product's text."
    )
    labels = serializers.ListField(
        child=LabelField(),
        required=False,
        min_length=2,
        max_length=MAX_LABELS,
        help_text=(
            "What it may be: strings, or objects of `label` and the `texts` it is compared as, in place of the"
            " templates; default the store's categories. As form data, repeat the field or send a JSON array."
        ),
    )
    templates = serializers.ListField(
        child=serializers.CharField(max_length=MAX_LABEL),
        required=False,
        min_length=1,
        max_length=MAX_TEMPLATES,
        help_text=f"Ways to say a label, each with {PLACEHOLDER}; default the label, and `a photo of {PLACEHOLDER}`.",
    )
    limit = serializers.IntegerField(min_value=1, max_value=MAX_LABELS, default=10)

    def validate_templates(self, templates: list[str]) -> list[str]:
        if any(PLACEHOLDER not in template for template in templates):
            raise serializers.ValidationError(f"Every template must contain {PLACEHOLDER}.", code="no_placeholder")
        return templates

    def validate_labels(self, labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({label["label"] for label in labels}) < len(labels):
            raise serializers.ValidationError("A label may be given once.", code="duplicate")
        return labels

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        things = [name for name in ("sku", "image", "image_url") if name in given]
        if len(things) > 1:
            raise serializers.ValidationError({things[1]: f"Give {things[0]} or {things[1]}, not both."}, "ambiguous")
        if not things and not given.get("text"):
            raise serializers.ValidationError(
                {"sku": "Give a sku, a photo, a text, or text with one of them."}, "required"
            )
        if sum(len(label.texts) for label in labels_of(given) or []) > MAX_PHRASES:
            message = f"Labels may be said in {MAX_PHRASES} ways in all: fewer labels, texts or templates."
            raise serializers.ValidationError({"labels": message}, "too_many_texts")
        return given


class ClassifyUpload(ClassifyParameters):
    """With a photo as multipart/form-data."""

    image = serializers.FileField(required=False, help_text="A JPEG, PNG, WebP or GIF.")


def labels_of(given: Mapping[str, Any]) -> list[Label] | None:
    if "labels" not in given:
        return None
    ways = given.get("templates")
    said = {} if ways is None else {"templates": ways}
    return [
        Label(each["label"], tuple(each["texts"]) if "texts" in each else phrase(each["label"], **said))
        for each in given["labels"]
    ]
