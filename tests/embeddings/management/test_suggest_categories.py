import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Product, Store
from embeddings.models import CategorySuggestion, EmbeddingSpace
from tests.embeddings.conftest import KINDS, build
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def run(capsys: Any, *arguments: str) -> dict[str, int]:
    call_command("suggest_categories", *arguments)
    report: dict[str, int] = json.loads(capsys.readouterr().out)
    return report


def test_it_suggests_and_changes_no_product(store: Store, kinds_shop: dict[str, Product], capsys: Any) -> None:
    before = list(Product.objects.order_by("pk").values_list())
    assert run(capsys) == {"judged": 4, "open": 4, "withdrawn": 0, "not_embedded": 0}
    assert run(capsys, "--limit", "1")["judged"] == 1
    assert run(capsys, "--all", "--store", "main")["judged"] == 44
    assert run(capsys, "--min-probability", "1") == {"judged": 4, "open": 0, "withdrawn": 4, "not_embedded": 0}
    assert list(Product.objects.order_by("pk").values_list()) == before


def test_it_overwrites_no_decision(store: Store, kinds_shop: dict[str, Product], capsys: Any) -> None:
    run(capsys)
    CategorySuggestion.objects.filter(product__sku="mug").update(status="dismissed")
    run(capsys, "--all")
    decided = CategorySuggestion.objects.filter(product__sku="mug")
    assert [each.status for each in decided] == ["dismissed"]
    assert CategorySuggestion.objects.open().count() == len(KINDS) - 1


def test_clear_refusals(store: Store, joint_space: EmbeddingSpace) -> None:
    for arguments, message in [
        (["--store", "none"], "no store 'none'"),
        (["--min-probability", "2"], "'2' is not a probability"),
        (["--min-probability", "nan"], "'nan' is not a probability"),
        (["--min-probability", "much"], "'much' is not a probability"),
        (["--limit", "0"], "'0' is not a number of products"),
        (["--limit", "-1"], "not a number of products"),
        ([], "no active space"),
    ]:
        with pytest.raises(CommandError, match=message):
            call_command("suggest_categories", *arguments)
    make_product(store, category="Only")
    build(joint_space)
    with pytest.raises(CommandError, match="no two categories"):
        call_command("suggest_categories")
    joint_space.encoder = "/nowhere"
    joint_space.save()
    make_product(store, sku="b", category="Other")
    with pytest.raises(CommandError, match="no model folder"):
        call_command("suggest_categories")
