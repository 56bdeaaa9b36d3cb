from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer):
    """Refuses fields it does not know."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            unknown = [_printable(name) for name in data if name not in self.fields]
            if unknown:
                known = ", ".join(self.fields) or "none"
                message = serializers.ErrorDetail(f"There is no such field; there are {known}.", code="unknown_field")
                raise serializers.ValidationError({name: [message] for name in unknown[:20]})
        return super().to_internal_value(data)


class NothingSerializer(StrictSerializer):
    """Of requests that are all said by their address."""


def _printable(name: Any) -> str:
    """A stranger's field name, fit to be answered: JSON may hold half characters that no answer can."""
    return str(name)[:100].encode("utf-8", "replace").decode()
