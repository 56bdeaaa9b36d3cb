"""Products made of offers that are new: what they are, what is on record, and the way back."""

from decimal import Decimal

import pytest

from catalog import tasks
from catalog.models import Offer, Product, ProductImage
from catalog.services.images import keep_files, keep_offer_picture, remove_unused_files
from catalog.services.products import delete_product
from embeddings.models import EmbeddingSpace
from embeddings.services import embed_stale
from recommender.matching.decided import read_decided
from recommender.models import Match, MatchDecision
from recommender.services.claims import MatchRefused, claim_next
from recommender.services.match_decisions import accept_match, call_new, reject_match, undo_match
from recommender.services.matching import has_due_offers, match_due
from recommender.services.merging import merge_products
from recommender.services.new_products import Made, ProductRefused, make_product
from tests.factories import make_image
from tests.recommender.services.test_matching import GTIN, WRONG_GTIN, history, state

ANN, BOB = "user ann", "user bob"


@pytest.fixture
def offer(store, embedded_shop, offers) -> Offer:
    """Like nothing the shop has; the machine calls it new, and so does ann."""
    with keep_files():
        image = keep_offer_picture(make_image("#00f000"))
    facts = {"brand": "Flux", "gtin": GTIN, "mpn": "GH-20", "price": Decimal("24.90"), "currency": "EUR"}
    offer = offers("4711", title="garden hose", description="Twenty metres.", image=image, **facts)
    match_due(store=store)
    call_new(store=store, match_id=offer.match.pk, by=ANN)
    return offer


def make(offer: Offer, **more) -> Made:
    return make_product(store=offer.supplier.store, match_id=offer.match.pk, **{"by": BOB, **more})


def test_it_is_what_the_offer_says_and_not_shown_yet(store, offer):
    made = make(offer, why="we sell these now")
    assert (made.sku, made.is_new) == ("4711", True)
    product = Product.objects.of(store).get(sku="4711")
    assert (product.title, product.description, product.brand) == ("garden hose", "Twenty metres.", "Flux")
    assert (product.gtin, product.mpn, product.price, product.currency) == (GTIN, "GH-20", Decimal("24.90"), "EUR")
    assert not product.is_published
    assert state(offer) == ("linked", "4711", "linked")
    assert history(offer) == [("new", "", ANN, ""), ("accept", "4711", BOB, "")]
    last = offer.decisions.get(verdict="accept")
    assert (last.made_product, last.why) == (True, "we sell these now")


def test_its_picture_is_the_products_own(store, offer):
    make(offer)
    image = ProductImage.objects.get(product__sku="4711")
    assert (image.status, image.position) == ("ready", 0)
    assert str(image.file).startswith("products/")
    kept = str(offer.image)
    Offer.objects.update(image="")
    assert remove_unused_files([kept, str(image.file)]) == 1
    assert image.file.storage.exists(str(image.file))


def test_without_a_picture_that_can_be_read_it_has_none(store, offer):
    offer.image.storage.delete(str(offer.image))
    assert make(offer).is_new
    assert not ProductImage.objects.filter(product__sku="4711").exists()


def test_said_again_nothing_happens(store, offer):
    assert make(offer, sku="HOSE").is_new
    before = list(MatchDecision.objects.values()), Product.objects.count()
    for sku in ("", "HOSE"):
        again = make(offer, sku=sku)
        assert (again.sku, again.is_new) == ("HOSE", False)
    with pytest.raises(MatchRefused, match="user bob said it is HOSE") as refused:
        make(offer, sku="other")
    assert refused.value.code == "already_decided"
    assert before == (list(MatchDecision.objects.values()), Product.objects.count())


def test_undone_the_offer_is_new_again_and_the_product_stays(store, offer):
    make(offer)
    undo_match(store=store, match_id=offer.match.pk, by=ANN, why="not ours")
    assert state(offer) == ("new", None, "new")
    assert history(offer) == [("new", "", ANN, ""), ("accept", "4711", BOB, ANN)]
    assert not Product.objects.get(sku="4711").is_published
    with pytest.raises(ProductRefused) as refused:
        make(offer)
    assert [(issue.field, issue.code) for issue in refused.value.issues] == [("sku", "sku_taken")]
    assert make(offer, sku="4711-b").is_new
    assert Product.objects.get(sku="4711-b").gtin == ""  # 4711 has it
    for _ in range(2):
        undo_match(store=store, match_id=offer.match.pk, by=ANN)
    assert state(offer)[0] == "review"  # nobody calls it new any more


def test_what_the_machine_alone_calls_new_makes_one_too(store, embedded_shop, offers):
    offer = offers("4711", title="garden hose", gtin=WRONG_GTIN)
    match_due(store=store)
    assert state(offer)[0] == "new"
    make(offer, why="ours now")
    assert state(offer) == ("linked", "4711", "linked")
    assert Product.objects.get(sku="4711").gtin == ""
    undo_match(store=store, match_id=offer.match.pk, by=ANN)
    assert state(offer) == ("new", None, "new")
    assert history(offer) == [("new", "", BOB, ""), ("accept", "4711", BOB, ANN)]
    assert make(offer, sku="4711-b").is_new


def test_a_product_that_came_since_with_its_gtin_is_not_made_again(store, embedded_shop, offers):
    """Two suppliers offer the same new thing, and products are made of both lists."""
    first = offers("4711", title="garden hose", gtin=GTIN)
    second = offers("99", title="hose, green", gtin=GTIN, supplier="sud")
    match_due(store=store)
    assert state(first)[0] == state(second)[0] == "new"
    make(first)
    with pytest.raises(MatchRefused, match="Product 4711 has its GTIN") as refused:
        make(second)
    assert refused.value.code == "gtin_taken"
    assert state(second)[0] == "new"
    call_new(store=store, match_id=second.match.pk, by=ANN)
    make(second)
    assert Product.objects.get(sku="99").gtin == ""


def test_a_refusal_leaves_no_picture_behind(store, offer, django_capture_on_commit_callbacks, monkeypatch):
    monkeypatch.setattr(tasks.remove_unused_files, "delay", remove_unused_files)  # as a worker would
    name = str(offer.image).replace("offers/", "products/")
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ProductRefused):
        make(offer, sku="mug-red")
    assert not offer.image.storage.exists(name)
    for _ in range(2):  # made, and said again
        with django_capture_on_commit_callbacks(execute=True):
            make(offer)
        assert offer.image.storage.exists(name)


def test_it_is_people_who_said_so_and_the_machine_leaves_it(store, offer, offers):
    make(offer)
    offers("4711", title="stoneware mug red")  # the supplier sells something else under this number
    match_due(store=store)
    assert state(offer) == ("linked", "4711", "linked")


def test_a_deleted_product_leaves_the_offer_new(store, offer):
    make(offer)
    delete_product(product=Product.objects.get(sku="4711"))
    assert has_due_offers(store)
    match_due(store=store)
    assert state(offer) == ("new", None, "new")


def test_merged_into_another_the_link_goes_along(store, offer, embedded_shop):
    make(offer)
    merge_products(gone=Product.objects.get(sku="4711"), kept=embedded_shop["pan-red"])
    assert state(offer)[:2] == ("linked", "pan-red")
    assert make(offer).sku == "pan-red"


def test_others_offers_find_it_once_it_is_embedded(store, offer, offers):
    make(offer)
    embed_stale(EmbeddingSpace.objects.get(store=store))
    other = offers("99", title="garden hose", supplier="sud")
    match_due(store=store)
    assert state(other)[:2] == ("linked", "4711")


def test_nothing_is_learned_from_an_offer_and_its_copy(store, offer):
    assert read_decided(store, limit=10).count() == (0, 1)
    make(offer)
    assert read_decided(store, limit=10).decisions == []
    undo_match(store=store, match_id=offer.match.pk, by=ANN)
    assert read_decided(store, limit=10).count() == (0, 1)


@pytest.mark.parametrize("act", ["review", "rejected", "accepted", "linked by the machine"])
def test_what_is_not_new_makes_none(store, embedded_shop, offers, act):
    title = "stoneware mug red" if act == "linked by the machine" else "stoneware mug red of the very best"
    offer = offers("4711", title=title)
    match_due(store=store)
    code = "already_decided"
    match act:
        case "review":
            code = "not_new"
        case "rejected":
            code = "not_new"
            for candidate in offer.candidates.select_related("product"):
                if state(offer)[0] == "review":
                    reject_match(store=store, match_id=offer.match.pk, by=ANN, sku=candidate.product.sku)
            assert state(offer)[0] == "rejected"
        case "accepted":
            accept_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-red")
    before = list(MatchDecision.objects.values()), Product.objects.count()
    with pytest.raises(MatchRefused) as refused:
        make(offer)
    assert refused.value.code == code
    assert before == (list(MatchDecision.objects.values()), Product.objects.count())


@pytest.mark.parametrize(
    ("facts", "sku", "field", "code"),
    [
        ({}, "mug-red", "sku", "sku_taken"),
        ({}, "x" * 129, "sku", "too_long"),
        ({"title": ""}, "", "title", "required"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_made(store, offer, facts, sku, field, code):
    Offer.objects.filter(pk=offer.pk).update(**facts)
    before = state(offer), history(offer), Product.objects.count()
    with pytest.raises(ProductRefused) as refused:
        make(offer, sku=sku)
    assert [(issue.field, issue.code) for issue in refused.value.issues] == [(field, code)]
    assert before == (state(offer), history(offer), Product.objects.count())


def test_what_another_looks_at_is_left_alone(store, offer):
    undo_match(store=store, match_id=offer.match.pk, by=ANN)
    assert claim_next(Match, store=store, by=ANN)
    with pytest.raises(MatchRefused, match="user ann is looking at it"):
        make(offer)


def test_another_store_has_no_such_offer_and_may_have_the_same_sku(store, other_store, other_shop, offer):
    with pytest.raises(Match.DoesNotExist):
        make_product(store=other_store, match_id=offer.match.pk, by=BOB)
    theirs = Product.objects.of(other_store).count()
    assert make(offer, sku="theirs").is_new
    assert Product.objects.of(other_store).count() == theirs
