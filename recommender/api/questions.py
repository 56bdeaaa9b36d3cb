"""The endpoints that answer: similar, bought together, search, recommendations."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404, QueryDict
from drf_spectacular.utils import OpenApiExample, extend_schema
from PIL.Image import Image
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.authentication import store_of
from catalog.api.parsers import BoundedJSONParser, BoundedMultiPartParser
from catalog.api.photos import open_photo
from catalog.models import Product, Store
from embeddings.api.problems import told_to_the_caller
from recommender import pipeline
from recommender.api.answers import EXAMPLE, AnswerSerializer, spell_answer
from recommender.api.parameters import (
    Parameters,
    RecommendationParameters,
    SearchParameters,
    SearchUpload,
    read_fields,
    spell_question,
)
from recommender.cursors import CursorError, Place, read_cursor, write_cursor
from recommender.questions import Answer, Question
from recommender.rankings import ShownRanking, remember
from recommender.selectors import find_product, find_products
from recommender.wishes import Asked

MAX_FIELDS_BYTES = 64 * 1024
SEARCHES = [
    OpenApiExample(title, request_only=True, value=value)
    for title, value in {
        "Words": {"text": "comfy leather armchair", "limit": 5, "filters": {"price": {"max": 900}}},
        "Like this, but in oak": {"like": ["ARM-002"], "text": "in oak"},
        "A sofa, not of leather, for a shopper": {"text": "sofa", "negative_text": "leather", "shopper": "ann"},
        "By price, with a sidebar, told why": {
            "text": "stoneware mug",
            "sort": "price",
            "facets": ["brand", "price", "attributes.colour"],
            "explain": True,
        },
        "By looks alone": {
            "image_url": "https://example.com/photo.jpg",
            "image_region": {"x": 0.25, "y": 0, "w": 0.5, "h": 0.5},
            "weights": {"visual": 1, "textual": 0},
        },
    }.items()
]


class SimilarView(APIView):
    required_scope = "read"

    @extend_schema(operation_id="similar", parameters=[Parameters], responses=AnswerSerializer, examples=[EXAMPLE])
    def get(self, request: Request, sku: str) -> Response:
        """What is like this product.

        A product that is not embedded yet gets the newest of its category, then the newest of all; `fallback` says so.
        """
        question, asked = _read(request, "similar", Parameters(data=read_fields(request.query_params)), sku=sku)
        with told_to_the_caller():
            answer = pipeline.find_similar(question, product=_product(question.store, sku))
        return _respond(question, asked, answer)


class TogetherView(APIView):
    required_scope = "read"

    @extend_schema(
        operation_id="bought_together", parameters=[Parameters], responses=AnswerSerializer, examples=[EXAMPLE]
    )
    def get(self, request: Request, sku: str) -> Response:
        """What shoppers buy together with this product.

        Where few baskets hold it, what the same shoppers choose and what is described alike fill the page.
        """
        question, asked = _read(request, "together", Parameters(data=read_fields(request.query_params)), sku=sku)
        with told_to_the_caller():
            answer = pipeline.find_companions(question, product=_product(question.store, sku))
        return _respond(question, asked, answer)


class RecommendationsView(APIView):
    required_scope = "read"

    @extend_schema(
        operation_id="recommendations",
        parameters=[RecommendationParameters],
        responses=AnswerSerializer,
        examples=[EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """What this shopper would want next: on the home page, on a product's page, beside a basket.

        By what they did lately, without what the scenario's policy hides from them. A shopper nothing is known of gets
        what is popular, then the newest; `fallback` says so.
        """
        parameters = RecommendationParameters(data=read_fields(request.query_params))
        parameters.is_valid(raise_exception=True)
        given = parameters.validated_data
        question, asked = _read(request, given["scenario"], parameters)
        beside = _products(question.store, "basket", given.get("basket", []))
        if "sku" in given:
            beside = _products(question.store, "sku", [given["sku"]])
        with told_to_the_caller():
            answer = pipeline.recommend(question, beside=beside)
        return _respond(question, asked, answer)


class SearchView(APIView):
    required_scope = "read"
    parser_classes = [BoundedJSONParser, BoundedMultiPartParser]

    @property
    def max_body_bytes(self) -> int:
        """A photo and the fields around it."""
        return settings.KINDRED_IMAGE_MAX_BYTES + MAX_FIELDS_BYTES

    @extend_schema(operation_id="search", parameters=[SearchParameters], responses=AnswerSerializer, examples=[EXAMPLE])
    def get(self, request: Request) -> Response:
        """What the words, the photo at an address, the liked products, or all of them describe."""
        return self._answer(request, SearchParameters(data=read_fields(request.query_params)))

    @extend_schema(
        operation_id="search_with_photo",
        request={"application/json": SearchParameters, "multipart/form-data": SearchUpload},
        responses=AnswerSerializer,
        examples=[*SEARCHES, EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """What the words, the uploaded photo or the one at an address, the liked products, or all of them describe."""
        return self._answer(request, SearchUpload(data=_body(request)))

    def _answer(self, request: Request, parameters: SearchParameters) -> Response:
        question, spelt = _read(request, "search", parameters)
        given = parameters.validated_data
        like = _products(question.store, "like", given.get("like", []))
        if "sku" in given:
            like += [product for product in _products(question.store, "sku", [given["sku"]]) if product not in like]
        asked = Asked(
            text=given["text"],
            not_text=given.get("negative_text", ""),
            photo=partial(_photo, given) if "image" in given or "image_url" in given else None,
            like=like,
            unlike=_products(question.store, "unlike", given.get("unlike", [])),
        )
        with told_to_the_caller():
            answer = pipeline.search(question, asked, is_refined=given["feedback"])
        return _respond(question, spelt, answer)


def _read(request: Request, scenario: str, parameters: Parameters, **path: str) -> tuple[Question, dict[str, Any]]:
    """The question, and what was asked as JSON can."""
    parameters.is_valid(raise_exception=True)
    given = parameters.validated_data
    # As it came: a cursor belongs to the words of the request, however they are understood.
    spelt = {"scenario": scenario, **path, **spell_question(parameters.initial_data)}
    question = Question(
        store=store_of(request),
        filters=parameters.eligible,
        scenario=scenario,
        shopper_id=given.get("shopper", ""),
        weights=parameters.given_weights,
        limit=given["limit"],
        diversity=given.get("diversity"),
        min_score=given.get("min_score", 0.0),
        sort=given["sort"],
        collapse=given["collapse"],
        facets=tuple(given.get("facets", ())),
        explain=given["explain"],
        place=_place(given.get("cursor"), spelt),
    )
    return question, spelt


def _place(cursor: str | None, spelt: dict[str, Any]) -> Place:
    if cursor is None:
        return Place()
    try:
        return read_cursor(cursor, _identity(spelt))
    except CursorError as error:
        raise serializers.ValidationError({"cursor": str(error)}, code="invalid") from error


def _identity(spelt: dict[str, Any]) -> dict[str, Any]:
    """What a cursor belongs to: the next page may be longer, and explained."""
    return {name: value for name, value in spelt.items() if name not in ("limit", "explain")}


def _respond(question: Question, spelt: dict[str, Any], answer: Answer) -> Response:
    remember(
        ShownRanking(
            id=answer.ranking_id,
            store_id=question.store.pk,
            scenario=question.scenario,
            product_ids=[result.product_id for result in answer.results],
            scores=[result.score for result in answer.results],
            shopper=question.shopper_id,
            request=spelt,
            variant_id=answer.variant_id,
            fallback=answer.fallback,
        )
    )
    cursor = write_cursor(answer.next, _identity(spelt)) if answer.next else None
    return Response(spell_answer(answer, cursor=cursor))


def _photo(given: dict[str, Any]) -> Image:
    photo = open_photo(given)
    assert photo is not None
    return photo


def _product(store: Store, sku: str) -> Product:
    product = find_product(store, sku)
    if product is None:
        raise Http404
    return product


def _products(store: Store, field: str, skus: Sequence[str]) -> list[Product]:
    """In their order. Raises ValidationError that names those the store does not have."""
    found = find_products(store, skus)
    if missing := [sku for sku in skus if sku not in found]:
        raise serializers.ValidationError({field: f"No such product: {', '.join(missing)[:300]}."}, code="unknown")
    return [found[sku] for sku in dict.fromkeys(skus)]


def _body(request: Request) -> object:
    """The body's fields with those of the query string, which the body's replace; a body of another shape as it is."""
    body = read_fields(request.data) if isinstance(request.data, QueryDict) else request.data
    return {**read_fields(request.query_params), **body} if isinstance(body, dict) else body
