"""The review queue by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import Offer, Store
from recommender.matching.topics import ALL_ELSE, TOPICS
from recommender.models import Match, MatchDecision
from recommender.services.match_decisions import claim_match
from recommender.services.matching import match_due
from tests.recommender.conftest import COLOURS
from tests.recommender.services.test_matching import history, picture, state

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

REVIEW = "/admin/recommender/match/review/"


@pytest.fixture
def queue(store: Store, embedded_shop: dict[str, Any], offers: Callable[..., Offer]) -> dict[str, Offer]:
    """Three in review, B the most informative, then A, then C; the pictured one is A."""
    made = {
        "A": offers("A", title="stoneware mug red 330 ml new", image=picture(COLOURS["mug-blue"]), price=12),
        "B": offers("B", title="stoneware mug red of the very best"),
        "C": offers("C", title="stoneware mug red deluxe"),
    }
    match_due(store=store)
    order = Match.objects.in_review().most_informative_first().values_list("offer__supplier_sku", flat=True)
    assert list(order) == ["A", "B", "C"] or list(order) == ["B", "A", "C"]
    return made


@pytest.fixture
def page(browser: Any, live_server: Any) -> Iterator[Any]:
    context = open_as(browser, live_server, "ann")
    yield context.new_page()
    context.close()


def open_as(browser: Any, live_server: Any, name: str) -> Any:
    client = Client()
    client.force_login(User.objects.create_superuser(name))
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    return context


def shown(page: Any) -> str:
    """The number of the offer shown, or nothing at the end of the queue."""
    captions = page.locator(".review-pair caption")
    return captions.inner_text().split("/")[1].split()[0] if captions.count() else ""


def press(page: Any, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_queue_is_emptied_by_keys(page, live_server, queue):
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(live_server.url + REVIEW)
    order = [shown(page)]
    assert page.locator("[data-left]").inner_text() == "3"
    press(page, "j")
    order.append(shown(page))
    press(page, "k")
    assert shown(page) == order[0]
    press(page, "a")
    assert state(queue[order[0]])[0] == "linked"
    assert shown(page) == order[1]
    press(page, "n")
    assert state(queue[order[1]])[0] == "new"
    assert shown(page) == "C"
    press(page, "r")  # the next candidate is a third alike, so the offer stays
    assert shown(page) == "C" and state(queue["C"])[0] == "review"
    press(page, "r")
    press(page, "r")
    assert state(queue["C"])[0] == "rejected"
    assert page.locator("#empty").is_visible()
    assert page.locator("[data-left]").inner_text() == "0"
    press(page, "u")
    assert shown(page) == "C" and state(queue["C"])[0] == "review"
    assert [entry[2:] for entry in history(queue["C"])][-1] == ("user ann", "user ann")
    assert page.locator("[data-precision]").inner_text() == "33 %"
    assert set(MatchDecision.objects.values_list("by", flat=True)) == {"user ann"}
    assert errors == []


def test_what_differs_is_marked_and_pictures_zoom(page, live_server, queue):
    page.goto(f"{live_server.url}{REVIEW}?store=main&item={queue['A'].match.pk}&sku=mug-red")
    title = page.locator("[data-row=Title]")
    assert title.locator("mark.number").all_inner_texts() == ["330"]
    assert title.locator("td").first.locator("mark.word").all_inner_texts() == ["ml", "new"]
    assert page.locator("tr.differs[data-row=Price]").count() == 1
    bars = page.locator(".review-bars .name").all_inner_texts()
    assert bars and set(bars) <= {*TOPICS, ALL_ELSE} and len(bars) == len(set(bars))
    sizes = [page.locator(".review-pair img").first.bounding_box()["width"]]
    page.keyboard.press("z")
    sizes.append(page.locator(".review-pair img").first.bounding_box()["width"])
    assert sizes[1] > sizes[0]
    assert page.locator(".review-pair img").evaluate_all("all => all.every(img => img.naturalWidth > 0)")
    press(page, "2")
    assert page.locator(".review-candidates [aria-current]").inner_text().startswith("2")


def test_everything_is_reached_by_tab(page, live_server, queue):
    page.goto(live_server.url + REVIEW)
    acts = page.locator(".review-acts")
    acts.locator("button").first.focus()
    reached = []
    for _ in range(7):
        reached.append(page.evaluate("document.activeElement.dataset.key"))
        page.keyboard.press("Tab")
    assert reached == ["a", "r", "n", "u", "j", "k", "z"]


def test_every_new_page_begins_at_its_item(page, live_server, queue):
    page.goto(live_server.url + REVIEW)
    for key in "jkn":
        assert_tab_leads_from_heading_to(page, "a")
        press(page, key)
    assert "new" in described(page)
    press(page, "2")
    assert_tab_leads_from_heading_to(page, "a")
    page.goto(f"{live_server.url}{REVIEW}?store=main&item=999999")
    assert "Main has no offer 999999" in page.evaluate("document.activeElement.textContent")
    assert_tab_leads_from_heading_to(page, "j")
    press(page, "j")
    assert shown(page)


def test_from_the_top_of_the_page_one_link_leads_to_the_decision(page, live_server, queue):
    page.goto(live_server.url + REVIEW)
    page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges()")
    page.locator("body").evaluate("body => { body.tabIndex = -1; body.focus(); body.removeAttribute('tabindex') }")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the decision")
    assert skip.evaluate("link => link === document.activeElement")
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.key") == "a"


def assert_tab_leads_from_heading_to(page: Any, key: str) -> None:
    heading = page.locator("h2.review-subject")
    assert heading.evaluate("heading => heading === document.activeElement")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.key") == key


def described(page: Any) -> str:
    """What a screen reader adds to the heading."""
    ids = page.locator(".review-subject").get_attribute("aria-describedby").split()
    return " ".join(page.locator(f"#{each}").inner_text() for each in ids)


def test_two_reviewers_see_different_offers(browser, page, live_server, queue):
    page.goto(live_server.url + REVIEW)
    other = open_as(browser, live_server, "bob")
    second = other.new_page()
    second.goto(live_server.url + REVIEW)
    assert shown(page) and shown(second) and shown(page) != shown(second)
    second.goto(f"{live_server.url}{REVIEW}?store=main&item={queue[shown(page)].match.pk}")
    assert "user ann is looking" in second.locator(".review-warning").inner_text()
    press(second, "a")
    assert state(queue[shown(page)])[0] == "review"
    other.close()


def test_without_scripts_the_buttons_do_the_same(browser, live_server, store, queue):
    client = Client()
    user = User.objects.create_superuser("eve")
    client.force_login(user)
    first = Match.objects.in_review().most_informative_first().first()
    assert claim_match(store=store, match_id=first.pk, by="user eve") == first
    answer = client.post(f"{REVIEW}?store=main", {"item": first.pk, "act": "accept", "sku": "mug-red"}, follow=True)
    assert answer.status_code == 200
    assert state(first.offer)[:2] == ("linked", "mug-red")


def test_what_is_called_new_becomes_a_product_by_keys(page, live_server, queue):
    page.goto(f"{live_server.url}{REVIEW}?store=main&item={queue['A'].match.pk}")
    assert page.locator("#make").count() == 0
    press(page, "n")
    with page.expect_navigation():
        page.get_by_role("link", name="Make a product of it").click()
    assert shown(page) == "A"
    sku = page.get_by_label("It is new: as product")
    assert sku.input_value() == "A"
    sku.fill("map-1")  # typed letters are no keys
    assert shown(page) == "A" and state(queue["A"])[0] == "new"
    sku.blur()
    press(page, "p")
    assert state(queue["A"])[:2] == ("linked", "map-1")
    assert page.get_by_role("link", name="Look at product map-1").is_visible()
    with page.expect_navigation():
        page.get_by_role("link", name="Look at product map-1").click()
    assert "stoneware mug red 330 ml new [map-1]" in page.content()
    assert not page.locator("input[name=is_published]").is_checked()
    page.goto(f"{live_server.url}{REVIEW}?store=main&item={queue['A'].match.pk}")
    assert page.locator("#status").inner_text() == "Linked to map-1"
    assert page.locator("[data-decided]").inner_text() == "1"
    press(page, "u")
    assert state(queue["A"])[0] == "new"
