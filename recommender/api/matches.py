"""The review queue over REST: what waits, claims, decisions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from catalog.api.authentication import store_of
from catalog.api.parsers import BoundedJSONParser
from catalog.api.strict import StrictSerializer
from catalog.models import Scope
from recommender.api.match_shapes import MatchSerializer, spell_match
from recommender.models import Match
from recommender.services.match_decisions import (
    MAX_CLAIMED,
    MatchRefused,
    UnknownSkuError,
    accept_match,
    call_new,
    claim_matches,
    reject_match,
    undo_match,
)


class MatchFilterSerializer(StrictSerializer):
    """The list's query; what pages it is read elsewhere."""

    status = serializers.ChoiceField(Match.Status.choices, default=Match.Status.REVIEW)
    limit = serializers.CharField(required=False)
    cursor = serializers.CharField(required=False)


class ClaimSerializer(StrictSerializer):
    limit = serializers.IntegerField(min_value=1, max_value=MAX_CLAIMED, default=1)
    after = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, help_text="Go on behind this.")
    reviewer = serializers.CharField(
        max_length=100, default="", help_text="Who looks; of one key there may be several."
    )


class RemarkSerializer(StrictSerializer):
    why = serializers.CharField(max_length=500, default="", allow_blank=True)
    reviewer = serializers.CharField(max_length=100, default="", allow_blank=True, help_text="As in the claim.")


class ChoiceOfProductSerializer(RemarkSerializer):
    sku = serializers.CharField(
        max_length=128, default="", help_text="Which product; without, the likeliest that nobody has rejected."
    )


class ClaimedSerializer(serializers.Serializer):
    results = MatchSerializer(many=True)


class MatchConflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT


class MostInformativeFirst(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[name-defined]
    ordering = ("-uncertainty", "id")


class MatchListView(ListAPIView):
    required_scope = Scope.MATCH
    pagination_class = MostInformativeFirst
    serializer_class = MatchSerializer
    queryset = Match.objects.none()

    @extend_schema(
        operation_id="matches_list",
        parameters=[MatchFilterSerializer(partial=True)],
        responses=MatchSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Offers by how they stand, those first of which a person's word would tell the most."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([spell_match(match) for match in page])

    def get_queryset(self) -> Any:
        query = MatchFilterSerializer(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        found = Match.objects.of(store_of(self.request)).filter(status=query.validated_data["status"])
        return found.for_queue()


class ClaimView(APIView):
    required_scope = Scope.MATCH
    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="matches_claim", request=ClaimSerializer, responses=ClaimedSerializer)
    def post(self, request: Request) -> Response:
        """The next items of the queue, for ten minutes this reviewer's alone. Asked again, the same ones."""
        form = ClaimSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        with _told_to_the_caller():
            matches = claim_matches(
                store=store_of(request),
                by=_who(request, given["reviewer"]),
                limit=given["limit"],
                after=given.get("after"),
            )
        return Response({"results": [spell_match(match) for match in matches]})


class AcceptView(APIView):
    required_scope = Scope.MATCH
    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="matches_accept", request=ChoiceOfProductSerializer, responses=MatchSerializer)
    def post(self, request: Request, match_id: int) -> Response:
        """The offer is this product, a candidate or not. Said again, nothing happens."""
        given = _read(request, ChoiceOfProductSerializer)
        with _told_to_the_caller():
            accept_match(store=store_of(request), match_id=match_id, by=given["by"], sku=given["sku"], why=given["why"])
        return _show(request, match_id)


class RejectView(APIView):
    required_scope = Scope.MATCH
    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="matches_reject", request=ChoiceOfProductSerializer, responses=MatchSerializer)
    def post(self, request: Request, match_id: int) -> Response:
        """The offer is not this candidate; it stays in review while another could be it.

        Name the `sku`: only then is a retry known for one.
        """
        given = _read(request, ChoiceOfProductSerializer)
        with _told_to_the_caller():
            reject_match(store=store_of(request), match_id=match_id, by=given["by"], sku=given["sku"], why=given["why"])
        return _show(request, match_id)


class NewView(APIView):
    required_scope = Scope.MATCH
    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="matches_new", request=RemarkSerializer, responses=MatchSerializer)
    def post(self, request: Request, match_id: int) -> Response:
        """The offer is none of the store's products. Said again, nothing happens."""
        given = _read(request, RemarkSerializer)
        with _told_to_the_caller():
            call_new(store=store_of(request), match_id=match_id, by=given["by"], why=given["why"])
        return _show(request, match_id)


class UndoView(APIView):
    required_scope = Scope.MATCH
    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="matches_undo", request=RemarkSerializer, responses=MatchSerializer)
    def post(self, request: Request, match_id: int) -> Response:
        """Take back the last decision that stands, whoever made it. The record of it stays."""
        given = _read(request, RemarkSerializer)
        with _told_to_the_caller():
            undo_match(store=store_of(request), match_id=match_id, by=given["by"], why=given["why"])
        return _show(request, match_id)


@contextmanager
def _told_to_the_caller() -> Iterator[None]:
    try:
        yield
    except Match.DoesNotExist as error:
        raise Http404 from error
    except UnknownSkuError as error:
        detail = serializers.ErrorDetail("The store has no product with this sku.", "unknown_sku")
        raise serializers.ValidationError({"sku": [detail]}) from error
    except MatchRefused as error:
        raise MatchConflict(error.message, error.code) from error


def _read(request: Request, shape: type[RemarkSerializer]) -> dict[str, Any]:
    form = shape(data=request.data)
    form.is_valid(raise_exception=True)
    return {**form.validated_data, "by": _who(request, form.validated_data["reviewer"])}


def _show(request: Request, match_id: int) -> Response:
    return Response(spell_match(Match.objects.of(store_of(request)).for_queue().get(pk=match_id)))


def _who(request: Request, reviewer: str) -> str:
    return f"API key {request.auth}: {reviewer}" if reviewer else f"API key {request.auth}"
