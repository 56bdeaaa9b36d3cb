"""Request bodies within bounds: no upload beyond a view's `max_body_bytes`, no JSON nested beyond the parser's stack.

The size of a JSON body is bounded by Django's DATA_UPLOAD_MAX_MEMORY_SIZE.
"""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser, MultiPartParser


class TooLargeError(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = "The request's body is too large."


class BoundedJSONParser(JSONParser):
    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error


class BoundedMultiPartParser(MultiPartParser):
    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        _check_length(parser_context)
        return super().parse(stream, media_type, parser_context)


def _check_length(context: Mapping[str, Any] | None) -> None:
    """No server reads past a request's declared length, so the declaration is all that needs checking."""
    if context is None:
        return
    limit = getattr(context["view"], "max_body_bytes", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    try:
        length = int(context["request"].META.get("CONTENT_LENGTH") or 0)
    except ValueError as error:
        raise ParseError("The Content-Length is not a number.") from error
    if length > limit:
        raise TooLargeError
