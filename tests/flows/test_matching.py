"""Offers matched by real workers: killed in the middle, told twice, two at once, two reviewers on one queue."""

import threading
import time
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db.models import Count

from catalog.models import Offer, Product, Store
from catalog.services.offers import ensure_suppliers
from config import processes
from embeddings.models import Embedding, EmbeddingSpace
from recommender.models import Match, MatchCandidate, MatchDecision
from recommender.tasks import match_offers
from tests.flows.conftest import PATIENCE, Installation, wait_until

pytestmark = [pytest.mark.slow]

PRODUCTS = 40
OFFERS = 900
# Every third offer is a product's very words, every third half of them, every third nothing like it.
TITLES = ("ware{n} mug glaze{n} stone{n}", "ware{n} mug glaze{n} other{n} things{n}", "garden{n} hose{n} metres{n}")
STATUSES = {"linked": OFFERS // 3, "review": OFFERS // 3, "new": OFFERS // 3}


@pytest.fixture
def suppliers(installation: Installation, shop: Store, tmp_path: Path) -> Store:
    """A shop with an embedded catalogue; a web server and the worker that embeds and matches."""
    feed = tmp_path / "products.jsonl"
    feed.write_text("\n".join(f'{{"sku": "P-{n}", "title": "ware{n} mug glaze{n} stone{n}"}}' for n in range(PRODUCTS)))
    installation.command("import_catalog", str(feed))
    installation.start("web")
    installation.command("embed", "--inline")
    wait_until(lambda: EmbeddingSpace.objects.active().exists())
    ensure_suppliers(store=shop, slugs=["nord"], names={})
    return shop


def tell_offers(installation: Installation, count: int = OFFERS) -> None:
    rows = [{"supplier_sku": f"A-{n}", "title": TITLES[n % 3].format(n=n % PRODUCTS)} for n in range(count)]
    for start in range(0, count, 600):
        installation.post("/api/v1/offers/", json={"supplier": "nord", "offers": rows[start : start + 600]})


def matched() -> int:
    return Match.objects.count()


def assert_everything_is_matched_once() -> None:
    assert dict(Match.objects.values_list("status").annotate(n=Count("pk"))) == STATUSES
    assert Offer.objects.filter(status="linked", product=None).count() == 0
    links = MatchDecision.objects.filter(verdict="accept", undone_at=None, by="matcher")
    assert links.count() == MatchDecision.objects.count() == STATUSES["linked"]
    assert MatchCandidate.objects.values("offer").distinct().count() <= OFFERS
    for offer in Offer.objects.filter(status="linked").select_related("product")[:50]:
        assert offer.product is not None and offer.product.title == offer.title


@pytest.mark.usefixtures("one_web_process")
def test_a_killed_worker_loses_nothing_and_decides_nothing_twice(installation: Installation, suppliers: Store) -> None:
    installation.start("worker-embed")
    tell_offers(installation)
    for wanted in (64, 400):
        wait_until(lambda wanted=wanted: matched() >= wanted)
        installation.kill("worker-embed")
        before = matched()
        time.sleep(1)
        assert matched() == before < OFFERS
        # What it worked on comes back with its visibility timeout; the sweep does not wait for that.
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.flushall()
        installation.start("worker-embed")
        installation.command("shell", "-v", "0", "-c", "from recommender.tasks import sweep_offers; sweep_offers()")
    wait_until(lambda: matched() == OFFERS)
    assert_everything_is_matched_once()


@pytest.mark.usefixtures("one_web_process")
def test_told_twice_and_by_two_workers_at_once_each_offer_is_decided_once(
    installation: Installation, suppliers: Store
) -> None:
    tell_offers(installation)
    for _ in range(6):
        match_offers.delay(suppliers.pk)  # the same message again and again
    [command] = [c for name, c in processes.commands(port=0).items() if name == "worker-embed"]
    installation.start("worker-embed")
    second = [part.replace("embed@%h", "second@%h") for part in command]
    installation.group.start("second", second, installation.environment)
    wait_until(lambda: matched() == OFFERS)
    assert_everything_is_matched_once()
    first = list(Match.objects.order_by("pk").values_list("pk", "matched_at"))
    match_offers.delay(suppliers.pk)
    tell_offers(installation)
    time.sleep(3)
    assert list(Match.objects.order_by("pk").values_list("pk", "matched_at")) == first
    assert_everything_is_matched_once()


def test_two_reviewers_empty_the_queue_without_meeting(installation: Installation, suppliers: Store) -> None:
    tell_offers(installation, 120)
    installation.start("worker-embed")
    wait_until(lambda: matched() == 120)
    decided: dict[str, list[int]] = {"ann": [], "bob": []}

    def review(name: str) -> None:
        while items := installation.post("/api/v1/matches/claim/", json={"reviewer": name, "limit": 3})["results"]:
            for item in items:
                act = "accept" if item["id"] % 2 else "new"
                installation.post(f"/api/v1/matches/{item['id']}/{act}/", json={"reviewer": name})
                decided[name].append(item["id"])

    threads = [threading.Thread(target=review, args=(name,)) for name in decided]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    assert set(decided["ann"]).isdisjoint(decided["bob"])
    assert len(decided["ann"]) + len(decided["bob"]) == 40 == len({*decided["ann"], *decided["bob"]})
    assert min(map(len, decided.values())) > 0
    assert not Match.objects.in_review().exists()
    people = MatchDecision.objects.exclude(by="matcher")
    assert people.count() == 40
    for name, ids in decided.items():
        assert set(people.filter(by__endswith=f": {name}").values_list("offer__match", flat=True)) == set(ids)


def test_an_accept_takes_the_rejection_back_and_an_undo_brings_it_again(
    installation: Installation, suppliers: Store
) -> None:
    """Each message twice and at once, over two processes; workers match anew in between and change nothing of it."""
    installation.start("worker-embed")
    tell = {"supplier": "nord", "offers": [{"supplier_sku": "A-1", "title": TITLES[1].format(n=7)}]}
    installation.post("/api/v1/offers/", json=tell)
    wait_until(lambda: matched() == 1)
    match = Match.objects.get()
    [sku] = match.offer.candidates.filter(rank=1).values_list("product__sku", flat=True)
    path = f"/api/v1/matches/{match.pk}"

    def twice(act: str, **body: object) -> None:
        both = [
            threading.Thread(target=installation.post, args=[f"{path}/{act}/"], kwargs={"json": body}) for _ in range(2)
        ]
        for each in both:
            each.start()
        for each in both:
            each.join(timeout=PATIENCE)

    def state() -> tuple[str, str | None, list[tuple[str, bool]]]:
        match = installation.get(f"/api/v1/offers/{Offer.objects.get().pk}/")["match"]
        return match["status"], match["sku"], [(said["verdict"], said["stands"]) for said in match["history"]]

    twice("reject", sku=sku)
    assert state() == ("rejected", None, [("reject", True)])
    twice("accept", sku=sku)
    accepted = ("linked", sku, [("reject", False), ("accept", True)])
    assert state() == accepted
    tell["offers"][0]["title"] += " anew"
    installation.post("/api/v1/offers/", json=tell)
    wait_until(lambda: Match.objects.get().matched_at > match.matched_at)
    assert state() == accepted
    rejection, accept = match.offer.decisions.order_by("pk").values_list("pk", flat=True)
    twice("undo", decision=accept)
    assert state() == ("rejected", None, [("reject", True), ("accept", False)])
    twice("undo", decision=rejection)
    assert state() == ("review", None, [("reject", False), ("accept", False)])


def test_a_product_made_of_an_offer_is_embedded_and_found_by_the_next_supplier(
    installation: Installation, suppliers: Store
) -> None:
    ensure_suppliers(store=suppliers, slugs=["sud"], names={})
    installation.start("worker-embed")
    tell = {"supplier": "nord", "offers": [{"supplier_sku": "H-1", "title": "garden hose metres"}]}
    [told] = installation.post("/api/v1/offers/", json=tell)["results"]
    wait_until(lambda: matched() == 1)
    path = f"/api/v1/offers/{told['id']}/product/"
    made = installation.post(path, json={"sku": "HOSE"})
    assert (made["match"]["status"], made["match"]["sku"]) == ("linked", "HOSE")
    assert installation.post(path, json={})["match"]["sku"] == "HOSE"
    hose = Product.objects.get(sku="HOSE")
    assert not hose.is_published
    wait_until(lambda: Embedding.objects.filter(product=hose, content_hash=hose.content_hash).exists())
    installation.post("/api/v1/offers/", json={**tell, "supplier": "sud"})
    wait_until(lambda: matched() == 2)
    assert list(hose.offers.values_list("supplier__slug", flat=True).order_by("pk")) == ["nord", "sud"]
    undone = installation.post(f"/api/v1/matches/{made['match']['id']}/undo/", json={})
    assert (undone["status"], undone["sku"]) == ("new", None)
    assert list(hose.offers.values_list("supplier__slug", flat=True)) == ["sud"]
