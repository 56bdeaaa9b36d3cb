"""An event as it is told, in a request or in a file: one set of rules, and every refusal names the field."""

from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework import serializers

from catalog.api.strict import StrictSerializer
from recommender.models import Event
from recommender.services.events import NewEvent, Rejection


class EventSerializer(StrictSerializer):
    event_id = serializers.CharField(max_length=128, help_text="Yours; the same id is stored once.")
    shopper = serializers.CharField(max_length=128, help_text="Yours; an account, a session. Made when first seen.")
    sku = serializers.CharField(max_length=128)
    # DRF's own message repeats the value, which may be of any length.
    kind = serializers.ChoiceField(
        Event.Kind.choices, error_messages={"invalid_choice": f"Must be one of {', '.join(Event.Kind.values)}."}
    )
    at = serializers.DateTimeField(
        required=False,
        help_text=(
            "When it happened, ISO 8601, taken as UTC without an offset; default now. Up to 5 minutes ahead is taken as"
            " now, more is refused; any order and any delay will do."
        ),
    )
    ranking_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="Of the answer that had shown the product."
    )


def read_events(items: Mapping[int, Any]) -> tuple[dict[int, NewEvent], list[Rejection]]:
    """index -> event of those that are well formed, and what is wrong with the others."""
    reader = EventSerializer()
    events: dict[int, NewEvent] = {}
    malformed: list[Rejection] = []
    for index, item in items.items():
        try:
            events[index] = NewEvent(**reader.run_validation(item))
        except serializers.ValidationError as error:
            malformed += _rejections(index, error.detail)
    return events, malformed


def _rejections(index: int, detail: Any) -> Iterator[Rejection]:
    by_field: Mapping[str, Any] = detail if isinstance(detail, dict) else {"event": detail}
    for field, messages in by_field.items():
        for message in messages:
            yield Rejection(index, "event" if field == "non_field_errors" else field, message.code, str(message))
