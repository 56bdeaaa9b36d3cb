import pytest
from django.urls import reverse

from recommender.models import Event, Shopper

EVENTS, SHOPPERS = "admin:recommender_event_changelist", "admin:recommender_shopper_changelist"


@pytest.fixture
def many(store, shop, happens):
    for number in range(6):
        happens(f"shopper-{number}", "view", *shop)


@pytest.mark.parametrize("name", [EVENTS, SHOPPERS])
def test_lists_cost_a_fixed_number_of_queries(admin_client, shop, happens, many, name, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        page = admin_client.get(reverse(name))
    assert page.status_code == 200
    assert "shopper-5" in page.content.decode()


@pytest.mark.parametrize(("query", "found"), [("e3", 1), ("shopper-1", 8), ("mug-red", 6), ("nothing", 0)])
def test_events_are_found_by_id_shopper_and_sku(admin_client, many, query, found):
    page = admin_client.get(reverse(EVENTS), {"q": query})
    assert page.context["cl"].result_count == found


def test_shoppers_are_found_by_a_part_of_their_name(admin_client, many):
    assert admin_client.get(reverse(SHOPPERS), {"q": "per-3"}).context["cl"].result_count == 1


@pytest.mark.parametrize(("kind", "model"), [("event", Event), ("shopper", Shopper)])
def test_nothing_is_added_changed_or_deleted_by_hand(admin_client, many, kind, model):
    pk, before = model.objects.first().pk, model.objects.count()
    assert admin_client.get(reverse(f"admin:recommender_{kind}_change", args=[pk])).status_code == 200
    for action, arguments in [("add", []), ("change", [pk]), ("delete", [pk])]:
        path = reverse(f"admin:recommender_{kind}_{action}", args=arguments)
        assert admin_client.post(path, {"post": "yes"}).status_code == 403
    assert model.objects.count() == before
