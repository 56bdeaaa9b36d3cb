"""Lists are paged by cursor: stable while rows come and go."""

from typing import Any

from django.core.exceptions import ValidationError as FieldError
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.fields import IntegerField
from rest_framework.pagination import CursorPagination as BaseCursorPagination
from rest_framework.request import Request


class CursorPagination(BaseCursorPagination):
    ordering = "-id"
    page_size_query_param = "limit"
    max_page_size = 200

    def get_page_size(self, request: Request) -> int | None:
        """A length is input like any other: one that is out of bounds is named, not ignored."""
        given = request.query_params.get(self.page_size_query_param)
        if given is None:
            return self.page_size
        try:
            length: int = IntegerField(min_value=1, max_value=self.max_page_size).run_validation(given)
        except ValidationError as error:
            raise ValidationError({self.page_size_query_param: error.detail}) from error
        return length

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        self._model = queryset.model
        return super().paginate_queryset(queryset, request, view)

    def decode_cursor(self, request: Request) -> Any:
        """A cursor is input like any other: a bad one is named, not "not found", and its position is a value of what
        the list is ordered by."""
        try:
            cursor = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                self._model._meta.get_field(self.ordering[0].lstrip("-")).to_python(cursor.position)
        except (NotFound, FieldError) as error:
            detail = ErrorDetail(self.invalid_cursor_message, "invalid")
            raise ValidationError({self.cursor_query_param: detail}) from error
        return cursor

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        bounds = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return [
            each | {"schema": bounds} if each["name"] == self.page_size_query_param else each for each in parameters
        ]
