"""The admin on a phone: nothing is cut off and no page is wider than the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from catalog.models import Offer, Store
from recommender.models import Match, MatcherVersion
from recommender.services.matchers import add_version
from recommender.services.matching import match_due
from tests.browser.test_review import open_as

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LONG = "stoneware mug red of the very best kind with a lid and a saucer for tea or coffee, sold as it stands in a box"


@pytest.fixture
def kept(store: Store, embedded_shop: dict[str, Any], offers: Callable[..., Offer]) -> Offer:
    """An offer with a long title, and a version of a matcher with what does not break by itself."""
    offer = offers("A-1", title=LONG)
    match_due(store=store)
    add_version(store=store, artifact=b"", metrics={"learned_from": "0" * 64}, reason="better " * 40)
    return offer


@pytest.fixture(params=[390, 1280])
def page(request: Any, browser: Any, live_server: Any) -> Iterator[Any]:
    context = open_as(browser, live_server, "ann")
    page = context.new_page()
    page.set_viewport_size({"width": request.param, "height": 800})
    yield page
    context.close()


def test_no_page_is_wider_than_the_screen(page, live_server, kept):
    match, version = Match.objects.get(), MatcherVersion.objects.get()
    for path in (
        *("", "catalog/offer/", "recommender/match/", "recommender/match/review/", "recommender/matcherversion/"),
        *(f"recommender/match/{match.pk}/change/", f"recommender/matcherversion/{version.pk}/change/"),
        *("recommender/match/review/?item=999999", "recommender/match/review/?store=nosuch"),
    ):
        page.goto(f"{live_server.url}/admin/{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_long_titles_of_a_list_are_whole(page, live_server, kept):
    cut_off = "all => all.filter(cell => cell.scrollHeight > cell.clientHeight + 1).map(cell => cell.className)"
    for path in ("catalog/offer/", "recommender/match/", "recommender/matcherversion/"):
        page.goto(f"{live_server.url}/admin/{path}")
        assert page.locator("#result_list tbody :is(th, td)").count() > 0
        assert page.locator("#result_list tbody :is(th, td)").evaluate_all(cut_off) == [], path
