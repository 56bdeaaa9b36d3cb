"""Duplicates looked for by a real worker that is killed in the middle, then merged and parted over REST."""

from pathlib import Path

import pytest
import redis
import requests
from django.conf import settings

from catalog.models import Product, Store
from recommender.models import DuplicatePair, DuplicateSearch
from tests.flows.conftest import PATIENCE, Installation, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_web_process")]

# Each of the first has a twin, word for word; nothing else is like anything.
TWINS, OTHERS = 60, 300


def ask(installation: Installation) -> None:
    url = f"http://127.0.0.1:{installation.port}/api/v1/duplicates/"
    headers = {"Authorization": f"Api-Key {installation.key}"}
    assert requests.post(url, headers=headers, timeout=PATIENCE).status_code == 202


def test_a_killed_search_goes_on_and_finds_each_pair_once(
    installation: Installation, shop: Store, tmp_path: Path
) -> None:
    titles = {f"T-{n}": f"ware{n} mug{n} glaze{n}" for n in range(TWINS)}
    titles |= {f"O-{n}": f"thing{n} name{n} kind{n}" for n in range(OTHERS)}
    titles |= {f"U-{n}": titles[f"T-{n}"] for n in range(TWINS)}
    feed = tmp_path / "products.jsonl"
    feed.write_text("\n".join(f'{{"sku": "{sku}", "title": "{title}"}}' for sku, title in titles.items()))
    installation.command("import_catalog", str(feed))
    installation.start("web", "worker-embed")
    ask(installation)
    wait_until(lambda: DuplicateSearch.objects.count() >= 64)
    installation.kill("worker-embed")
    assert DuplicateSearch.objects.count() < len(titles)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushall()
    installation.start("worker-embed")
    sweep = "from recommender.tasks import sweep_duplicates; sweep_duplicates()"
    installation.command("shell", "-v", "0", "-c", sweep)
    wait_until(lambda: DuplicateSearch.objects.count() == len(titles))
    wait_until(lambda: not DuplicatePair.objects.filter(group=None).exists())
    pairs = DuplicatePair.objects.values_list("one__sku", "other__sku")
    assert sorted(pairs) == sorted((f"T-{n}", f"U-{n}") for n in range(TWINS))

    [item] = installation.get("/api/v1/duplicates/", limit=1)["results"]
    merged = installation.post(f"/api/v1/duplicates/{item['id']}/accept/", json={"reviewer": "ann"})
    assert merged["status"] == "merged"
    assert Product.objects.exclude(merged_into=None).count() == 1
    installation.post(f"/api/v1/duplicates/{item['id']}/undo/", json={"reviewer": "ann"})
    assert not Product.objects.exclude(merged_into=None).exists()
