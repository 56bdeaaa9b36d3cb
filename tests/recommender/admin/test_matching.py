from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from catalog.models import Offer, Product, Supplier
from recommender.models import Match, MatchDecision
from recommender.selectors import review_progress
from recommender.services.match_decisions import accept_match, call_new, claim_match, reject_match
from recommender.services.matchers import add_version
from recommender.services.matching import match_due
from tests.recommender.services.test_matching import state

REVIEW = "/admin/recommender/match/review/"


@pytest.fixture
def admin(db) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("ann"))
    return client


@pytest.fixture
def queue(store, embedded_shop, offers):
    made = [
        offers("A-1", title="stoneware mug red <b>new</b> edition"),
        offers("A-2", title="stoneware mug red deluxe"),
    ]
    match_due(store=store)
    return made


def test_lists_open_and_cost_the_same_for_any_number_of_rows(admin, store, queue, offers):
    accept_match(store=store, match_id=queue[0].match.pk, by="user ann")
    add_version(store=store, artifact=b"0.9 0.1", metrics={"f1": 0.9})
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            for model in ("match", "matchdecision", "matcherversion"):
                assert admin.get(f"/admin/recommender/{model}/").status_code == 200
        counts.append(len(queries))
        for number in range(10):
            offers(f"B-{number}", title="stoneware mug red")
        match_due(store=store)
    assert counts[0] == counts[1]
    for model, row in (("match", Match), ("matchdecision", MatchDecision)):
        assert admin.get(f"/admin/recommender/{model}/{row.objects.first().pk}/change/").status_code == 200


@pytest.fixture
def hose(store, embedded_shop, offers):
    """Like nothing the shop has."""
    offer = offers("4711", title="garden hose <i>long</i>")
    match_due(store=store)
    return offer


def test_from_new_it_is_one_click_to_a_product(admin, store, queue, hose):
    html = admin.get(f"{REVIEW}?store=main&item={queue[0].match.pk}").content.decode()
    assert "Make a product" not in html
    page = admin.post(f"{REVIEW}?store=main", {"item": queue[0].match.pk, "act": "new"}, follow=True)
    address = f"{REVIEW}?store=main&amp;item={queue[0].match.pk}"
    assert f'<a href="{address}" class="underline">Make a product of it</a>' in page.content.decode()
    html = admin.get(address.replace("&amp;", "&")).content.decode()
    assert 'name="sku" value="A-1"' in html
    item = {"item": queue[0].match.pk, "act": "product", "sku": " MUG-9 "}
    page = admin.post(f"{REVIEW}?store=main", item, follow=True)
    product = Product.objects.get(sku="MUG-9")
    assert f"/admin/catalog/product/{product.pk}/change/" in page.content.decode()
    assert state(queue[0])[:2] == ("linked", "MUG-9")
    html = admin.get(f"{REVIEW}?store=main&item={queue[0].match.pk}").content.decode()
    assert "user ann: made MUG-9" in html


def test_a_sku_that_is_taken_is_said_on_the_page(admin, store, hose):
    item = {"item": hose.match.pk, "act": "product", "sku": "mug-red"}
    page = admin.post(f"{REVIEW}?store=main", item, follow=True)
    assert "sku: The store has a product &#x27;mug-red&#x27;" in page.content.decode()
    assert state(hose)[0] == "new"


def test_who_may_decide_but_not_add_products_makes_none(store, queue, hose):
    client, user = Client(), User.objects.create_user("eve", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=["change_match", "view_match"]))
    client.force_login(user)
    address, item = f"{REVIEW}?store=main", {"item": hose.match.pk, "act": "product", "sku": "x"}
    assert "Make a product" not in client.get(f"{address}&item={hose.match.pk}").content.decode()
    page = client.post(address, {"item": queue[0].match.pk, "act": "new"}, follow=True)
    assert "Make a product" not in page.content.decode()
    assert client.post(address, item).status_code == 403
    chosen = {"action": "make_products", "_selected_action": [hose.match.pk]}
    client.post("/admin/recommender/match/", chosen)
    assert state(hose)[0] == "new"
    user.user_permissions.add(Permission.objects.get(codename="add_product"))
    assert client.post(address, item).status_code == 302
    assert state(hose)[:2] == ("linked", "x")


def test_products_are_made_of_those_chosen_that_can_be(admin, store, queue, hose, offers):
    other = offers("mug-red", title="lawn sprinkler")
    match_due(store=store)
    chosen = [hose.match.pk, other.match.pk, queue[0].match.pk]
    page = admin.post(
        "/admin/recommender/match/", {"action": "make_products", "_selected_action": chosen}, follow=True
    ).content.decode()
    assert "1 products were made" in page
    assert "lawn sprinkler [mug-red]: sku: The store has a product" in page
    assert "is review; call it new first." in page
    assert [state(each)[0] for each in (hose, other, queue[0])] == ["linked", "new", "review"]


def test_the_list_of_versions_says_what_is_missing_to_learn(admin, store, other_store, queue):
    assert "Nothing was decided yet" in admin.get("/admin/recommender/matcherversion/").content.decode()
    accept_match(store=store, match_id=queue[0].match.pk, by="user ann")
    html = admin.get("/admin/recommender/matcherversion/").content.decode()
    told = "1 accepted and 0 refused since a version learned that was in use; it takes 200, and 50 of either."
    assert f"<b>{store}</b>: learns nothing tonight: {told}" in html
    assert f"<b>{other_store}</b>" not in html


def test_the_page_goes_to_the_next_item_and_claims_it(admin, queue):
    answer = admin.get(REVIEW)
    assert answer.status_code == 302
    assert admin.get(answer.url).status_code == 200
    assert Match.objects.get(claimed_by="user ann").offer == queue[0]


def test_what_suppliers_write_is_text_and_no_markup(admin, queue):
    html = admin.get(f"{REVIEW}?store=main&item={queue[0].match.pk}").content.decode()
    assert "<b>new</b>" not in html


def test_only_who_may_change_matches_gets_in(store, queue):
    client = Client()
    user = User.objects.create_user("eve", is_staff=True)
    client.force_login(user)
    item = {"item": queue[0].match.pk, "act": "accept", "sku": "mug-red"}
    assert client.get(REVIEW).status_code == 403
    assert client.post(f"{REVIEW}?store=main", item).status_code == 403
    assert state(queue[0])[0] == "review"
    user.user_permissions.add(Permission.objects.get(codename="change_match"))
    assert client.post(f"{REVIEW}?store=main", item).status_code == 302
    assert state(queue[0])[:2] == ("linked", "mug-red")


@pytest.mark.parametrize(
    "item",
    [
        {"item": "x", "act": "accept"},
        {"item": 10**15, "act": "reject"},
        {"act": "burn"},
        {"item": "1", "act": "accept", "sku": "nothing"},
    ],
)
def test_nonsense_changes_nothing(admin, queue, item):
    before = list(MatchDecision.objects.values())
    assert admin.post(f"{REVIEW}?store=main", item).status_code == 302
    assert list(MatchDecision.objects.values()) == before


@pytest.mark.parametrize("item", ["999999", "abc", "-1", "²", "9" * 40, "<b>x</b>"])
def test_an_offer_that_is_not_there_is_told_with_a_way_on(admin, queue, item):
    page = admin.get(REVIEW, {"store": "main", "item": item})
    html = page.content.decode()
    assert page.status_code == 404
    assert f"Main has no offer {escape(item)}: there never was one, or it has gone since." in html
    assert "<b data-left>2</b>" in html and "Nothing waits" not in html
    assert '<a href="?store=main" data-key="j"><kbd>j</kbd> Next of those that wait</a>' in html
    assert not Match.objects.exclude(claimed_by="").exists()


@pytest.mark.parametrize("slug", ["nosuch", "\0", "a b", "<b>x</b>"])
def test_an_unknown_store_is_told_with_those_that_have_a_queue(admin, other_store, queue, slug):
    item = {"item": queue[0].match.pk, "act": "accept", "sku": "mug-red"}
    for page in (admin.get(REVIEW, {"store": slug}), admin.post(f"{REVIEW}?{urlencode({'store': slug})}", item)):
        html = page.content.decode()
        assert page.status_code == 404
        assert "There is no store " in html and "<b>x</b>" not in html
        assert '<li><a href="?store=main">Main</a> (main)</li>' in html
        assert "?store=other" not in html and "to review" not in html
    assert state(queue[0])[0] == "review"


def test_an_offer_asked_for_without_its_store_is_found(admin, other_store, queue):
    other = Offer.objects.create(
        supplier=Supplier.objects.create(store=other_store, slug="s", name="S"),
        supplier_sku="1",
        title="A mug elsewhere",
    )
    match_due(store=other_store)
    assert "A mug elsewhere" in admin.get(f"{REVIEW}?item={other.match.pk}").content.decode()
    assert admin.get(f"{REVIEW}?store=main&item={other.match.pk}").status_code == 404


def test_what_others_look_at_is_not_nothing(admin, store, queue):
    for offer in queue:
        claim_match(store=store, match_id=offer.match.pk, by="user bob")
    page = admin.get(REVIEW)
    assert page.status_code == 200
    assert "Others are looking at all that waits here." in page.content.decode()
    assert "Nothing waits" not in page.content.decode()


def test_a_step_back_passes_over_what_has_gone(admin, queue):
    first, second = (offer.match.pk for offer in queue)
    for pk in (first, second):
        assert admin.get(f"{REVIEW}?store=main&item={pk}").status_code == 200
    queue[0].delete()
    assert admin.get(f"{REVIEW}?store=main&before={second}").url == f"{REVIEW}?store=main&item={second}"


def test_a_note_and_the_names_of_facts_are_not_marked(admin, store, embedded_shop, offers):
    product = Product.objects.get(sku="mug-red")
    product.attributes = {"colour": "red", "glaze": "matt"}
    product.save()
    offer = offers("A-1", title="stoneware mug red 350 ml", gtin="4006381333932")
    match_due(store=store)
    page = admin.get(f"{REVIEW}?store=main&item={offer.match.pk}&sku=mug-red")
    rows = {row.name: row for row in page.context["rows"]}
    assert [(piece.text, piece.kind) for piece in rows["GTIN"].left] == [
        ("4006381333932", "same"),
        (" (wrong)", "same"),
    ]
    assert [piece.text for piece in rows["Attributes"].right if piece.kind != "same"] == ["matt"]
    assert "".join(piece.text for piece in rows["Attributes"].right) == "colour red, glaze matt"


def test_what_was_rejected_and_accepted_after_all_is_shown(admin, store, queue):
    match = queue[0].match
    for decide in (reject_match, accept_match):
        decide(store=store, match_id=match.pk, by="user ann", sku="mug-red")
    page = admin.get(f"{REVIEW}?store=main&item={match.pk}&sku=mug-red")
    assert page.context["given"] == {"sku": "mug-red"}
    admin.post(f"{REVIEW}?store=main", {"item": match.pk, "act": "undo"})
    page = admin.get(f"{REVIEW}?store=main&item={match.pk}&sku=mug-red")
    assert "mug-red" not in {each.value for each in page.context["choices"]}


def test_undo_on_an_item_somebody_decided_anew_is_of_that_item(admin, store, queue):
    shown, other = queue[0].match, queue[1].match
    reject_match(store=store, match_id=shown.pk, by="user ann", sku="mug-red")
    accept_match(store=store, match_id=other.pk, by="user ann", sku="mug-red")
    accept_match(store=store, match_id=shown.pk, by="user bob", sku="mug-red")
    admin.post(f"{REVIEW}?store=main", {"item": shown.pk, "act": "undo"})
    assert (state(queue[0])[:2], state(queue[1])[:2]) == (("review", None), ("linked", "mug-red"))


def test_what_another_holds_is_shown_and_not_taken(admin, store, queue):
    match = queue[0].match
    claim_match(store=store, match_id=match.pk, by="user bob")
    shown = admin.get(f"{REVIEW}?store=main&item={match.pk}").content.decode()
    assert "user bob is looking" in shown
    told = admin.post(f"{REVIEW}?store=main", {"item": match.pk, "act": "accept", "sku": "mug-red"}, follow=True)
    assert "user bob is looking at it until" in told.content.decode()
    assert state(queue[0])[0] == "review"


def test_progress_counts_first_candidates_that_were_right(store, queue, offers, django_assert_num_queries):
    third, fourth = offers("A-3", title="stoneware mug red wide"), offers("A-4", title="stoneware mug red tall")
    match_due(store=store)
    accept_match(store=store, match_id=queue[0].match.pk, by="user ann")
    accept_match(store=store, match_id=queue[1].match.pk, by="user ann", sku="mug-blue")
    reject_match(store=store, match_id=third.match.pk, by="user bob", sku="mug-red")
    accept_match(store=store, match_id=third.match.pk, by="user bob", sku="mug-blue")
    call_new(store=store, match_id=fourth.match.pk, by="user bob")
    with django_assert_num_queries(3):
        progress = review_progress(store, by="user bob")
    assert (progress.left, progress.decided, progress.judged, progress.right) == (0, 3, 4, 1)
    assert progress.precision == 25
