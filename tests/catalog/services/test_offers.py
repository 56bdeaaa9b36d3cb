"""Offers written in batches: idempotent, each row on its own, a match left alone."""

import io
import json
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from catalog.models import Offer, Supplier
from catalog.rows import OfferRow, Status
from catalog.services import offers
from catalog.services.images import remove_unused_files
from catalog.services.offers import ensure_suppliers, import_offers, upsert_offers
from tests.factories import make_image, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def kontor(store) -> Supplier:
    return Supplier.objects.create(store=store, slug="kontor", name="Kontor")


def row(number="1", supplier="kontor", **facts) -> OfferRow:
    return OfferRow(supplier, number, {"title": f"Offer {number}"} | facts)


def feed(*rows: dict) -> io.BytesIO:
    return io.BytesIO("".join(json.dumps(row) + "\n" for row in rows).encode())


def statuses(outcomes) -> list[Status]:
    return [outcome.status for outcome in outcomes]


def test_only_what_differs_is_written(store, kontor):
    first = [row("1", price=Decimal("2.00"), gtin="123"), row("2")]
    assert statuses(upsert_offers(store=store, rows=first)) == [Status.CREATED] * 2
    before = {offer.supplier_sku: offer.updated_at for offer in Offer.objects.all()}
    again = [row("1", price=Decimal("2.50")), row("2")]
    assert statuses(upsert_offers(store=store, rows=again)) == [Status.UPDATED, Status.UNCHANGED]
    changed, same = (Offer.objects.get(supplier_sku=number) for number in "12")
    assert (changed.price, changed.gtin) == (Decimal("2.50"), "123")
    assert changed.updated_at > before["1"]
    assert same.updated_at == before["2"]


def test_rows_that_fail_do_so_alone(store, kontor, other_store):
    Supplier.objects.create(store=other_store, slug="theirs", name="Theirs")
    rows = [row("1"), row("1"), row("2", supplier="theirs"), OfferRow("kontor", "3", {"brand": "B"}), row("4")]
    outcomes = upsert_offers(store=store, rows=rows)
    failed = [(issue.field, issue.code) for outcome in outcomes for issue in outcome.issues]
    assert statuses(outcomes) == [Status.CREATED, *[Status.FAILED] * 3, Status.CREATED]
    assert failed == [("supplier_sku", "duplicate_sku"), ("supplier", "unknown_supplier"), ("title", "required")]
    assert set(Offer.objects.values_list("supplier_sku", flat=True)) == {"1", "4"}


def test_one_number_at_two_suppliers_is_two_offers(store, kontor):
    Supplier.objects.create(store=store, slug="other", name="Other")
    upsert_offers(store=store, rows=[row(), row(supplier="other", price=Decimal(3))])
    assert set(Offer.objects.values_list("supplier__slug", "price")) == {("kontor", None), ("other", Decimal(3))}


def test_a_match_survives_an_update(store, kontor):
    upsert_offers(store=store, rows=[row()])
    product = make_product(store)
    Offer.objects.update(product=product, status=Offer.Status.LINKED)
    upsert_offers(store=store, rows=[row(title="Another title")])
    offer = Offer.objects.get()
    assert (offer.title, offer.product, offer.status) == ("Another title", product, Offer.Status.LINKED)


@pytest.mark.parametrize("count", [2, 20])
def test_statements_do_not_grow_with_the_rows(store, kontor, count, django_assert_num_queries):
    upsert_offers(store=store, rows=[row(str(n)) for n in range(count // 2)])
    rows = [row(str(n), brand="New") for n in range(count)]
    with django_assert_num_queries(7):  # a savepoint and its release, the lock, two reads, two writes
        upsert_offers(store=store, rows=rows)


def test_new_suppliers_are_named_by_the_call_the_feed_or_their_slug(store, kontor):
    rows = [
        {"supplier": slug, "supplier_name": name, "supplier_sku": "1", "title": "T"}
        for slug, name in [("kontor", "Not this"), ("by-feed", "From the feed"), ("by_slug", ""), ("told", "No")]
    ]
    done = import_offers(store=store, file=feed(*rows), supplier_names={"told": "As told"})
    assert done.new_suppliers == ["by-feed", "by_slug", "told"]
    names = dict(store.suppliers.values_list("slug", "name"))
    assert names == {"kontor": "Kontor", "by-feed": "From the feed", "by_slug": "By Slug", "told": "As told"}
    assert ensure_suppliers(store=store, slugs=["told"], names={"told": "Again"}) == []


def test_one_supplier_by_several_names_is_one(store):
    names = ["DEALBARN", "dealbarn", "DealBarn"]
    rows = [{"supplier": name, "supplier_sku": str(n), "title": "T"} for n, name in enumerate(names)]
    assert import_offers(store=store, file=feed(*rows)).new_suppliers == ["dealbarn"]
    assert import_offers(store=store, file=feed(*rows), supplier_names={"DealBarn": "No"}).new_suppliers == []
    assert Offer.objects.filter(supplier__slug="dealbarn").count() == 3
    told = import_offers(store=store, file=feed(rows[0] | {"supplier": "Told"}), supplier_names={"TOLD": "As told"})
    assert told.new_suppliers == ["told"]
    assert store.suppliers.get(slug="told").name == "As told"
    with pytest.raises(IntegrityError), transaction.atomic():
        Supplier.objects.create(store=store, slug="Capital", name="Capital")


def test_slugs_of_before_are_spelt_alike_and_stay_apart(store, other_store):
    migration = import_module("catalog.migrations.0008_supplier_slugs")
    [rule] = [each for each in Supplier._meta.constraints if each.name == "supplier_slug_in_small_letters"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Supplier, rule)
    slugs = ["dealbarn", "DEALBARN", "DealBarn", "by_slug", "--", "x" * 49 + "-", "x" * 49]
    for slug in slugs:
        Supplier.objects.create(store=store, slug=slug, name=slug)
    Supplier.objects.create(store=other_store, slug="DEALBARN", name="Theirs")
    feeds = store.suppliers.get(slug="DEALBARN")
    Offer.objects.create(supplier=feeds, supplier_sku="1", title="T")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    migration.spell_slugs(apps, None)
    spelt = [supplier.slug for supplier in store.suppliers.order_by("pk")]
    assert spelt == ["dealbarn-2", "dealbarn", "dealbarn-3", "by_slug", "supplier", "x" * 49, "x" * 46 + "-2"]
    assert store.suppliers.get(slug="dealbarn") == feeds
    assert other_store.suppliers.get().slug == "dealbarn"
    with connection.schema_editor() as editor:
        editor.add_constraint(Supplier, rule)


def test_a_field_no_offer_has_is_told_once_for_a_feed(store):
    rows = [{"supplier": "kontor", "supplier_sku": str(n), "title": "T", "pice": 3} for n in range(3)]
    done = import_offers(store=store, file=feed(*rows, rows[0] | {"colour": 1}))
    assert done.counts == {Status.CREATED: 3, Status.FAILED: 1}
    assert [(number, issue.field, issue.code) for number, issue in done.issues] == [
        (1, "pice", "unknown_field"),
        (4, "colour", "unknown_field"),
        (4, "supplier_sku", "duplicate_sku"),
    ]
    table = b"supplier,supplier_sku,title,weight\n" + b"".join(b"kontor,%d,T,3\n" % n for n in range(3))
    told = import_offers(store=store, file=io.BytesIO(table)).issues
    assert [(number, issue.field) for number, issue in told] == [(2, "weight")]


def test_the_second_import_of_a_feed_changes_nothing(store, tmp_path: Path):
    (tmp_path / "1.jpg").write_bytes(make_image())
    rows = [{"supplier": "kontor", "supplier_sku": "1", "title": "A", "image": "1.jpg", "price": "3.10", "gtin": "7"}]
    assert import_offers(store=store, file=feed(*rows), images=tmp_path).counts == {Status.CREATED: 1}
    first = Offer.objects.values().get()
    assert import_offers(store=store, file=feed(*rows), images=tmp_path).counts == {Status.UNCHANGED: 1}
    assert Offer.objects.values().get() == first
    assert first["image"].startswith("offers/")
    assert default_storage.exists(first["image"])


def test_a_picture_that_can_not_be_had_leaves_the_stored_one(store, tmp_path: Path):
    (tmp_path / "1.jpg").write_bytes(make_image())
    offer = {"supplier": "kontor", "supplier_sku": "1", "title": "A", "image": "1.jpg"}
    import_offers(store=store, file=feed(offer), images=tmp_path)
    shown = Offer.objects.get().image.name
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    for name, folder, code in [
        ("none.jpg", tmp_path, "missing_file"),
        ("../1.jpg", tmp_path, "outside_folder"),
        ("broken.jpg", tmp_path, "not_an_image"),
        ("1.jpg", None, "no_images_folder"),
    ]:
        done = import_offers(store=store, file=feed(offer | {"image": name}), images=folder)
        assert [(number, issue.field, issue.code) for number, issue in done.issues] == [(1, "image", code)]
        assert done.counts == {Status.UNCHANGED: 1}
    assert Offer.objects.get().image.name == shown


def test_a_replaced_picture_goes_unless_another_offer_shows_it(
    store, tmp_path: Path, django_capture_on_commit_callbacks
):
    (tmp_path / "1.jpg").write_bytes(make_image("red"))
    (tmp_path / "2.jpg").write_bytes(make_image("blue"))
    rows = [{"supplier": "kontor", "supplier_sku": n, "title": "A", "image": "1.jpg"} for n in "12"]
    import_offers(store=store, file=feed(*rows), images=tmp_path)
    old = Offer.objects.first().image.name
    import_offers(store=store, file=feed(rows[0] | {"image": "2.jpg"}), images=tmp_path)
    assert remove_unused_files([old]) == 0
    import_offers(store=store, file=feed(rows[1] | {"image": ""}), images=tmp_path)
    assert remove_unused_files([old]) == 1
    assert sorted(Offer.objects.values_list("image", flat=True))[0] == ""


def test_a_feed_that_breaks_off_has_said_what_stands_before(store, monkeypatch):
    monkeypatch.setattr(offers, "BATCH", 2)
    table = b"supplier,supplier_sku,title\n" + b"".join(b"kontor,%d,T\n" % n for n in range(5))
    done = import_offers(store=store, file=io.BytesIO(table + b"kontor,9\xff,T\nkontor,1,T\n"))
    assert done.counts == {Status.CREATED: 5, Status.FAILED: 2}
    assert [(number, issue.code) for number, issue in done.issues] == [(7, "not_utf8"), (8, "duplicate_sku")]
    assert import_offers(store=store, file=io.BytesIO(b"<rss/>")).error == "Offers come as JSONL or CSV."


def test_command_reports_rows_and_fields(store, tmp_path: Path, capsys):
    path = tmp_path / "offers.jsonl"
    rows = [
        {"supplier_sku": "1", "title": "A", "gtin": "2012345678901"},
        {"supplier_sku": "2", "title": ""},
        {"supplier_sku": "3", "title": "C", "price": "-4"},
    ]
    path.write_bytes(feed(*rows).read())
    call_command("import_offers", str(path), "--supplier", "kontor", "--supplier-names", "kontor=Kontor Wiese")
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"created": 1, "updated": 0, "unchanged": 0, "failed": 2, "warnings": 1}
    assert [line.split(":")[0] for line in printed.err.splitlines()] == ["row 1, gtin", "row 2, title", "row 3, price"]
    assert Supplier.objects.get().name == "Kontor Wiese"
    offer = Offer.objects.get()
    assert (offer.gtin, offer.trusted_gtin) == ("2012345678901", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.jsonl"], "can't be read"),
        (["none.jsonl", "--store", "none"], "create_store none"),
        (["none.jsonl", "--images", "none"], "not a folder"),
        (["none.jsonl", "--supplier-names", "kontor"], "SLUG=NAME"),
    ],
)
def test_command_refuses(store, arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("import_offers", *arguments)
    assert not Supplier.objects.exists()


def test_command_fails_when_the_feed_does(store, tmp_path: Path, capsys):
    path = tmp_path / "offers.csv"
    path.write_text("sku,title\n1,T\n")
    with pytest.raises(CommandError, match="supplier_sku"):
        call_command("import_offers", str(path))
    assert json.loads(capsys.readouterr().out)["created"] == 0
