"""Mergers, and the way back: what is stored afterwards is what was stored before, in every table."""

import threading
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from catalog.models import Offer, Product, ProductImage
from catalog.services.products import OthersMergedError, delete_product
from embeddings.models import EmbeddingSpace
from embeddings.services import embed_stale
from recommender.candidates.popular import popular_scores
from recommender.models import DuplicateDecision, DuplicatePair, Event, Match, MatchDecision
from recommender.querysets import due_offers
from recommender.services.claims import MatchRefused
from recommender.services.duplicate_decisions import accept_duplicate, undo_duplicate
from recommender.services.duplicates import find_duplicates
from recommender.services.match_decisions import accept_match, reject_match, undo_match
from recommender.services.matching import match_due
from tests.factories import make_image, make_product, make_products
from tests.recommender.conftest import COLOURS, embed

ANN = "user ann"
# When something was last touched is told truly, also of an undo.
CLOCKS = {"updated_at"}
RECORDS = {"recommender_duplicatepair", "recommender_duplicatedecision", "recommender_duplicatesearch"}


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours, but for the records of looking for duplicates and merging them."""
    stored = {}
    for app in ("catalog", "embeddings", "recommender"):
        for model in apps.get_app_config(app).get_models():
            if model._meta.managed and model._meta.db_table not in RECORDS:
                rows = [dict(row) for row in model._default_manager.order_by("pk").values()]
                stored[model._meta.db_table] = [
                    {name: value for name, value in row.items() if name not in CLOCKS} for row in rows
                ]
    return stored


@pytest.fixture
def twins(store, shop) -> dict[str, Product]:
    """The shop, and a second red mug: fewer facts, a picture of its own and one they share."""
    pictures = [make_image("#f01010"), make_image(COLOURS["mug-red"])]
    shop["twin"] = make_product(store, sku="twin", title="stoneware mug red", images=pictures)
    embed(store)
    return shop


def pair_of(*skus: str) -> DuplicatePair:
    return DuplicatePair.objects.get(one__sku__in=skus, other__sku__in=skus)


def merge(store, kept: str, gone: str) -> int:
    find_duplicates(store=store)
    return accept_duplicate(store=store, pair_id=pair_of(kept, gone).pk, by=ANN, keep=kept).pk


def undo(store, pair_id: int) -> None:
    undo_duplicate(store=store, pair_id=pair_id, by=ANN)


@pytest.fixture
def busy(store, twins, offers, happens) -> dict[str, Offer]:
    """Events of both; an offer linked to the twin, one that is neither, one that waits with both as candidates."""
    happens("ann", "view", "mug-red", "twin", "lamp-red")
    happens("bob", "purchase", "twin")
    made = {
        "linked": offers("L-1", title="garden hose"),
        "refused": offers("R-1", title="stoneware mug red of the very best"),
        "waiting": offers("W-1", title="stoneware mug red new edition"),
    }
    match_due(store=store)
    accept_match(store=store, match_id=made["linked"].match.pk, by=ANN, sku="twin")
    for sku in ("mug-red", "twin"):
        reject_match(store=store, match_id=made["refused"].match.pk, by=ANN, sku=sku)
    return made


def test_offers_decisions_events_and_pictures_are_found_with_the_one_kept(store, twins, busy):
    merge(store, "mug-red", "twin")
    kept, gone = (Product.objects.get(sku=sku) for sku in ("mug-red", "twin"))
    assert (gone.merged_into, gone.is_published, kept.is_published) == (kept, False, True)
    assert Offer.objects.get(pk=busy["linked"].pk).product == kept
    assert Match.objects.get(offer=busy["linked"]).status == "linked"
    linked = MatchDecision.objects.get(offer=busy["linked"])
    assert (linked.product, linked.sku) == (kept, "twin")  # said of the twin, and the record says so
    assert set(Event.objects.filter(product=kept).values_list("shopper__external_id", "kind", "told_of__sku")) == {
        ("ann", "view", None),
        ("ann", "view", "twin"),
        ("bob", "purchase", "twin"),
    }
    assert not Event.objects.filter(product=gone).exists()
    assert (kept.images.count(), gone.images.count()) == (2, 2)
    published = Product.objects.of(store).published()
    now = Event.objects.latest("at").at
    assert list(popular_scores(store, eligible=published, limit=1, now=now)) == [kept.pk]


def test_undo_puts_back_everything_in_every_table(store, twins, busy):
    find_duplicates(store=store)
    before = everything()
    pair_id = merge(store, "mug-red", "twin")
    assert everything() != before
    undo(store, pair_id)
    assert everything() == before
    pair_id = merge(store, "twin", "mug-red")
    undo(store, pair_id)
    assert everything() == before


def test_what_happens_meanwhile_is_its_own_afterwards(store, twins, busy, happens):
    before = everything()["recommender_event"]
    pair_id = merge(store, "mug-red", "twin")
    happens("eve", "cart", "twin", "mug-red")
    happens("eve", "view", "twin")
    undo(store, pair_id)
    old = {row["event_id"] for row in before}
    assert [row for row in everything()["recommender_event"] if row["event_id"] in old] == before
    new = Event.objects.exclude(event_id__in=old).values_list("kind", "product__sku", "told_of")
    assert set(new) == {("cart", "twin", None), ("cart", "mug-red", None), ("view", "twin", None)}


def test_only_the_pictures_of_the_one_kept_are_new_to_encoders(store, twins):
    space = EmbeddingSpace.objects.get()
    pair_id = merge(store, "mug-red", "twin")
    assert embed_stale(space).embedded == 1
    undo(store, pair_id)
    assert embed_stale(space).embedded == 1
    assert embed_stale(space).embedded == 0


def test_an_import_of_the_one_kept_takes_nothing_from_the_one_merged(store, twins):
    before = [row for row in everything()["catalog_productimage"] if row["product_id"] == twins["twin"].pk]
    pair_id = merge(store, "mug-red", "twin")
    make_product(store, sku="mug-red", images=[make_image("black")])
    undo(store, pair_id)
    assert [row for row in everything()["catalog_productimage"] if row["product_id"] == twins["twin"].pk] == before


def test_an_offer_that_waited_beside_the_merged_one_is_matched_anew_and_so_after_an_undo(store, twins, busy):
    assert not due_offers(store, version_id=None).exists()
    pair_id = merge(store, "mug-red", "twin")
    assert set(due_offers(store, version_id=None)) == {busy["waiting"]}
    match_due(store=store)
    assert not busy["waiting"].candidates.filter(product=twins["twin"]).exists()
    undo(store, pair_id)
    assert busy["waiting"] in due_offers(store, version_id=None)
    match_due(store=store)
    assert busy["waiting"].candidates.filter(product=twins["twin"]).exists()
    assert not due_offers(store, version_id=None).exists()


def test_a_reviewer_who_names_the_merged_one_means_the_one_kept(store, twins, busy):
    merge(store, "mug-red", "twin")
    shown = Match.objects.for_queue().get(offer=busy["waiting"]).offer.candidates.all()
    assert twins["twin"].pk not in {candidate.product_id for candidate in shown}
    match = accept_match(store=store, match_id=busy["waiting"].match.pk, by=ANN, sku="twin")
    assert match.offer.product_id == twins["mug-red"].pk
    said = MatchDecision.objects.filter(offer=busy["refused"]).count()
    reject_match(store=store, match_id=busy["refused"].match.pk, by=ANN, sku="twin")
    assert MatchDecision.objects.filter(offer=busy["refused"]).count() == said


@pytest.mark.parametrize(
    ("rejected", "accepted"),
    [(["mug-red"], "twin"), (["twin"], "mug-red"), (["twin", "mug-red"], "mug-red"), (["mug-red", "twin"], "twin")],
)
def test_of_products_that_are_one_an_accept_counts_and_no_rejection(store, twins, busy, rejected, accepted):
    match_id = busy["waiting"].match.pk
    for sku in rejected:
        reject_match(store=store, match_id=match_id, by=ANN, sku=sku)
    accept_match(store=store, match_id=match_id, by=ANN, sku=accepted)
    find_duplicates(store=store)
    before = everything()
    pair_id = merge(store, "mug-red", "twin")
    about = MatchDecision.objects.standing().filter(offer=busy["waiting"])
    assert list(about.values_list("verdict", "product__sku")) == [("accept", "mug-red")]
    with pytest.raises(MatchRefused, match="said it is"):
        reject_match(store=store, match_id=match_id, by=ANN, sku="twin")
    undo(store, pair_id)
    assert everything() == before


def test_an_offer_accepted_anew_meanwhile_stays_with_what_was_said_last(store, twins, busy):
    match_id = busy["linked"].match.pk
    pair_id = merge(store, "mug-red", "twin")
    undo_match(store=store, match_id=match_id, by=ANN)
    accept_match(store=store, match_id=match_id, by=ANN, sku="mug-red")
    undo(store, pair_id)
    said = MatchDecision.objects.filter(offer=busy["linked"]).order_by("pk")
    assert list(said.values_list("product__sku", "undone_by")) == [("twin", ANN), ("mug-red", "")]
    assert Offer.objects.get(pk=busy["linked"].pk).product == twins["mug-red"]
    undo_match(store=store, match_id=match_id, by=ANN)
    assert Match.objects.get(pk=match_id).status == "review"


def test_an_offer_goes_back_to_no_product_it_was_taken_from_meanwhile(store, twins, busy):
    third = make_product(store, sku="third", title="stoneware mug red", images=[])
    match_id = busy["linked"].match.pk
    first = merge(store, "mug-red", "twin")
    undo_match(store=store, match_id=match_id, by=ANN)
    accept_match(store=store, match_id=match_id, by=ANN, sku="third")
    second = merge(store, "mug-red", "third")
    undo(store, first)
    assert Offer.objects.get(pk=busy["linked"].pk).product == twins["mug-red"]
    undo(store, second)
    assert Offer.objects.get(pk=busy["linked"].pk).product == third


@pytest.fixture
def chain(store) -> dict[str, Product]:
    """a was merged into b, and b into c."""
    made = make_products(store, [{"sku": sku, "title": "walnut chest"} for sku in "abc"])
    merge(store, "b", "a")
    merge(store, "c", "b")
    return {product.sku: product for product in made}


@pytest.mark.parametrize("sku", ["b", "c"])
def test_what_others_were_merged_into_is_not_deleted(store, chain, sku):
    before = everything()
    with pytest.raises(OthersMergedError):
        delete_product(product=chain[sku])
    assert everything() == before


def test_what_was_merged_is_deleted_and_then_what_it_was_merged_into(store, chain):
    for sku in "abc":
        delete_product(product=chain[sku])
    assert not Product.objects.exists()
    assert DuplicateDecision.objects.filter(kept=None, gone=None, kept_sku__in=["b", "c"]).count() == 2


def test_once_the_merger_is_undone_either_is_deleted(store):
    made = make_products(store, [{"sku": sku, "title": "walnut chest"} for sku in "ab"])
    undo(store, merge(store, "a", "b"))
    delete_product(product=made[0])
    assert Product.objects.get() == made[1]


def test_a_store_goes_with_its_mergers(store, chain):
    store.delete()
    assert not Product.objects.exists()
    assert not DuplicateDecision.objects.exists()


def test_pictures_lent_by_mergers_of_before_are_marked(store, twins):
    make_product(store, sku="other", title="stoneware mug red", images=[make_image("#f02020")])
    undo(store, merge(store, "mug-red", "other"))
    merge(store, "mug-red", "twin")
    lent = ProductImage.objects.filter(is_lent=True)
    ids = set(lent.values_list("pk", flat=True))
    assert len(ids) == 1
    lent.update(is_lent=False)
    with connection.cursor() as cursor:
        cursor.execute(import_module("recommender.migrations.0018_lent_pictures").MARK)
    assert set(lent.values_list("pk", flat=True)) == ids


class TestChains:
    @pytest.fixture
    def three(self, store, happens, offers) -> list[Product]:
        made = make_products(store, [{"sku": sku, "title": "walnut chest", "images": []} for sku in "abc"])
        happens("ann", "view", "a", "b", "c")
        find_duplicates(store=store)
        return made

    def test_all_is_found_at_the_end_and_put_back_link_by_link(self, store, three, happens):
        states = [everything()]
        first = merge(store, "b", "a")
        states.append(everything())
        second = merge(store, "c", "b")
        assert set(Event.objects.values_list("product__sku", "told_of__sku")) == {
            ("c", None),
            ("c", "a"),
            ("c", "b"),
        }
        with pytest.raises(MatchRefused) as refused:
            undo(store, first)
        assert refused.value.code == "merged_since"
        undo(store, second)
        assert everything() == states[1]
        undo(store, first)
        assert everything() == states[0]

    def test_told_of_the_first_while_all_are_one(self, store, three, happens):
        first = merge(store, "b", "a")
        second = merge(store, "c", "b")
        happens("eve", "cart", "a")
        cart = Event.objects.filter(kind="cart").values_list("product__sku", "told_of__sku")
        assert cart.get() == ("c", "a")
        undo(store, second)
        assert cart.get() == ("b", "a")
        undo(store, first)
        assert cart.get() == ("a", None)

    def test_a_pair_with_a_merged_product_waits_for_nobody_until_it_is_undone(self, store, three):
        first = merge(store, "a", "b")
        assert set(DuplicatePair.objects.in_review().values_list("one__sku", "other__sku")) == {("a", "c")}
        with pytest.raises(MatchRefused) as refused:
            accept_duplicate(store=store, pair_id=pair_of("b", "c").pk, by=ANN)
        assert refused.value.code == "merged_since"
        undo(store, first)
        assert DuplicatePair.objects.in_review().count() == 3

    def test_mergers_into_one_are_undone_in_any_order(self, store, happens):
        blue, green = make_image("blue"), make_image("green")
        make_products(
            store,
            [
                {"sku": "a", "title": "walnut chest", "images": []},
                {"sku": "b", "title": "walnut chest", "images": [blue]},
                {"sku": "c", "title": "walnut chest", "images": [blue, green]},
            ],
        )
        find_duplicates(store=store)
        before = everything()
        first, second = merge(store, "a", "b"), merge(store, "a", "c")
        a = Product.objects.get(sku="a")
        assert a.images.count() == 2
        undo(store, first)
        assert a.images.count() == 2  # the blue one is the third's too
        undo(store, second)
        assert everything() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keeps", [("a", "a"), ("a", "b")])
def test_of_two_mergers_at_once_one_counts(store, keeps):
    make_products(store, [{"sku": sku, "title": "walnut chest"} for sku in "ab"])
    find_duplicates(store=store)
    pair_id = pair_of("a", "b").pk
    told: list[str] = []
    start = threading.Barrier(2)

    def accept(keep: str) -> None:
        try:
            start.wait()
            accept_duplicate(store=store, pair_id=pair_id, by=f"user {keep}", keep=keep)
            told.append(keep)
        except MatchRefused as error:
            told.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=[keep]) for keep in keeps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Product.objects.filter(merged_into=None).count() == 1
    assert pair_of("a", "b").decisions.count() == 1
    assert sorted(told) in (
        [["a", "a"]] if keeps == ("a", "a") else [["a", "already_decided"], ["already_decided", "b"]]
    )
