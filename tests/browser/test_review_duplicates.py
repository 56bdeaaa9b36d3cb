"""The queue of duplicates by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from catalog.models import Product, Store
from recommender.models import DuplicatePair
from recommender.services.duplicates import find_duplicates
from tests.browser.test_review import open_as, press
from tests.factories import make_image, make_products

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

REVIEW = "/admin/recommender/duplicatepair/review/"


@pytest.fixture
def queue(store: Store) -> None:
    """Chests a and b, and c that is less like either; two hoses."""
    rows: list[dict[str, Any]] = [
        {"sku": "a", "title": "walnut chest with 3 drawers", "images": [make_image("red")], "price": 90},
        {"sku": "b", "title": "walnut chest with 4 drawers", "images": [make_image("blue")]},
        {"sku": "hose", "title": "garden hose"},
        {"sku": "hose-2", "title": "garden hose"},
    ]
    make_products(store, rows)
    find_duplicates(store=store)


@pytest.fixture
def page(browser: Any, live_server: Any) -> Iterator[Any]:
    context = open_as(browser, live_server, "ann")
    yield context.new_page()
    context.close()


def merged() -> dict[str, str]:
    return dict(Product.objects.exclude(merged_into=None).values_list("sku", "merged_into__sku"))


def test_a_queue_is_emptied_by_keys(page, live_server, queue):
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(live_server.url + REVIEW)
    caption = page.locator(".review-pair caption")
    assert caption.inner_text() == "Product a stays, b becomes part of it"
    assert page.locator("[data-row=Title] mark.number").all_inner_texts() == ["3", "4"]
    assert page.locator(".review-pair img").evaluate_all("all => all.every(img => img.naturalWidth > 0)")
    press(page, "2")
    assert caption.inner_text() == "Product b stays, a becomes part of it"
    press(page, "a")
    assert merged() == {"a": "b"}
    assert "hose" in caption.inner_text()
    press(page, "r")
    assert page.locator("#empty").is_visible()
    assert page.locator("[data-left]").inner_text() == "0"
    assert page.locator("[data-precision]").inner_text() == "50 %"
    press(page, "u")
    assert DuplicatePair.objects.in_review().count() == 1
    press(page, "k")
    press(page, "u")
    assert merged() == {}
    assert errors == []


def test_one_queue_leads_to_the_other_and_everything_is_reached_by_tab(page, live_server, queue):
    page.goto(live_server.url + "/admin/recommender/match/review/")
    with page.expect_navigation():
        page.get_by_role("link", name="Duplicates", exact=True).last.click()
    page.locator(".review-acts button").first.focus()
    reached = []
    for _ in range(6):
        reached.append(page.evaluate("document.activeElement.dataset.key"))
        page.keyboard.press("Tab")
    assert reached == ["a", "r", "u", "j", "k", "z"]
