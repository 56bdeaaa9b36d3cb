import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.models import ApiKey, Product, Store
from catalog.services.api_keys import authenticate
from tests.factories import make_image

pytestmark = pytest.mark.django_db


def test_a_second_shop_is_a_one_liner(capsys):
    call_command("create_store", "boots", name="Boots & Co")
    call_command("create_api_key", store="boots", scopes="read, catalog")
    key = authenticate(capsys.readouterr().out.splitlines()[-1])
    assert key.store == Store.objects.get(slug="boots")
    assert key.scopes == ["read", "catalog"]


def test_clear_refusals(store):
    for arguments, message in [
        (("create_store", "main"), "already"),
        (("create_store", "not a slug"), "slug"),
        (("create_api_key", "--store", "none"), "create_store none"),
        (("create_api_key", "--store", "main", "--scopes", "read,all"), "Unknown scope"),
        (("create_api_key", "--store", "main", "--scopes", ""), "Unknown scope"),
        (("import_catalog", "none.jsonl", "--store", "none"), "create_store none"),
        (("import_catalog", "none.jsonl"), "can't be read"),
        (("import_catalog", "/"), "can't be read"),
        (("import_catalog", "none.jsonl", "--images", "none"), "not a folder"),
    ]:
        with pytest.raises(CommandError, match=message):
            call_command(*arguments)
    assert Store.objects.count() == 1
    assert not ApiKey.objects.exists()


def test_import_catalog_ends_with_its_summary(store, tmp_path: Path, capsys):
    (tmp_path / "a.jpg").write_bytes(make_image())
    feed = tmp_path / "products.csv"
    feed.write_text("sku,title,image\na,A,a.jpg\nb,B,none.jpg\nc,,\n")
    call_command("import_catalog", str(feed), images=tmp_path)
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert summary == {"run": summary["run"], "created": 2, "updated": 0, "unchanged": 0, "failed": 1}
    assert Product.objects.get(sku="a").images.count() == 1


def test_a_feed_that_can_not_be_read_fails(store, tmp_path: Path):
    feed = tmp_path / "empty.jsonl"
    feed.write_text("")
    with pytest.raises(CommandError, match="empty"):
        call_command("import_catalog", str(feed))
