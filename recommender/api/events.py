"""The endpoint that is told what shoppers did."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.authentication import store_of
from catalog.api.parsers import BoundedJSONParser
from catalog.api.strict import StrictSerializer
from recommender.event_rows import EventSerializer, read_events
from recommender.services.events import record_events

MAX_EVENTS = 1_000


class EventBatchSerializer(StrictSerializer):
    events: Any = serializers.ListSerializer(
        child=EventSerializer(), max_length=MAX_EVENTS, allow_empty=False, help_text="In any order."
    )


class EventErrorSerializer(serializers.Serializer):
    index = serializers.IntegerField(help_text="Where in `events`, from 0.")
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class EventReportSerializer(serializers.Serializer):
    accepted = serializers.IntegerField(help_text="Stored now.")
    duplicate = serializers.IntegerField(help_text="Stored before, or twice in the batch; the first telling is kept.")
    rejected = serializers.IntegerField(help_text="Not stored; `errors` says why.")
    errors: Any = EventErrorSerializer(many=True, help_text="Why events were rejected; an event may have several.")


class _Envelope(StrictSerializer):
    """The batch with its events unread, so that each is judged alone."""

    events = serializers.ListField(max_length=MAX_EVENTS, allow_empty=False)


class EventsView(APIView):
    required_scope = "events"
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="record_events",
        request=EventBatchSerializer,
        responses=EventReportSerializer,
        examples=[
            OpenApiExample(
                "A click on a result",
                request_only=True,
                value={
                    "events": [
                        {
                            "event_id": "e-1001",
                            "shopper": "s-42",
                            "sku": "mug-012",
                            "kind": "click",
                            "at": "2026-05-04T09:30:00Z",
                            "ranking_id": "0c0ffee0-6a54-4c3e-9f0e-0a8ad6a4c1de",
                        }
                    ]
                },
            ),
            OpenApiExample(
                "Stored",
                response_only=True,
                value={"accepted": 1, "duplicate": 0, "rejected": 0, "errors": []},
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Store up to 1,000 events. Each is taken or rejected alone; sending a batch again stores nothing twice."""
        envelope = _Envelope(data=request.data)
        envelope.is_valid(raise_exception=True)
        events, malformed = read_events(dict(enumerate(envelope.validated_data["events"])))
        report = record_events(store=store_of(request), events=events)
        errors = sorted([*malformed, *report.rejections], key=lambda rejection: rejection.index)
        return Response(
            {
                "accepted": report.accepted,
                "duplicate": report.duplicate,
                "rejected": len({error.index for error in errors}),
                "errors": EventErrorSerializer(errors, many=True).data,
            }
        )
