"""Every operation of the OpenAPI schema, asked what the schema allows and what it does not: never a 500, and every
answer is one that the schema describes."""

import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks

from catalog.models import Scope, Store
from config.problems import PROBLEM_TYPE
from config.wsgi import application
from recommender.services.events import NewEvent, record_events
from tests.factories import make_image, make_products
from tests.recommender.conftest import embed

# Requests drawn for each operation, beside those that try every parameter's edges.
EXAMPLES = 25
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
    checks.allow_header_conformance,
]
SHOP = [
    {"sku": "mug", "title": "stoneware mug", "category": "Kitchen/Mugs", "brand": "Fjord", "price": 10},
    {"sku": "AB/12", "title": "frying pan", "category": "Kitchen/Pans", "availability": "out_of_stock"},
    {"sku": "0", "title": "desk lamp", "category": "Lighting", "price": 80, "attributes": {"colour": "blue"}},
]

config = SchemathesisConfig.from_dict(
    {
        "seed": 4,
        "generation": {"deterministic": True, "max-examples": EXAMPLES},
    }
)
schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application, config=config)


@schema.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any]) -> dict[str, Any]:
    """Half of the products asked for exist."""
    if not path_parameters or "sku" not in path_parameters:
        return path_parameters
    choice = zlib.crc32(repr(path_parameters["sku"]).encode()) % (2 * len(SHOP))
    return path_parameters | {"sku": SHOP[choice]["sku"]} if choice < len(SHOP) else path_parameters


@pytest.fixture
def headers(store: Store, make_key: Callable[..., str], settings: Any) -> dict[str, str]:
    """A key to everything in a small shop that answers by vectors."""
    settings.KINDRED_FETCH_PORTS = []  # nobody's address is asked for a picture
    make_products(store, [row | {"images": [make_image("red", mark=n)]} for n, row in enumerate(SHOP)])
    embed(store)
    record_events(store=store, events={0: NewEvent("e1", "0", "mug", "like")})
    return {"Authorization": f"Api-Key {make_key(Scope.values)}"}


@pytest.fixture
def open_connection() -> Iterator[None]:
    """A request is not the end of the test's transaction, as Django's own test client sees to."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("open_connection")
@schema.parametrize()
@hypothesis_settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_in_the_schema(case: Case, headers: dict[str, str]) -> None:
    with transaction.atomic():  # what one request changes, the next does not see
        response = case.call(headers=headers)
        transaction.set_rollback(True)
    case.validate_response(response, checks=CHECKS)
    if response.status_code >= 400:
        assert response.headers["content-type"] == [PROBLEM_TYPE]
