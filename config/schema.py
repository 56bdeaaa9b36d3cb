"""What OpenAPI says of every operation."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

from config.problems import PROBLEM_TYPE

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


class ProblemSchema(AutoSchema):
    """Adds the problem answer to every operation."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            content = {PROBLEM_TYPE: {"schema": _PROBLEM}}
            operation["responses"].setdefault("default", {"description": "A problem (RFC 9457).", "content": content})
        return operation
