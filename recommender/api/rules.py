"""What merchandisers want shown: rules, over REST."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.authentication import store_of
from catalog.api.parsers import BoundedJSONParser
from catalog.api.strict import StrictSerializer
from catalog.models import Scope
from recommender.api.parameters import WeightField
from recommender.models import Rule, Scenario
from recommender.models.rules import MAX_POSITION, MAX_QUOTA
from recommender.rule_facts import MAX_CONDITION, RuleFacts
from recommender.services.rules import RuleRefused, create_rule, delete_rule, update_rule


@extend_schema_field({"type": "object", "additionalProperties": True})
class ConditionField(serializers.Field):
    """A filter tree; the service parses it, to name the place that is wrong."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class RuleWriteSerializer(StrictSerializer):
    name = serializers.CharField(max_length=200, help_text="Yours; no two rules have the same.")
    kind = serializers.ChoiceField(Rule.Kind.choices)
    scenario = serializers.ChoiceField(Scenario.choices, required=False, help_text="Where it applies; default `any`.")
    condition = ConditionField(
        required=False,
        help_text="Which products, as `filters` of a search; not of a pin. "
        f"As JSON at most {MAX_CONDITION:,} characters.",
    )
    value = WeightField(
        allow_null=True,
        max_value=MAX_QUOTA,
        help_text=f"Of boost and bury: above 0, at most 1. Of a quota: how many on a page, 1 to {MAX_QUOTA}.",
    )
    sku = serializers.CharField(required=False, allow_blank=True, max_length=128, help_text="Of a pin: its product.")
    position = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MAX_POSITION,
        help_text="Of a pin: its place over all pages, from 1.",
    )
    when_text = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="Only for searches that have all of these words, in any order and case.",
    )
    starts = serializers.DateTimeField(required=False, allow_null=True)
    ends = serializers.DateTimeField(required=False, allow_null=True, help_text="From then on it applies no more.")
    is_active = serializers.BooleanField(required=False)


class RuleSerializer(serializers.ModelSerializer):
    condition = ConditionField(help_text="Which products, as `filters` of a search; empty of a pin.")
    sku = serializers.SerializerMethodField(help_text="Of a pin; empty when its product is gone.")
    state = serializers.SerializerMethodField(help_text="Whether it applies now, and if not, why.")

    class Meta:
        model = Rule
        extra_kwargs = {
            "kind": {"help_text": "What it does to the products."},
            "value": {"help_text": "Of boost and bury the strength, of a quota how many on a page; else null."},
            "position": {"help_text": "Of a pin: its place over all pages, from 1; else null."},
            "when_text": {"help_text": "Only for searches that have all of these words; empty: always."},
        }
        fields = [
            *("id", "name", "kind", "scenario", "condition", "value", "sku", "position", "when_text"),
            *("starts", "ends", "is_active", "state", "created_at", "updated_at", "updated_by"),
        ]
        read_only_fields = fields

    def get_sku(self, rule: Rule) -> str:
        return rule.product.sku if rule.product else ""

    @extend_schema_field(serializers.ChoiceField(Rule.State.choices))
    def get_state(self, rule: Rule) -> str:
        return rule.state_at(timezone.now()).value


BOOST = OpenApiExample(
    "More of one brand in December",
    request_only=True,
    value={
        "name": "Havnby in December",
        "kind": "boost",
        "value": 0.3,
        "condition": {"brand": "Havnby", "price": {"min": 20}},
        "starts": "2026-12-01T00:00:00Z",
        "ends": "2027-01-01T00:00:00Z",
    },
)
PIN = OpenApiExample(
    "First for a search",
    request_only=True,
    value={
        "name": "Gift card",
        "kind": "pin",
        "scenario": "search",
        "sku": "CRD-001",
        "position": 1,
        "when_text": "gift",
    },
)


class RuleListView(ListAPIView):
    required_scope = Scope.ADMIN
    parser_classes = [BoundedJSONParser]
    serializer_class = RuleSerializer
    queryset = Rule.objects.none()

    @extend_schema(operation_id="rules_list")
    def get(self, request: Request) -> Response:
        """The store's rules, the newest first."""
        return self.list(request)

    @extend_schema(
        operation_id="rules_create",
        request=RuleWriteSerializer,
        responses={201: RuleSerializer},
        examples=[BOOST, PIN],
    )
    def post(self, request: Request) -> Response:
        """Make a rule; within two seconds all answers keep it."""
        form = RuleWriteSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        with _told_to_the_caller():
            rule = create_rule(store=store_of(request), facts=RuleFacts(**form.validated_data), by=_who(request))
        return Response(RuleSerializer(rule).data, status=status.HTTP_201_CREATED)

    def get_queryset(self) -> Any:
        return Rule.objects.of(store_of(self.request)).select_related("product")


class RuleDetailView(APIView):
    required_scope = Scope.ADMIN
    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="rules_read", responses=RuleSerializer)
    def get(self, request: Request, rule_id: int) -> Response:
        """The rule as it stands."""
        with _told_to_the_caller():
            rule = Rule.objects.of(store_of(request)).select_related("product").get(pk=rule_id)
        return Response(RuleSerializer(rule).data)

    @extend_schema(operation_id="rules_update", request=RuleWriteSerializer(partial=True), responses=RuleSerializer)
    def patch(self, request: Request, rule_id: int) -> Response:
        """Change what is given; within two seconds all answers keep it."""
        form = RuleWriteSerializer(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        with _told_to_the_caller():
            rule = update_rule(store=store_of(request), rule_id=rule_id, changes=form.validated_data, by=_who(request))
        return Response(RuleSerializer(rule).data)

    @extend_schema(operation_id="rules_delete", responses={204: None})
    def delete(self, request: Request, rule_id: int) -> Response:
        """Delete a rule; what was done to it stays on record."""
        with _told_to_the_caller():
            delete_rule(store=store_of(request), rule_id=rule_id, by=_who(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


@contextmanager
def _told_to_the_caller() -> Iterator[None]:
    try:
        yield
    except Rule.DoesNotExist as error:
        raise Http404 from error
    except RuleRefused as error:
        detail: dict[str, list[serializers.ErrorDetail]] = {}
        for fault in error.faults:
            detail.setdefault(fault.field, []).append(serializers.ErrorDetail(fault.message, fault.code))
        raise serializers.ValidationError(detail) from error


def _who(request: Request) -> str:
    return f"API key {request.auth}"
