"""The review queue over REST: what waits, claims, decisions."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.authentication import store_of
from catalog.api.strict import StrictSerializer
from catalog.models import Scope
from recommender.api.decisions import MostInformativeFirst, QueueViews, RemarkSerializer
from recommender.api.match_shapes import MatchSerializer, spell_match
from recommender.models import Match
from recommender.services.match_decisions import accept_match, call_new, reject_match, undo_match


class MatchFilterSerializer(StrictSerializer):
    """The list's query; what pages it is read elsewhere."""

    status = serializers.ChoiceField(Match.Status.choices, default=Match.Status.REVIEW)
    limit = serializers.CharField(required=False)
    cursor = serializers.CharField(required=False)


class ChoiceOfProductSerializer(RemarkSerializer):
    sku = serializers.CharField(
        max_length=128, default="", help_text="Which product; without, the likeliest that nobody has rejected."
    )


class UndoSerializer(RemarkSerializer):
    decision = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        required=False,
        help_text="Its id in the history, so that a retry is known for one; without, the last that stands.",
    )


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


_QUEUE = QueueViews(
    "matches", Match, spell_match, MatchSerializer, "sku", unknown_sku="The store has no product with this sku."
)

ClaimView = _QUEUE.claim_view()
AcceptView = _QUEUE.decision_view(
    "accept",
    accept_match,
    ChoiceOfProductSerializer,
    what="The offer is this product, a candidate or not; of one that was merged, the product that stands for it."
    " Said again, nothing happens. If it was rejected before, that stays on record, and counts again once this is"
    " undone.",
)
RejectView = _QUEUE.decision_view(
    "reject",
    reject_match,
    ChoiceOfProductSerializer,
    what="The offer is not this candidate; it stays in review while another could be it. Nothing else can be"
    " rejected.\n\n"
    "Name the `sku`: only then is a retry known for one.",
)
NewView = _QUEUE.decision_view(
    "new", call_new, RemarkSerializer, what="The offer is none of the store's products. Said again, nothing happens."
)
UndoView = _QUEUE.decision_view(
    "undo",
    undo_match,
    UndoSerializer,
    what="Take back the last decision that stands, whoever made it. The record of it stays.\n\n"
    "Name the `decision`: said again, nothing happens then.",
)
