"""Reviewers decide, a real worker learns; what is undone or killed leaves exact states."""

from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection

from catalog.models import Offer, Store
from catalog.services.offers import ensure_suppliers
from embeddings.models import EmbeddingSpace
from embeddings.querysets import stale_in
from recommender.matching.decided import read_decided
from recommender.models import Match, MatchDecision, MatcherVersion
from recommender.tasks import refresh_matcher
from tests.flows.conftest import Installation, wait_until
from tests.recommender.packs import offer_rows, product_rows

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_web_process")]

FAMILIES = 55


@pytest.fixture
def shop_of_packs(installation: Installation, shop: Store) -> Store:
    """A web server and the worker that embeds and matches, with the matcher that ships with Kindred."""
    installation.environment |= {
        "KINDRED_MATCHER": "recommender.matching.trained.load_matcher",
        "KINDRED_LEARN_DECISIONS": str(2 * FAMILIES),
        "KINDRED_LEARN_OF_EACH": str(FAMILIES - 4),
    }
    installation.start("web", "worker-embed")
    ensure_suppliers(store=shop, slugs=["nord"], names={})
    return shop


def arrive(installation: Installation, store: Store, folder: Path, start: int) -> None:
    """FAMILIES products, and two offers of each; matched when it returns."""
    feed = folder / f"products-{start}.jsonl"
    feed.write_text(
        "\n".join(
            f'{{"sku": "{row["sku"]}", "title": "{row["title"]}", "price": "{row["price"]}"}}'
            for row in product_rows(start, FAMILIES)
        )
    )
    installation.command("import_catalog", str(feed))
    wait_until(lambda: EmbeddingSpace.objects.active().exists())
    wait_until(lambda: not stale_in(EmbeddingSpace.objects.active().get()).exists())
    installation.post("/api/v1/offers/", json={"supplier": "nord", "offers": offer_rows(start, FAMILIES)})
    wait_until(lambda: Match.objects.of(store).count() == Offer.objects.of(store).count())


def review(installation: Installation, start: int) -> None:
    """As the truth is, whatever the machine thought: what it linked is undone first, for a link said again is no word
    of a person."""
    for n in range(start, start + FAMILIES):
        matches = Match.objects.filter(offer__supplier_sku__endswith=f"-{n}")
        ids = dict(matches.values_list("offer__supplier_sku", "pk"))
        for linked in matches.filter(status=Match.Status.LINKED):
            installation.post(f"/api/v1/matches/{linked.pk}/undo/", json={"reviewer": "ann"})
        installation.post(f"/api/v1/matches/{ids[f'A-{n}']}/accept/", json={"sku": f"P-{n}", "reviewer": "ann"})
        installation.post(f"/api/v1/matches/{ids[f'B-{n}']}/new/", json={"reviewer": "ann"})


def is_learning(store: Store) -> bool:
    """Whether a process holds the store's lock on learning."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            " AND (classid::bigint << 32) | objid::bigint = hashtextextended('learn matcher', %s)",
            [store.pk],
        )
        return bool(cursor.fetchone()[0])


def numbers() -> list[tuple[int, bool]]:
    return list(MatcherVersion.objects.order_by("number").values_list("number", "is_active"))


def test_a_worker_killed_while_it_learns_leaves_no_version_and_the_next_one_learns(
    installation: Installation, shop_of_packs: Store, tmp_path: Path
) -> None:
    store = shop_of_packs
    arrive(installation, store, tmp_path, 0)
    review(installation, 0)
    installation.start("worker-train")
    refresh_matcher.delay(store.pk)
    wait_until(lambda: is_learning(store))
    installation.kill("worker-train")
    wait_until(lambda: not is_learning(store))
    assert numbers() == []
    # What it worked on comes back with its visibility timeout; the nightly sweep does not wait for that.
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushall()
    installation.start("worker-train")
    installation.command("shell", "-v", "0", "-c", "from recommender.tasks import sweep_decisions; sweep_decisions()")
    refresh_matcher.delay(store.pk)  # told twice
    wait_until(lambda: numbers() == [(1, True)])
    version = MatcherVersion.objects.get()
    assert (version.made_by, version.activated_by) == ("matcher", "matcher")
    assert version.metrics["decisions"]["accepted"] == FAMILIES


def test_a_decision_undone_after_learning(installation: Installation, shop_of_packs: Store, tmp_path: Path) -> None:
    store = shop_of_packs
    arrive(installation, store, tmp_path, 0)
    review(installation, 0)
    assert installation.summary("train_matcher", "--from-decisions")["is_in_use"]
    first = MatcherVersion.objects.get()
    assert first.is_active

    match = Match.objects.get(offer__supplier_sku="A-3")
    [undone] = MatchDecision.objects.filter(offer__match=match).exclude(by="matcher")
    told = installation.post(f"/api/v1/matches/{match.pk}/undo/", json={"reviewer": "bob", "why": "wrong mug"})
    assert told["status"] == "review"
    match.refresh_from_db()
    offer = Offer.objects.get(pk=match.offer_id)
    assert (match.status, offer.status, offer.product_id) == ("review", "review", None)
    undone.refresh_from_db()
    assert undone.undone_by.endswith(": bob") and undone.undone_why == "wrong mug"
    # What was learned stays as it was, and the offer, in review again, is scored by it.
    assert numbers() == [(1, True)]
    installation.command("match_offers")
    match.refresh_from_db()
    assert (match.status, match.version_id) == ("review", first.pk)
    assert MatchDecision.objects.standing().filter(offer=offer).count() == 0

    refused = installation.command("train_matcher", "--from-decisions", check=False)
    assert refused.returncode == 1
    assert "0 accepted and 0 refused" in refused.stderr
    arrive(installation, store, tmp_path, 100)
    review(installation, 100)
    told = installation.summary("train_matcher", "--from-decisions")
    assert told["version"] == 2
    assert told["metrics"]["decisions"]["accepted"] == 2 * FAMILIES - 1
    second = MatcherVersion.objects.get(number=2)
    standing = read_decided(store, limit=1_000)
    assert undone.pk not in [each.pk for each in standing.decisions]
    assert second.decisions_sha256 == standing.sha256 != first.decisions_sha256
