"""The endpoints that answer: similar, search, recommendations."""

from django.conf import settings
from django.http import Http404, QueryDict
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.authentication import store_of
from catalog.api.parsers import BoundedJSONParser, BoundedMultiPartParser
from catalog.api.photos import open_photo
from embeddings.api.problems import told_to_the_caller
from recommender import pipeline
from recommender.api.answers import EXAMPLE, AnswerSerializer, spell_answer
from recommender.api.parameters import (
    Parameters,
    RecommendationParameters,
    SearchParameters,
    SearchUpload,
    SimilarParameters,
)
from recommender.pipeline import Question
from recommender.selectors import find_product

MAX_FIELDS_BYTES = 64 * 1024


class SimilarView(APIView):
    required_scope = "read"

    @extend_schema(
        operation_id="similar", parameters=[SimilarParameters], responses=AnswerSerializer, examples=[EXAMPLE]
    )
    def get(self, request: Request, sku: str) -> Response:
        """What is like this product.

        A product that is not embedded yet gets the newest of its category, then the newest of all; `fallback` says so.
        """
        parameters = SimilarParameters(data=request.query_params.dict())
        parameters.is_valid(raise_exception=True)
        product = find_product(store_of(request), sku)
        if product is None:
            raise Http404
        with told_to_the_caller():
            answer = pipeline.find_similar(_question(request, parameters), product=product, weights=parameters.weights)
        return Response(spell_answer(answer))


class RecommendationsView(APIView):
    required_scope = "read"

    @extend_schema(
        operation_id="recommendations",
        parameters=[RecommendationParameters],
        responses=AnswerSerializer,
        examples=[EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """What this shopper would want next, by what they did lately; without what they bought or disliked.

        A shopper nothing is known of gets what is popular, then the newest; `fallback` says so.
        """
        parameters = RecommendationParameters(data=request.query_params.dict())
        parameters.is_valid(raise_exception=True)
        shopper_id = parameters.validated_data["shopper"]
        with told_to_the_caller():
            question = _question(request, parameters)
            answer = pipeline.recommend(question, shopper_id=shopper_id, weights=parameters.weights)
        return Response(spell_answer(answer))


class SearchView(APIView):
    required_scope = "read"
    parser_classes = [BoundedJSONParser, BoundedMultiPartParser]

    @property
    def max_body_bytes(self) -> int:
        """A photo and the fields around it."""
        return settings.KINDRED_IMAGE_MAX_BYTES + MAX_FIELDS_BYTES

    @extend_schema(operation_id="search", parameters=[SearchParameters], responses=AnswerSerializer, examples=[EXAMPLE])
    def get(self, request: Request) -> Response:
        """What the words, the photo at an address, or both describe."""
        return self._answer(request, SearchParameters(data=request.query_params.dict()))

    @extend_schema(
        operation_id="search_with_photo",
        request={"application/json": SearchParameters, "multipart/form-data": SearchUpload},
        responses=AnswerSerializer,
        examples=[EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """What the words, the uploaded photo or the one at an address, or words and photo together describe."""
        return self._answer(request, SearchUpload(data=_body(request)))

    def _answer(self, request: Request, parameters: SearchParameters) -> Response:
        parameters.is_valid(raise_exception=True)
        given = parameters.validated_data
        with told_to_the_caller():
            question, weights = _question(request, parameters), parameters.weights
            answer = pipeline.search(
                question,
                text=given["text"],
                photo=open_photo(given),
                weights=weights,
                lexical=given.get("lexical", pipeline.LEXICAL_WEIGHT),
            )
        return Response(spell_answer(answer))


def _question(request: Request, parameters: Parameters) -> Question:
    given = parameters.validated_data
    return Question(
        store=store_of(request),
        filters=parameters.eligible,
        limit=given["limit"],
        diversity=given.get("diversity", 0.0),
    )


def _body(request: Request) -> object:
    """The body's fields with those of the query string, which the body's replace; a body of another shape as it is."""
    body = request.data.dict() if isinstance(request.data, QueryDict) else request.data
    return {**request.query_params.dict(), **body} if isinstance(body, dict) else body
