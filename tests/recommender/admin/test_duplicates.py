import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from recommender.models import DuplicateDecision, DuplicatePair
from recommender.selectors import duplicate_progress
from recommender.services.claims import claim_item
from recommender.services.duplicate_decisions import accept_duplicate, reject_duplicate
from recommender.services.duplicates import find_duplicates
from tests.factories import make_products

REVIEW = "/admin/recommender/duplicatepair/review/"


@pytest.fixture
def admin(db) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("ann"))
    return client


@pytest.fixture
def queue(store) -> dict[str, DuplicatePair]:
    """`ab`, `ac` and `bc`, by the skus of their products."""
    titles = {
        "a": "walnut <b>chest</b> with drawers",
        "b": "walnut <b>chest</b> with drawers wide",
        "c": "walnut with drawers",
    }
    make_products(store, [{"sku": sku, "title": title} for sku, title in titles.items()])
    find_duplicates(store=store)
    return {pair.one.sku + pair.other.sku: pair for pair in DuplicatePair.objects.select_related("one", "other")}


def merged() -> dict[str, str]:
    return dict(Product.objects.exclude(merged_into=None).values_list("sku", "merged_into__sku"))


def test_lists_open_and_cost_the_same_for_any_number_of_rows(admin, store, queue):
    reject_duplicate(store=store, pair_id=queue["ab"].pk, by="user ann")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            for model in ("duplicatepair", "duplicatedecision"):
                assert admin.get(f"/admin/recommender/{model}/").status_code == 200
        counts.append(len(queries))
        make_products(store, [{"sku": f"x{number}", "title": "garden hose"} for number in range(5)])
        find_duplicates(store=store)
    assert counts[0] == counts[1]
    for model, row in (("duplicatepair", DuplicatePair), ("duplicatedecision", DuplicateDecision)):
        assert admin.get(f"/admin/recommender/{model}/{row.objects.first().pk}/change/").status_code == 200


def test_the_page_goes_to_the_next_pair_claims_it_and_shows_text_as_text(admin, queue):
    answer = admin.get(REVIEW)
    assert answer.status_code == 302
    html = admin.get(answer.url).content.decode()
    assert "<b>chest</b>" not in html
    held = DuplicatePair.objects.get(claimed_by="user ann")
    assert held == DuplicatePair.objects.most_informative_first().first()


def test_either_of_the_two_can_be_kept_and_undone(admin, queue):
    item = {"item": queue["ab"].pk}
    for keep, gone in (("a", "b"), ("b", "a")):
        shown = admin.get(f"{REVIEW}?store=main&item={queue['ab'].pk}&keep={keep}").content.decode()
        assert f"Product {keep} stays, {gone} becomes part of it" in shown
        admin.post(f"{REVIEW}?store=main", {**item, "act": "accept", "keep": keep})
        assert merged() == {gone: keep}
        admin.post(f"{REVIEW}?store=main", {"item": 0, "act": "undo"})  # the last that she decided
        assert merged() == {}


def test_only_who_may_change_pairs_gets_in(store, queue):
    client = Client()
    user = User.objects.create_user("eve", is_staff=True)
    client.force_login(user)
    item = {"item": queue["ab"].pk, "act": "accept"}
    assert client.get(REVIEW).status_code == 403
    assert client.post(f"{REVIEW}?store=main", item).status_code == 403
    assert merged() == {}
    user.user_permissions.add(Permission.objects.get(codename="change_duplicatepair"))
    assert client.post(f"{REVIEW}?store=main", item).status_code == 302
    assert merged() == {"b": "a"}


@pytest.mark.parametrize(
    "item",
    [
        {"item": "x", "act": "accept"},
        {"item": 10**15, "act": "reject"},
        {"act": "new"},
        {"act": "undo"},
        {"item": "pair", "act": "accept", "keep": "nothing"},
    ],
)
def test_nonsense_changes_nothing(admin, queue, item):
    if item.get("item") == "pair":
        item = {**item, "item": queue["ab"].pk}
    assert admin.post(f"{REVIEW}?store=main", item).status_code == 302
    assert not DuplicateDecision.objects.exists() and merged() == {}


@pytest.mark.parametrize("item", ["999999", "abc"])
def test_a_pair_that_is_not_there_is_told_with_a_way_on(admin, queue, item):
    page = admin.get(f"{REVIEW}?store=main&item={item}")
    html = page.content.decode()
    assert page.status_code == 404
    assert f"Main has no pair {item}: there never was one, or it has gone since." in html
    assert f"<b data-left>{len(queue)}</b>" in html and "Nothing waits" not in html
    assert '<a href="?store=main" data-key="j">' in html


def test_an_unknown_store_is_told_with_those_that_have_a_queue(admin, queue):
    page = admin.get(f"{REVIEW}?store=nosuch")
    assert page.status_code == 404
    assert "There is no store nosuch." in page.content.decode()
    assert '<a href="?store=main">Main</a> (main)' in page.content.decode()


def test_of_attributes_only_values_are_marked(admin, store, queue):
    for sku, colour in (("a", "walnut red"), ("b", "walnut blue")):
        Product.objects.filter(sku=sku).update(attributes={"colour": colour, "size_cm": 40})
    page = admin.get(f"{REVIEW}?store=main&item={queue['ab'].pk}&keep=a")
    [row] = [row for row in page.context["rows"] if row.name == "Attributes"]
    assert [[piece.text for piece in side if piece.kind != "same"] for side in (row.left, row.right)] == [
        ["red"],
        ["blue"],
    ]
    assert row.differs


def test_what_another_holds_is_shown_and_not_taken(admin, store, queue):
    claim_item(DuplicatePair, store=store, pk=queue["ab"].pk, by="user bob")
    shown = admin.get(f"{REVIEW}?store=main&item={queue['ab'].pk}").content.decode()
    assert "user bob is looking" in shown
    told = admin.post(f"{REVIEW}?store=main", {"item": queue["ab"].pk, "act": "accept"}, follow=True)
    assert "user bob is looking at it until" in told.content.decode()
    assert merged() == {}


def test_another_stores_pairs_are_not_there(admin, other_store, queue):
    admin.post(f"{REVIEW}?store=other", {"item": queue["ab"].pk, "act": "accept"})
    assert merged() == {}
    assert "Nothing waits for review" in admin.get(f"{REVIEW}?store=other").content.decode()


def test_progress_counts_how_often_two_were_one(store, queue, django_assert_num_queries):
    reject_duplicate(store=store, pair_id=queue["bc"].pk, by="user bob")
    accept_duplicate(store=store, pair_id=queue["ab"].pk, by="user ann", keep="a")
    with django_assert_num_queries(2):
        progress = duplicate_progress(store, by="user bob")
    assert (progress.left, progress.decided, progress.judged, progress.right) == (1, 1, 2, 1)
    assert progress.precision == 50


def test_a_merged_product_can_not_be_shown_by_its_form(admin, store, queue):
    accept_duplicate(store=store, pair_id=queue["ab"].pk, by="user ann", keep="a")
    gone = Product.objects.get(sku="b")
    page = f"/admin/catalog/product/{gone.pk}/change/"
    assert "a" in admin.get(page).content.decode()
    form = {
        "title": gone.title,
        "attributes": "{}",
        "availability": "in_stock",
        "is_published": "on",
        "images-TOTAL_FORMS": 0,
        "images-INITIAL_FORMS": 0,
    }
    answer = admin.post(page, form)
    assert answer.status_code == 200 and "It was merged into a." in answer.content.decode()
    assert admin.post(page, {**form, "is_published": ""}).status_code == 302
    gone.refresh_from_db()
    assert (gone.is_published, gone.merged_into.sku) == (False, "a")


def test_the_one_kept_is_not_deleted_and_the_page_says_why(admin, store, queue):
    accept_duplicate(store=store, pair_id=queue["ab"].pk, by="user ann", keep="a")
    kept = Product.objects.get(sku="a")
    address = f"/admin/catalog/product/{kept.pk}/delete/"
    many = {"action": "delete_selected", "_selected_action": [kept.pk]}
    for page in (admin.post(address, {"post": "yes"}), admin.post("/admin/catalog/product/", many | {"post": "yes"})):
        assert page.status_code == 200
        assert "a and b: accept" in str(page.context["protected"])
    assert merged() == {"b": "a"}
