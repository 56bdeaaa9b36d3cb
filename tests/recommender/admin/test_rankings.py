import uuid

import pytest
from django.urls import reverse

from recommender.models import Ranking
from recommender.services.experiments import NewVariant, create_experiment, delete_experiment
from recommender.services.rankings import ShownRanking, write_rankings

LIST = reverse("admin:recommender_ranking_changelist")


@pytest.fixture
def show(store, shop):
    def make(shopper="ann", **given):
        products = [shop["mug-red"].pk, shop["lamp-red"].pk]
        ranking = ShownRanking(uuid.uuid4(), store.pk, "home", products, [0.75, 0.5], shopper=shopper, **given)
        write_rankings(rankings=[ranking])
        return ranking.id

    return make


def page_of(client, pk):
    return client.get(reverse("admin:recommender_ranking_change", args=[pk]))


def test_the_list_costs_a_fixed_number_of_queries(admin_client, show, django_assert_max_num_queries):
    for number in range(20):
        show(f"s-{number}")
    with django_assert_max_num_queries(8):
        page = admin_client.get(LIST)
    assert "s-19" in page.content.decode()


def test_found_by_id_and_shopper(admin_client, show):
    first = show()
    show("bob")
    for query, count in ((str(first), 1), ("bob", 1), ("bo", 0), ("nothing", 0)):
        assert admin_client.get(LIST, {"q": query}).context["cl"].result_count == count


def test_a_ranking_shows_its_products_and_what_came_of_them(admin_client, show, happens):
    pk = show()
    happens("ann", "click", "lamp-red", ranking_id=pk)
    text = page_of(admin_client, pk).content.decode()
    assert "1. 0.750 stoneware mug red" in text
    assert "2. 0.500 desk lamp red" in text
    assert "<b>click</b>" in text


def test_products_and_experiments_may_be_gone(admin_client, store, shop, show):
    variants = [NewVariant("control", 0.5), NewVariant("diverse", 0.5, {"diversity": 0.4})]
    experiment = create_experiment(store=store, name="e1", scenario="home", variants=variants)
    pk = show(variant_id=experiment.variants.last().pk)
    for path in (LIST, reverse("admin:recommender_ranking_change", args=[pk])):
        assert "e1: diverse" in admin_client.get(path).content.decode()
    delete_experiment(experiment)
    shop["mug-red"].delete()
    assert admin_client.get(LIST).status_code == 200
    assert "1. 0.750 (deleted)" in page_of(admin_client, pk).content.decode()


def test_nothing_is_added_changed_or_deleted_by_hand(admin_client, show):
    pk = show()
    for action, arguments in [("add", []), ("change", [pk]), ("delete", [pk])]:
        path = reverse(f"admin:recommender_ranking_{action}", args=arguments)
        assert admin_client.post(path, {"post": "yes"}).status_code == 403
    assert Ranking.objects.count() == 1
