from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Category, Product, Store
from embeddings.models import CategorySuggestion
from tests.factories import make_image, make_product, make_products

pytestmark = pytest.mark.django_db

LIST = reverse("admin:embeddings_categorysuggestion_changelist")


def suggest(store: Store, count: int, *, start: int = 0) -> list[CategorySuggestion]:
    rows: list[dict[str, Any]] = [
        {"sku": f"{store.slug}-{n}", "title": f"Thing {n}", "images": [make_image(mark=n)]}
        for n in range(start, start + count)
    ]
    make_product(store, sku="full", category="Home/Mugs")
    category = Category.objects.of(store).get(path="Home/Mugs")
    return [
        CategorySuggestion.objects.create(
            product=product,
            category=category,
            probability=0.5 + n / 100,
            score=0.4,
            modality="both",
            encoder_id="fake",
            created_at=product.created_at,
        )
        for n, product in enumerate(make_products(store, rows))
    ]


def do(client: Client, action: str, *chosen: CategorySuggestion) -> HttpResponse:
    return client.post(LIST, {"action": action, "_selected_action": [each.pk for each in chosen]}, follow=True)


def shown(page: HttpResponse) -> list[str]:
    return [each.product.sku for each in page.context["cl"].result_list]


def manager(*permissions: str) -> Client:
    user = User.objects.create_user("manager", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def test_the_list_shows_what_there_is_to_decide_likeliest_first(admin_client: Client, store: Store) -> None:
    first, second, third = suggest(store, 3)
    CategorySuggestion.objects.filter(pk=second.pk).update(status="dismissed")
    page = admin_client.get(LIST)
    assert shown(page) == [third.product.sku, first.product.sku]
    text = page.content.decode()
    assert "Home/Mugs" in text
    assert "52%" in text
    assert "/media/products/" in text
    assert shown(admin_client.get(LIST, {"status": "dismissed"})) == [second.product.sku]
    assert len(shown(admin_client.get(LIST, {"status": "all"}))) == 3


def test_the_list_is_searched_and_narrowed_to_a_store(admin_client: Client, store: Store, other_store: Store) -> None:
    suggest(store, 2)
    suggest(other_store, 1)
    assert shown(admin_client.get(LIST, {"q": "main-1"})) == ["main-1"]
    assert shown(admin_client.get(LIST, {"product__store__id__exact": other_store.pk})) == ["other-0"]


def test_lists_cost_the_same_for_any_number_of_rows(admin_client: Client, store: Store) -> None:
    counts = []
    for start in (0, 10):
        suggest(store, 10, start=start)
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(LIST).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_accepting_and_dismissing(admin_client: Client, store: Store) -> None:
    first, second, third = suggest(store, 3)
    assert "1 products have" in do(admin_client, "accept", first).content.decode()
    assert "1 suggestions dismissed" in do(admin_client, "dismiss", second).content.decode()
    paths = dict(Product.objects.values_list("sku", "category__path"))
    assert [paths[each.product.sku] for each in (first, second, third)] == ["Home/Mugs", None, None]
    statuses = CategorySuggestion.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["accepted", "dismissed", "open"]
    assert Product.objects.get(pk=first.product_id).content_hash != first.product.content_hash


def test_a_product_whose_category_changed_meanwhile_is_told_of(admin_client: Client, store: Store) -> None:
    (only,) = suggest(store, 1)
    make_product(store, sku=only.product.sku, category="Home/Bowls")
    assert "1 were left open" in do(admin_client, "accept", only).content.decode()
    assert str(Product.objects.get(pk=only.product_id).category) == "Home/Bowls"


def test_nothing_is_added_changed_or_deleted_by_hand(admin_client: Client, store: Store) -> None:
    (only,) = suggest(store, 1)
    page = admin_client.get(reverse("admin:embeddings_categorysuggestion_change", args=[only.pk]))
    assert page.status_code == 200
    assert "Home/Mugs" in page.content.decode()
    for name, arguments in [("add", []), ("change", [only.pk]), ("delete", [only.pk])]:
        path = reverse(f"admin:embeddings_categorysuggestion_{name}", args=arguments)
        assert admin_client.post(path, {"post": "yes"}).status_code == 403
    assert CategorySuggestion.objects.get().status == "open"


@pytest.mark.parametrize(
    ("permissions", "may"),
    [
        ([], []),
        (["change_categorysuggestion"], ["dismiss"]),
        (["change_product"], []),
        (["change_categorysuggestion", "change_product"], ["accept", "dismiss"]),
    ],
)
def test_deciding_takes_permission_and_accepting_that_to_change_products(
    store: Store, permissions: list[str], may: list[str]
) -> None:
    client = manager("view_categorysuggestion", *permissions)
    for number, action in enumerate(("accept", "dismiss")):
        (only,) = suggest(store, 1, start=number)
        do(client, action, only)
        only.refresh_from_db()
        assert (only.status != "open") == (action in may)
        assert (only.product.category is not None) == (action == "accept" and action in may)


def test_without_permission_to_view_there_is_no_list(store: Store) -> None:
    assert manager().get(LIST).status_code == 403
