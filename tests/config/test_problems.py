import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from rest_framework.request import Request
from rest_framework.views import APIView

from catalog.wire import fetch, fetch_under
from config.urls import handler400, handler500  # noqa: F401  (Django takes them from here)
from tests.factories import Api
from tests.recommender.conftest import assert_problem

pytestmark = pytest.mark.django_db


def breaks(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def sleeps(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 50")
        cursor.execute("SELECT pg_sleep(10)")
    raise AssertionError


class Sleeps(APIView):
    authentication_classes = permission_classes = ()

    def get(self, request: Request) -> HttpResponse:
        with transaction.atomic():
            fetch("SELECT set_config('statement_timeout', '50', true)")
            fetch("SELECT pg_sleep(10)")
        raise AssertionError

    def post(self, request: Request) -> HttpResponse:
        with transaction.atomic():
            fetch_under({"statement_timeout": "50"}, "SELECT pg_sleep(10)")
        raise AssertionError


urlpatterns = [path("breaks/", breaks), path("sleeps/", sleeps), path("api/sleeps/", Sleeps.as_view())]


def test_an_address_that_is_none_is_a_problem(api: Api) -> None:
    response = api.get("/api/v1/nothing/")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["code"] == "not_found"


def test_a_bad_cursor_is_named(api: Api) -> None:
    response = api.get("/api/v1/products/", cursor="cD0%not-a-cursor")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "cursor"


def test_nested_fields_are_written_as_paths(api: Api) -> None:
    response = api.post("/api/v1/products/bulk/", {"products": "many"})
    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert response.json()["errors"]


def test_json_nested_beyond_reason_is_refused(api: Api) -> None:
    response = api._client.post("/api/v1/events/", "[" * 200_000, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (400, "parse_error")


def test_a_format_in_the_query_is_a_field_like_any_other(api: Api) -> None:
    assert api.get("/api/v1/spaces/", format="xml").status_code == 200


def test_fields_that_contradict_each_other_name_one(api: Api) -> None:
    answer = api.get("/api/v1/recommendations/", shopper="ann", min_price=2, max_price=1)
    assert_problem(answer, 400, field="min_price", code="above_max_price")


def test_a_method_that_is_not_there(api: Api) -> None:
    answer = api.delete("/api/v1/products/")
    assert_problem(answer, 405, code="method_not_allowed")
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_answers_are_json_or_none(api: Api) -> None:
    assert_problem(api._client.get("/api/v1/spaces/", headers={"accept": "text/csv"}), 406, code="not_acceptable")


def test_a_content_type_nobody_reads(api: Api) -> None:
    answer = api._client.post("/api/v1/events/", "<events/>", content_type="application/xml")
    assert_problem(answer, 415, code="unsupported_media_type")


def test_a_host_that_is_not_ours() -> None:
    assert_problem(Client(headers={"host": "evil.example"}).get("/api/v1/products/"), 400, code="bad_request")


@pytest.mark.urls(__name__)
def test_what_breaks_here_says_nothing_of_how() -> None:
    answer = Client(raise_request_exception=False).get("/breaks/")
    assert "ZeroDivision" not in answer.content.decode()
    assert_problem(answer, 500, code="error")


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("method", "path"), [("GET", "/sleeps/"), ("GET", "/api/sleeps/"), ("POST", "/api/sleeps/")])
def test_a_statement_that_took_too_long_is_said_to_have(method: str, path: str) -> None:
    answer = Client().generic(method, path)
    assert answer["Content-Type"] == "application/problem+json"
    assert "statement" not in answer.content.decode()
    assert_problem(answer, 503, code="took_too_long")
    assert fetch("SELECT 'the connection goes on'")
