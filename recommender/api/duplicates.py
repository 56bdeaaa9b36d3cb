"""Products that are probably one over REST: looking for them, what waits, decisions."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.authentication import store_of
from catalog.api.parsers import BoundedJSONParser
from catalog.api.strict import NothingSerializer, StrictSerializer
from catalog.models import Product, Scope
from recommender.api.decisions import MostInformativeFirst, QueueViews, RemarkSerializer
from recommender.api.match_shapes import (
    DIGITS,
    ProductFactsSerializer,
    ThresholdsSerializer,
    spell_product,
    spell_thresholds,
)
from recommender.models import DuplicateDecision, DuplicatePair
from recommender.services.duplicate_decisions import accept_duplicate, choose_kept, reject_duplicate, undo_duplicate
from recommender.services.duplicates import ask_for_duplicates
from recommender.tasks import search_soon


class DuplicateFilterSerializer(StrictSerializer):
    """The list's query; what pages it is read elsewhere."""

    status = serializers.ChoiceField(DuplicatePair.Status.choices, default=DuplicatePair.Status.REVIEW)
    group = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, help_text="Of this group.")
    limit = serializers.CharField(required=False)
    cursor = serializers.CharField(required=False)


class KeepSerializer(RemarkSerializer):
    keep = serializers.CharField(
        max_length=128, default="", help_text="The sku that stays; without, the suggested one: more complete, or older."
    )


class TwinSerializer(ProductFactsSerializer):
    gtin = serializers.CharField()
    mpn = serializers.CharField()


class DuplicateDecisionSerializer(serializers.ModelSerializer):
    class Meta:
        model = DuplicateDecision
        fields = [*("verdict", "kept_sku", "probability", "why", "by", "at", "undone_at", "undone_by", "undone_why")]
        read_only_fields = fields
        extra_kwargs = {"kept_sku": {"help_text": "Of an accept: the product that stayed."}}


class DuplicateSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    status = serializers.ChoiceField(DuplicatePair.Status.choices)
    group = serializers.IntegerField(
        allow_null=True, help_text="The same for pairs that are all alike among each other; null across two groups."
    )
    why = serializers.CharField()
    probability = serializers.FloatField(min_value=0, max_value=1)
    uncertainty = serializers.FloatField(help_text="How much asking a person would tell, in bits.")
    contributions = serializers.DictField(
        child=serializers.FloatField(), help_text="What spoke for it (above 0) and against it, by feature."
    )
    sources = serializers.ListField(child=serializers.CharField(), help_text="Who brought it up.")
    thresholds = ThresholdsSerializer()
    matcher = serializers.IntegerField(allow_null=True)
    claimed_by = serializers.CharField()
    claimed_until = serializers.DateTimeField(allow_null=True)
    found_at = serializers.DateTimeField()
    keep = serializers.CharField(help_text="The sku that stays, or would stay unless told otherwise.")
    products = TwinSerializer(many=True, help_text="The two, the older first.")
    history = DuplicateDecisionSerializer(many=True)


class DuplicateListView(ListAPIView):
    required_scope = Scope.MATCH
    parser_classes = [BoundedJSONParser]
    pagination_class = MostInformativeFirst
    serializer_class = DuplicateSerializer
    queryset = DuplicatePair.objects.none()

    @extend_schema(
        operation_id="duplicates_list",
        parameters=[DuplicateFilterSerializer(partial=True)],
        responses=DuplicateSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Pairs of products by how they stand, those first of which a person's word would tell the most."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([spell_duplicate(pair) for pair in page])

    @extend_schema(operation_id="duplicates_find", request=None, responses={202: None})
    def post(self, request: Request) -> Response:
        """Let a worker look for the duplicates of products that are new or changed. Asked twice, it is done once."""
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        store = store_of(request)
        ask_for_duplicates(store=store)
        search_soon(store.pk)
        return Response(status=status.HTTP_202_ACCEPTED)

    def get_queryset(self) -> Any:
        query = DuplicateFilterSerializer(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        found = DuplicatePair.objects.of(store_of(self.request)).in_status(wanted["status"]).for_queue()
        return found.filter(group=wanted["group"]) if "group" in wanted else found


def spell_duplicate(pair: DuplicatePair) -> dict[str, Any]:
    history = sorted(pair.decisions.all(), key=lambda each: each.pk)
    standing = next((each.kept_sku for each in history if each.undone_at is None), "")
    return {
        "id": pair.pk,
        "status": pair.status,
        "group": pair.group,
        "why": pair.why,
        "probability": round(pair.probability, DIGITS),
        "uncertainty": pair.uncertainty,
        "contributions": {name: round(share, DIGITS) for name, share in pair.contributions.items()},
        "sources": pair.sources,
        "thresholds": spell_thresholds(pair.accept_at, pair.reject_below),
        "matcher": pair.version.number if pair.version else None,
        "claimed_by": pair.claimed_by,
        "claimed_until": pair.claimed_until,
        "found_at": pair.found_at,
        "keep": standing or choose_kept(pair.one, pair.other).sku,
        "products": [_spell_twin(pair.one), _spell_twin(pair.other)],
        "history": DuplicateDecisionSerializer(history, many=True).data,
    }


def _spell_twin(product: Product) -> dict[str, Any]:
    return {**spell_product(product), "gtin": product.gtin, "mpn": product.mpn}


_QUEUE = QueueViews(
    *("duplicates", DuplicatePair, spell_duplicate, DuplicateSerializer),
    sku_field="keep",
    unknown_sku="It is none of the two products.",
)

ClaimView = _QUEUE.claim_view()
AcceptView = _QUEUE.decision_view(
    "accept",
    accept_duplicate,
    KeepSerializer,
    what="The two are one: the other is no longer shown, and its offers, events and pictures are found with the one"
    " kept. Said again, nothing happens.",
)
RejectView = _QUEUE.decision_view(
    "reject", reject_duplicate, RemarkSerializer, what="The two are two, and nobody is asked again."
)
UndoView = _QUEUE.decision_view(
    "undo",
    undo_duplicate,
    RemarkSerializer,
    what="Take the decision back, whoever made it; what a merger moved is put back. The record of it stays.",
)
