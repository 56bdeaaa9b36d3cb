import pytest

from tests.factories import Api

pytestmark = pytest.mark.django_db


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
