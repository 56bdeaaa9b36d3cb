"""The endpoint that says what a product, a photo or a text most probably is."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import Http404, QueryDict
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.authentication import store_of
from catalog.api.parsers import BoundedJSONParser, BoundedMultiPartParser
from catalog.api.photos import open_photo
from catalog.models import Product, Scope, Store
from embeddings.api.parameters import ClassifyParameters, ClassifyUpload, labels_of
from embeddings.api.problems import told_to_the_caller
from embeddings.classification import Classification, ClassificationRefused, NotEmbedded, classify

MAX_FIELDS_BYTES = 1024 * 1024
DIGITS = 6


class ChoiceSerializer(serializers.Serializer):
    label: Any = serializers.CharField()
    category = serializers.CharField(required=False, help_text="The path, where the labels are the store's categories.")
    probability = serializers.FloatField(
        min_value=0, max_value=1, help_text="Among the candidate labels; those of all labels sum to 1."
    )
    score = serializers.FloatField(
        min_value=0, max_value=1, help_text="Likeness by itself, as search scores: near 0 for all labels, none fits."
    )


class ClassificationSerializer(serializers.Serializer):
    space = serializers.CharField()
    encoder = serializers.CharField()
    modality = serializers.ChoiceField(["image", "text", "both"], help_text="What was compared with the labels.")
    calibration = serializers.ChoiceField(
        ["store", "default"], help_text="`store`: fitted on the store's own products; `default`: it has too few."
    )
    labels = ChoiceSerializer(many=True, help_text="The likeliest, best first.")
    rest = serializers.FloatField(min_value=0, max_value=1, help_text="The probability of all labels not listed.")


EXAMPLES = [
    OpenApiExample("A product among the store's categories", request_only=True, value={"sku": "mug-012", "limit": 2}),
    OpenApiExample(
        "A photo among labels of your own",
        request_only=True,
        value={
            "image_url": "https://example.com/photo.jpg",
            "labels": ["glass", {"label": "metal", "texts": ["made of steel", "made of brass"]}],
        },
    ),
    OpenApiExample(
        "Two of the store's categories",
        response_only=True,
        value={
            "space": "starter-4",
            "encoder": "starter-4@8c082804c1ec",
            "modality": "both",
            "calibration": "store",
            "labels": [
                {"label": "Mugs", "category": "Kitchen/Mugs", "probability": 0.91, "score": 0.74},
                {"label": "Bowls", "category": "Kitchen/Bowls", "probability": 0.06, "score": 0.41},
            ],
            "rest": 0.03,
        },
    ),
]


class NotEmbeddedYet(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "not_embedded"
    default_detail = "The product has no vector yet: try again soon, or send its photo and text."


class ClassifyView(APIView):
    required_scope = Scope.READ
    parser_classes = [BoundedJSONParser, BoundedMultiPartParser]

    @property
    def max_body_bytes(self) -> int:
        """A photo and the fields around it."""
        return int(settings.KINDRED_IMAGE_MAX_BYTES) + MAX_FIELDS_BYTES

    @extend_schema(
        operation_id="classify",
        request={"application/json": ClassifyParameters, "multipart/form-data": ClassifyUpload},
        responses=ClassificationSerializer,
        examples=EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """Which labels, or categories of the store, fit a product, a photo or a text, and how probably.

        Nothing is trained for it. Probabilities compare the given labels with each other and always sum to 1, so one
        is the likeliest even where none fits; then every `score` is low. A product's text names its category, if it
        has one. With an encoder whose pictures and texts share no space, texts alone are compared.
        """
        parameters = ClassifyUpload(data=_body(request))
        parameters.is_valid(raise_exception=True)
        given = parameters.validated_data
        store = store_of(request)
        product = _find_product(store, given["sku"]) if "sku" in given else None
        with told_to_the_caller(), _refusals():
            answer = classify(
                store=store,
                labels=labels_of(given),
                templates=given.get("templates"),
                product=product,
                photo=open_photo(given),
                text=given.get("text", ""),
                limit=given["limit"],
            )
        return Response(_spell(answer))


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except NotEmbedded as error:
        raise NotEmbeddedYet from error
    except ClassificationRefused as error:
        detail = serializers.ErrorDetail(error.message, error.code)
        raise serializers.ValidationError({error.field: [detail]}) from error


def _body(request: Request) -> object:
    """The body's fields; of a form, `labels` and `templates` as lists: sent once as a JSON array, or repeated."""
    if not isinstance(request.data, QueryDict):
        return request.data
    body: dict[str, Any] = request.data.dict()
    return body | {name: _as_list(request.data.getlist(name)) for name in ("labels", "templates") if name in body}


def _as_list(values: list[Any]) -> Any:
    if len(values) > 1 or not str(values[0]).lstrip().startswith("["):
        return values
    try:
        return json.loads(values[0])
    except (ValueError, RecursionError):
        return values


def _find_product(store: Store, sku: str) -> Product:
    product = Product.objects.of(store).filter(sku=sku).first()
    if product is None:
        raise Http404
    return product


def _spell(answer: Classification) -> dict[str, Any]:
    return {
        "space": answer.space.name,
        "encoder": answer.space.encoder_id,
        "modality": answer.modality,
        "calibration": "store" if answer.is_fitted else "default",
        "labels": [
            {
                "label": choice.label.name,
                **({} if choice.label.category is None else {"category": choice.label.category}),
                "probability": round(choice.probability, DIGITS),
                "score": round(choice.score, DIGITS),
            }
            for choice in answer.choices
        ],
        "rest": round(answer.rest, DIGITS),
    }
