"""Errors are RFC 9457 problems, whoever raises them."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import psycopg
import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

logger = structlog.get_logger(__name__)

PROBLEM_TYPE = "application/problem+json"


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn every DRF error into `{"type","title","status","code","detail","errors"?}`.

    `errors` lists `{"field", "code", "message"}`; fields inside others are written `filters.price`, `rows.3.sku`.
    """
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Response(describe(error), status=error.status_code, headers=headers, content_type=PROBLEM_TYPE)


def describe(error: exceptions.APIException) -> dict[str, Any]:
    problem: dict[str, Any] = {"type": "about:blank", "title": _title(error.status_code), "status": error.status_code}
    if isinstance(error, exceptions.ValidationError):
        errors = list(_flatten(error.detail))
        return problem | {
            "code": "invalid",
            "detail": "; ".join(f"{item['field']}: {item['message']}" for item in errors[:5]),
            "errors": errors,
        }
    codes = error.get_codes()
    return problem | {"code": codes if isinstance(codes, str) else error.default_code, "detail": str(error.detail)}


def _flatten(detail: Any, path: str = "") -> Any:
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from _flatten(value, path if key == "non_field_errors" else f"{path}.{key}" if path else str(key))
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, (dict, list))
            yield from _flatten(value, f"{path}.{index}" if nested and path else str(index) if nested else path)
    else:
        yield {"field": _printable(path or "body"), "code": detail.code, "message": _printable(detail)}


def _printable(text: str) -> str:
    """Messages repeat input, and input may hold half a surrogate pair, which no answer can be encoded with."""
    return str(text).encode("utf-8", "replace").decode()


def _title(code: int) -> str:
    return HTTPStatus(code).phrase


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return _plain_problem(status.HTTP_404_NOT_FOUND, "not_found", "Nothing lives at this address.")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return _plain_problem(status.HTTP_400_BAD_REQUEST, "bad_request", "The request could not be read.")


def server_error(request: HttpRequest) -> JsonResponse:
    return _plain_problem(status.HTTP_500_INTERNAL_SERVER_ERROR, "error", "Something broke here; it has been logged.")


class TookTooLongMiddleware:
    """For views of any kind: what Postgres gave up (KINDRED_STATEMENT_SECONDS) is no fault of the code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> JsonResponse | None:
        """Through Django's cursors it comes as an OperationalError, through `catalog.wire` as itself."""
        if not any(isinstance(error, psycopg.errors.QueryCanceled) for error in (exception, exception.__cause__)):
            return None
        logger.warning("a statement took too long", path=request.path, reason=str(exception))
        detail = "The database took too long over this; ask for less, or later."
        return _plain_problem(status.HTTP_503_SERVICE_UNAVAILABLE, "took_too_long", detail)


def _plain_problem(code: int, name: str, detail: str) -> JsonResponse:
    body = {"type": "about:blank", "title": _title(code), "status": code, "code": name, "detail": detail}
    return JsonResponse(body, status=code, content_type=PROBLEM_TYPE)
