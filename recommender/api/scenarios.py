"""A scenario's weights, diversity and policies, set by the shop in place of the endpoint's defaults."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.authentication import store_of
from catalog.api.parsers import BoundedJSONParser
from catalog.models import Scope
from recommender.mix import WEIGHT_NAMES
from recommender.models import Scenario, ScenarioSettings
from recommender.scenario_settings import MAX_WEIGHT, SettingsError, parse_settings
from recommender.services.scenarios import save_settings

SETTINGS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "weights": {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: {"type": "number", "minimum": 0, "maximum": MAX_WEIGHT} for name in WEIGHT_NAMES},
        },
        "diversity": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "policies": {"type": "object", "additionalProperties": True},
    },
}


class ScenarioSettingsSerializer(serializers.ModelSerializer):
    updated_at = serializers.DateTimeField(read_only=True, allow_null=True, help_text="Null: never set.")

    class Meta:
        model = ScenarioSettings
        fields = ["scenario", "weights", "diversity", "policies", "updated_at"]


_EXAMPLE = OpenApiExample(
    "A home page that surprises",
    request_only=True,
    value={
        "weights": {"personal": 1.0, "popular": 0.2},
        "diversity": 0.3,
        "policies": {"seen": {"after_days": 3}, "rotation": 0.1},
    },
)


@extend_schema_view(
    get=extend_schema(operation_id="scenario_settings_read", responses=ScenarioSettingsSerializer),
    put=extend_schema(
        operation_id="scenario_settings_replace",
        request={"application/json": SETTINGS_SCHEMA},
        responses=ScenarioSettingsSerializer,
        examples=[_EXAMPLE],
    ),
)
@extend_schema(parameters=[OpenApiParameter("scenario", str, OpenApiParameter.PATH, enum=Scenario.values)])
class ScenarioSettingsView(APIView):
    required_scope = Scope.ADMIN
    parser_classes = [BoundedJSONParser]

    def get(self, request: Request, scenario: str) -> Response:
        """What the store has set; empty where the endpoint's defaults hold."""
        _check(scenario)
        row = ScenarioSettings.objects.of(store_of(request)).filter(scenario=scenario).first()
        return _show(row or ScenarioSettings(scenario=scenario))

    def put(self, request: Request, scenario: str) -> Response:
        """Set everything: what is absent is as the endpoint has it, again. Answers follow within two seconds."""
        _check(scenario)
        try:
            settings = parse_settings(request.data)
            row = save_settings(
                store=store_of(request),
                scenario=scenario,
                weights=settings.weights,
                diversity=settings.diversity,
                policies=settings.policies,
            )
        except SettingsError as error:
            raise ValidationError({error.field or "body": [ErrorDetail(error.message, error.code)]}) from error
        return _show(row)


def _check(scenario: str) -> None:
    if scenario not in Scenario.values:
        raise Http404


def _show(row: ScenarioSettings) -> Response:
    return Response(ScenarioSettingsSerializer(row).data)
