import json
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import connection

from catalog.normalize import normalize_gtin
from recommender.models import DuplicatePair
from tests.factories import make_products
from tests.recommender.conftest import embed

DEMO = configured.BASE_DIR / "catalog" / "demo"
FACTS = ("description", "brand", "category", "price", "currency", "attributes")


def last_line(capsys) -> dict[str, int]:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_duplicates_are_found_here_and_now_and_once(store, capsys):
    make_products(store, [{"sku": sku, "title": "walnut chest"} for sku in "ab"] + [{"sku": "c", "title": "hose"}])
    call_command("find_duplicates")
    assert last_line(capsys) == {"searched": 3, "pairs": 1, "groups": 1, "largest": 2}
    call_command("find_duplicates")
    assert last_line(capsys) == {"searched": 0, "pairs": 1, "groups": 1, "largest": 2}
    assert DuplicatePair.objects.count() == 1


def test_an_unknown_store_is_told(store):
    with pytest.raises(CommandError, match="no store 'nowhere'"):
        call_command("find_duplicates", "--store", "nowhere")


@pytest.mark.django_db(transaction=True)
def test_while_another_process_is_at_it_this_one_says_so(store):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended('find duplicates', %s))", [store.pk])
            with pytest.raises(CommandError, match="Another process"):
                call_command("find_duplicates")
            cursor.execute("SELECT pg_advisory_unlock_all()")  # the pool keeps the connection
    finally:
        other.close()


@pytest.mark.slow
@pytest.mark.model
def test_of_five_made_up_duplicates_all_are_found_and_nothing_else(store, settings, capsys):
    """Thirty products of the demo, of which none is another, with the starter and the shipped matcher."""
    settings.KINDRED_ENCODER, settings.KINDRED_MATCHER = "starter", "recommender.matching.trained.load_matcher"
    rows = [json.loads(line) for line in (DEMO / "products.jsonl").read_text(encoding="utf-8").splitlines()][::9]
    make_products(store, [_product(row["sku"], row, *FACTS, "title", "gtin", "variant_group") for row in rows])
    copied, bare, other_price, reordered, shortened = rows[3:28:5]
    make_products(
        store,
        [
            _product("copied", copied, "title", *FACTS),
            _product("bare", bare, "title"),
            _product("other-price", other_price, "title", "brand", price=round(other_price["price"] * 1.1, 2)),
            _product("reordered", reordered, "brand", "category", title=" ".join(reversed(reordered["title"].split()))),
            _product("shortened", shortened, "gtin", title=shortened["title"].split(",")[0].lower()),
        ],
    )
    embed(store)
    call_command("find_duplicates")
    assert last_line(capsys)["searched"] == len(rows) + 5
    assert set(DuplicatePair.objects.values_list("one__sku", "other__sku")) == {
        (copied["sku"], "copied"),
        (bare["sku"], "bare"),
        (other_price["sku"], "other-price"),
        (reordered["sku"], "reordered"),
        (shortened["sku"], "shortened"),
    }


def _product(sku: str, row: dict[str, Any], *names: str, **told: Any) -> dict[str, Any]:
    """These facts of a demo's row, what is told instead, and its first picture."""
    facts = {name: row[name] for name in names if name in row} | told
    if "gtin" in facts:
        facts["gtin"] = normalize_gtin(facts["gtin"])
    return {"sku": sku, "images": [(DEMO / row["images"][0]).read_bytes()], **facts}
