"""The OpenAPI schema says of everything what it means, and lists as lists."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    generated: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return generated


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                yield f"{method} {path}", methods[method]


def resolve(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    name = shape.get("$ref", "").rpartition("/")[2]
    return schema["components"]["schemas"][name] if name else shape


def test_it_is_openapi(schema):
    validate_schema(schema)
    assert len(list(operations(schema))) > 30


def test_every_operation_parameter_and_field_is_described(schema):
    silent = [name for name, operation in operations(schema) if not operation.get("description")]
    for name, operation in operations(schema):
        silent += [
            f"{name} ?{parameter['name']}"
            for parameter in operation.get("parameters", [])
            if not parameter.get("description")
        ]
    for name, shape in schema["components"]["schemas"].items():
        silent += [
            f"{name}.{field}"
            for field, facts in shape.get("properties", {}).items()
            if "$ref" not in facts and not facts.get("description")
        ]
    assert silent == []


@pytest.mark.parametrize(
    ("path", "lists"),
    [
        ("/api/v1/search/", {"like", "unlike", "facets"}),
        ("/api/v1/recommendations/", {"basket", "facets"}),
        ("/api/v1/products/{sku}/similar/", {"facets"}),
        ("/api/v1/products/{sku}/bought-together/", {"facets"}),
    ],
)
def test_lists_in_query_strings_are_arrays_of_the_same_name_again_and_again(schema, path, lists):
    parameters = schema["paths"][path]["get"]["parameters"]
    arrays = {each["name"]: each for each in parameters if each.get("schema", {}).get("type") == "array"}
    assert set(arrays) == lists
    # OpenAPI's default for queries is `form`, exploded: ?like=a&like=b
    assert all(each.get("style", "form") == "form" and each.get("explode", True) for each in arrays.values())


def test_objects_in_query_strings_are_json(schema):
    for name, operation in operations(schema):
        for parameter in operation.get("parameters", []):
            shape = resolve(schema, parameter.get("schema", {}))
            assert parameter["in"] != "query" or shape.get("type") != "object", name
    parameters = schema["paths"]["/api/v1/search/"]["get"]["parameters"]
    assert {each["name"] for each in parameters if "content" in each} == {"filters", "weights"}


def test_every_example_is_one(schema):
    """Requests and answers that the schema shows keep to what it says of them."""
    shown = 0
    for name, operation in operations(schema):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in (media for body in bodies for media in body.get("content", {}).values()):
            for title, example in content.get("examples", {}).items():
                shape = {**resolve(schema, content["schema"]), "components": schema["components"]}
                jsonschema.Draft202012Validator(shape).validate(example["value"])
                shown += 1
                assert title, name
    assert shown >= 10
