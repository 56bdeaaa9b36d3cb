import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from recommender.queues import QUEUES, queues_for
from recommender.services.match_decisions import call_new
from recommender.services.matching import match_due

OFFERS, DUPLICATES = (f"/admin/recommender/{model}/review/" for model in ("match", "duplicatepair"))
VIEWS = ["view_match", "view_duplicatepair", "view_offer"]


@pytest.fixture
def queue(store, embedded_shop, offers):
    made = [offers("A-1", title="stoneware mug red new"), offers("A-2", title="stoneware mug red deluxe")]
    match_due(store=store)
    return made


def open_as(*permissions: str) -> Client:
    client, user = Client(), User.objects.create_user("eve", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


def links(client: Client, path: str) -> list[str]:
    html = client.get(path).content.decode()
    return [address for address in (OFFERS, DUPLICATES) if f'<a href="{address}">Review ' in html]


def test_the_first_page_leads_to_the_queues_and_says_how_much_waits(store, queue):
    client = open_as("change_match", "change_duplicatepair", *VIEWS)
    assert links(client, "/admin/") == [OFFERS, DUPLICATES]
    assert f'<a href="{OFFERS}">Review offers <b>2 waiting</b></a>' in client.get("/admin/").content.decode()
    assert f'<a href="{DUPLICATES}">Review duplicates <b>0 waiting</b></a>' in client.get("/admin/").content.decode()
    call_new(store=store, match_id=queue[0].match.pk, by="user ann")
    assert "<b>1 waiting</b>" in client.get("/admin/").content.decode()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("recommender/match/", [OFFERS]),
        ("catalog/offer/", [OFFERS]),
        ("recommender/duplicatepair/", [DUPLICATES]),
        ("recommender/matchdecision/", []),
    ],
)
def test_a_list_leads_to_its_queue(queue, path, shown):
    client = open_as("change_match", "change_duplicatepair", "view_matchdecision", *VIEWS)
    assert client.get(f"/admin/{path}").status_code == 200
    assert links(client, f"/admin/{path}") == shown


def test_who_may_only_look_is_led_nowhere(queue):
    client = open_as(*VIEWS)
    for path in ("", "recommender/match/", "catalog/offer/", "recommender/duplicatepair/"):
        page = client.get(f"/admin/{path}")
        assert page.status_code == 200
        assert "review/" not in page.content.decode(), path


def test_who_may_decide_of_one_kind_is_led_to_that(queue):
    client = open_as("change_duplicatepair", *VIEWS)
    assert links(client, "/admin/") == [DUPLICATES]
    assert links(client, "/admin/recommender/match/") == []


def test_each_queue_costs_one_query(django_assert_num_queries, queue):
    user = User.objects.create_superuser("ann")
    with django_assert_num_queries(2):
        assert [each.waiting for each in queues_for(user)] == [2, 0]
    assert [each.name for each in QUEUES] == ["Offers", "Duplicates"]
