"""What came of the answers: what shoppers clicked, put into the cart and bought, by the rankings their events name."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.authentication import store_of
from catalog.api.strict import StrictSerializer
from catalog.models import Scope
from recommender.shown import ranking_outcomes


class OutcomesParameters(StrictSerializer):
    days = serializers.IntegerField(min_value=1, max_value=366, default=7, help_text="Of rankings shown in the last …")


class OutcomeSerializer(serializers.Serializer):
    scenario = serializers.CharField()
    rankings = serializers.IntegerField()
    clicked = serializers.IntegerField(help_text="Rankings with a click.")
    clicks = serializers.IntegerField()
    carts = serializers.IntegerField()
    purchases = serializers.IntegerField()
    position = serializers.FloatField(allow_null=True, help_text="Mean place of what was clicked, from 1.")
    revenue = serializers.DecimalField(None, 2, allow_null=True, help_text="At present prices; null: in several.")
    currency = serializers.CharField(allow_null=True)


class OutcomesSerializer(serializers.Serializer):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    scenarios: Any = OutcomeSerializer(many=True, help_text="Those that showed anything, by name.")


class OutcomesView(APIView):
    required_scope = Scope.ADMIN

    @extend_schema(operation_id="outcomes", parameters=[OutcomesParameters], responses=OutcomesSerializer)
    def get(self, request: Request) -> Response:
        """By scenario. Rankings are kept for some days (`KINDRED_RANKING_DAYS`); older ones count no more."""
        parameters = OutcomesParameters(data=request.query_params.dict())
        parameters.is_valid(raise_exception=True)
        until = timezone.now()
        days = min(parameters.validated_data["days"], settings.KINDRED_RANKING_DAYS)
        since = until - timedelta(days=days)
        scenarios = ranking_outcomes(store_of(request), since=since, until=until)
        return Response(OutcomesSerializer({"since": since, "until": until, "scenarios": scenarios}).data)
