"""Experiments: drafted, started, stopped, reported."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.authentication import store_of
from catalog.api.parsers import BoundedJSONParser
from catalog.api.strict import StrictSerializer
from catalog.models import ApiKey, Scope
from recommender.api.scenarios import SETTINGS_SCHEMA
from recommender.experiment_reports import report_experiment
from recommender.models import Experiment, Scenario, Variant
from recommender.querysets import ExperimentQuerySet
from recommender.services import experiments
from recommender.services.experiments import ExperimentError, NewVariant

ACTIONS = {"running": experiments.start_experiment, "stopped": experiments.stop_experiment}


class ShareField(serializers.FloatField):
    """The service says which shares there are."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(SETTINGS_SCHEMA)
class SettingsField(serializers.JSONField):
    """Read by `parse_settings`, which names the place that is wrong."""


class VariantWriteSerializer(StrictSerializer):
    name = serializers.CharField(max_length=100)
    share = ShareField(help_text="Of the experiment's shoppers; together 1.")
    settings: Any = SettingsField(required=False, help_text="In place of the scenario's; without any: the control.")


class ExperimentWriteSerializer(StrictSerializer):
    name = serializers.CharField(max_length=100)
    scenario = serializers.ChoiceField(Scenario.choices)
    share = ShareField(default=1.0, help_text="Of the shoppers, above 0 to 1; the others take no part.")
    variants: Any = VariantWriteSerializer(many=True)


class ExperimentPatchSerializer(StrictSerializer):
    name = serializers.CharField(max_length=100, required=False)
    scenario = serializers.ChoiceField(Scenario.choices, required=False)
    share = ShareField(required=False, help_text="May also be raised while the experiment runs.")
    variants: Any = VariantWriteSerializer(many=True, required=False)
    status = serializers.ChoiceField(
        [(name, name) for name in ACTIONS], required=False, help_text="`running` starts a draft, `stopped` ends it."
    )


class VariantSerializer(serializers.ModelSerializer):
    class Meta:
        model = Variant
        fields = ["name", "share", "settings"]


class ExperimentSerializer(serializers.ModelSerializer):
    status = serializers.ChoiceField(
        Experiment.Status.choices, read_only=True, help_text="A draft is shown to nobody, what is stopped is a record."
    )
    variants: Any = VariantSerializer(many=True)

    class Meta:
        model = Experiment
        fields = ["id", "name", "scenario", "status", "share", "variants", "created_at", "started_at", "stopped_at"]


class LiftSerializer(serializers.Serializer):
    relative = serializers.FloatField(help_text="The variant's value over the control's, less 1.")
    low = serializers.FloatField(help_text="Lower end of the 95 % interval.")
    high = serializers.FloatField(help_text="Upper end of the 95 % interval.")


class MetricSerializer(serializers.Serializer):
    value = serializers.FloatField(allow_null=True, help_text="Null: nobody was there to measure.")
    lift = LiftSerializer(allow_null=True, help_text="Null: the control itself, or too little to compare.")


class VariantReportSerializer(serializers.Serializer):
    variant = serializers.CharField(help_text="Its name.")
    is_control = serializers.BooleanField(help_text="The variant without settings, which the others are compared to.")
    share = serializers.FloatField(help_text="Of the experiment's shoppers.")
    shoppers = serializers.IntegerField(help_text="Shown at least one ranking.")
    rankings = serializers.IntegerField()
    click_through = MetricSerializer(help_text="Rankings clicked / rankings.")
    cart_rate = MetricSerializer(help_text="Shoppers who put something into the cart since / shoppers.")
    purchase_rate = MetricSerializer(help_text="Shoppers who bought something since / shoppers.")
    revenue = MetricSerializer(allow_null=True, help_text="For each shopper, at present prices.")


class ExperimentReportSerializer(serializers.Serializer):
    experiment = serializers.CharField(help_text="Its name.")
    scenario = serializers.CharField()
    status = serializers.CharField(help_text="`running` or `stopped`; a draft has no figures.")
    since = serializers.DateTimeField(allow_null=True, help_text="The start, or the first ranking still kept.")
    until = serializers.DateTimeField(allow_null=True)
    variants: Any = VariantReportSerializer(many=True)
    currency = serializers.CharField(allow_null=True)
    mismatch = serializers.FloatField(
        allow_null=True,
        help_text="How likely numbers of shoppers this far from the shares are by chance.",
    )
    is_mismatched = serializers.BooleanField(help_text="Below 0.001: trust no figure, look for the fault.")


_EXAMPLE = OpenApiExample(
    "More diversity at home",
    request_only=True,
    value={
        "name": "home-diversity",
        "scenario": "home",
        "share": 0.5,
        "variants": [
            {"name": "control", "share": 0.5},
            {"name": "diverse", "share": 0.5, "settings": {"diversity": 0.4}},
        ],
    },
)


class ExperimentListView(ListAPIView):
    """The store's experiments, newest first."""

    required_scope = Scope.ADMIN
    parser_classes = [BoundedJSONParser]
    serializer_class = ExperimentSerializer
    queryset = Experiment.objects.none()

    @extend_schema(
        operation_id="experiments_create",
        request=ExperimentWriteSerializer,
        responses={201: ExperimentSerializer},
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Draft an experiment. One variant, the control, has no settings; assignment starts when it is started."""
        body = ExperimentWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        with told_to_the_caller():
            experiment = experiments.create_experiment(store=store_of(request), **_read(body.validated_data))
        return Response(ExperimentSerializer(experiment).data, status=status.HTTP_201_CREATED)

    def get_queryset(self) -> ExperimentQuerySet:
        key = self.request.auth
        if not isinstance(key, ApiKey):  # the schema generator asks without one
            return Experiment.objects.none()
        return Experiment.objects.of(key.store).prefetch_related("variants")


class ExperimentDetailView(APIView):
    required_scope = Scope.ADMIN
    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="experiments_read", responses=ExperimentSerializer)
    def get(self, request: Request, experiment_id: int) -> Response:
        """The experiment as it stands, with its variants."""
        return Response(ExperimentSerializer(_find(request, experiment_id)).data)

    @extend_schema(operation_id="experiments_update", request=ExperimentPatchSerializer, responses=ExperimentSerializer)
    def patch(self, request: Request, experiment_id: int) -> Response:
        """Change what is given; `status` starts or stops, after the other changes."""
        experiment = _find(request, experiment_id)
        body = ExperimentPatchSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = _read(body.validated_data)
        action = ACTIONS.get(given.pop("status", ""))
        with told_to_the_caller(), transaction.atomic():
            if given:
                experiments.update_experiment(experiment, **given)
            if action:
                action(experiment)
        return Response(ExperimentSerializer(_find(request, experiment_id)).data)

    @extend_schema(operation_id="experiments_delete", responses={204: None})
    def delete(self, request: Request, experiment_id: int) -> Response:
        """Delete an experiment; a running one must be stopped first."""
        with told_to_the_caller():
            experiments.delete_experiment(_find(request, experiment_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExperimentReportView(APIView):
    required_scope = Scope.ADMIN

    @extend_schema(operation_id="experiments_report", responses=ExperimentReportSerializer)
    def get(self, request: Request, experiment_id: int) -> Response:
        """Every variant's figures, and how far they are from the control's."""
        report = report_experiment(_find(request, experiment_id))
        return Response(ExperimentReportSerializer(report).data)


@contextmanager
def told_to_the_caller() -> Iterator[None]:
    try:
        yield
    except ExperimentError as error:
        raise ValidationError({error.field: [ErrorDetail(error.message, error.code)]}) from error
    except Experiment.DoesNotExist as error:  # deleted meanwhile
        raise Http404 from error


def _find(request: Request, experiment_id: int) -> Experiment:
    experiment = Experiment.objects.of(store_of(request)).filter(pk=experiment_id).first()
    if experiment is None:
        raise Http404
    return experiment


def _read(given: dict[str, Any]) -> dict[str, Any]:
    if "variants" not in given:
        return dict(given)
    return given | {"variants": [NewVariant(**variant) for variant in given["variants"]]}
