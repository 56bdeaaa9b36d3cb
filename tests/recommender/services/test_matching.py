"""Offers matched: what is due, what is written, what is left alone. The stand-in's numbers are known beforehand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Offer, Product, Store
from catalog.rows import OfferFacts, OfferRow, ProductFacts, ProductRow
from catalog.services.images import keep_files, keep_offer_picture
from catalog.services.offers import ensure_suppliers, upsert_offers
from catalog.services.products import delete_product, upsert_products
from embeddings import inference
from embeddings.models import Embedding, EmbeddingSpace, Palette
from embeddings.selectors import active_space, require_active_space
from embeddings.services import embed_stale
from recommender.matching.asked import read_offer
from recommender.matching.judging import gather
from recommender.matching.seeing import see_offers
from recommender.models import Match, MatchCandidate, MatchDecision
from recommender.querysets import due_offers
from recommender.services.match_decisions import accept_match, call_new, reject_match, undo_match
from recommender.services.matchers import activate_version, active_version_id, add_version
from recommender.services.matching import BATCH, MOST_TOLD, has_due_offers, match_due, match_offers, shorten
from recommender.services.merging import merge_products
from tests.factories import make_image, make_product
from tests.recommender.conftest import COLOURS, embed
from tests.recommender.matching.standin import StandIn

GTIN, OTHER_GTIN, WRONG_GTIN = "00036000291452", "00012345678905", "00036000291453"


@pytest.fixture
def model(store: Store, embedded_shop: dict[str, Product]) -> inference.Model:
    return inference.model_of(require_active_space(store))


def calls(model: inference.Model) -> tuple[int, int]:
    return model.image_calls, model.text_calls


def picture(colour: str) -> str:
    with keep_files():
        return keep_offer_picture(make_image(colour))


def state(offer: Offer) -> tuple[str, str | None, str]:
    """Status of the match, sku linked to, status of the offer, all as stored; with the offer brought up to date."""
    offer.refresh_from_db()
    offer.match.refresh_from_db()
    return offer.match.status, offer.product.sku if offer.product else None, offer.status


def history(offer: Offer) -> list[tuple[str, str, str, str]]:
    """verdict, sku, by, undone by"""
    return list(offer.decisions.order_by("pk").values_list("verdict", "sku", "by", "undone_by"))


def test_an_offer_alike_in_words_and_looks_is_linked_by_the_machine(store, embedded_shop, offers):
    offer = offers("A-1", title="stoneware mug red", image=picture(COLOURS["mug-red"]))
    report = match_offers(store=store, offer_ids=[offer.pk])
    assert (report.counts, report.left) == ({"linked": 1}, 0)
    assert state(offer) == ("linked", "mug-red", "linked")
    [decision] = offer.decisions.all()
    assert (decision.verdict, decision.by, decision.sku, decision.why) == (
        "accept",
        "matcher",
        "mug-red",
        "likely enough",
    )
    assert decision.offer_name == "nord/A-1"
    best = offer.candidates.get(rank=1)
    assert (best.product.sku, best.sources) == ("mug-red", ["text", "image", "words"])
    assert best.contributions.keys() == {"words", "picture"}
    assert best.probability == decision.probability == pytest.approx(1.0, abs=0.01)
    assert list(offer.candidates.values_list("rank", flat=True)) == list(range(1, offer.candidates.count() + 1))


def test_what_is_neither_likely_nor_unlikely_waits_for_people_most_uncertain_first(store, embedded_shop, offers):
    surer = offers("A-1", title="stoneware mug red new edition")  # 3 of 5 words
    unsure = offers("A-2", title="stoneware mug red of the very best")  # 3 of 7
    match_due(store=store)
    assert state(surer) == state(unsure) == ("review", None, "review")
    assert surer.match.probability == pytest.approx(0.6)
    assert unsure.match.probability == pytest.approx(3 / 7)
    assert list(Match.objects.in_review().most_informative_first().values_list("offer", flat=True)) == [
        unsure.pk,
        surer.pk,
    ]
    assert not MatchDecision.objects.exists()


def test_nothing_alike_is_new_and_a_little_alike_is_rejected(store, embedded_shop, offers):
    new = offers("A-1", title="garden hose twenty metres")
    unlike = offers("A-2", title="stoneware vase tall narrow glazed white")
    match_due(store=store)
    assert state(new) == ("new", None, "new")
    assert state(unlike) == ("rejected", None, "rejected")


def test_the_same_offer_again_changes_nothing_and_calls_no_encoder(store, model, offers):
    facts: dict[str, Any] = {"title": "stoneware mug red", "image": picture(COLOURS["mug-red"])}
    offer = offers("A-1", **facts)
    match_due(store=store)
    before, was = calls(model), (list(Match.objects.values()), list(MatchCandidate.objects.values()))
    again = offers("A-1", **facts)
    assert match_offers(store=store, offer_ids=[again.pk]).counts == {}
    assert not has_due_offers(store)
    assert calls(model) == before
    assert was == (list(Match.objects.values()), list(MatchCandidate.objects.values()))
    assert history(offer) == [("accept", "mug-red", "matcher", "")]


def test_colours_of_offers_and_products_stand_side_by_side(store, embedded_shop, offers):
    """Told once: an offer seen again has them from where they are kept."""
    offer = offers("A-1", title="stoneware mug red", image=picture(COLOURS["mug-red"]))
    space = active_space(store)
    for _ in range(2):
        [seen] = see_offers(space, [read_offer(offer)], known_texts={})
        assert len(seen.item.palettes) == 1
        assert Palette.objects.filter(sha256=seen.facts.image_hash).count() == 1
        [gathered] = gather(store, space, [seen], with_pictures=True)
        products = Product.objects.in_bulk(list(gathered.items))
        apart = {
            products[pk].sku: np.abs(seen.item.palettes[0] - item.palettes[0]).mean()
            for pk, item in gathered.items.items()
            if item.palettes
        }
        assert min(apart, key=apart.__getitem__) == "mug-red"
        assert sorted(apart.values())[0] < 0.01 < sorted(apart.values())[1]


def test_another_price_is_matched_anew_without_an_encoder(store, model, offers):
    offer = offers("A-1", title="stoneware mug red", image=picture(COLOURS["mug-red"]), price=10)
    match_due(store=store)
    before, matched_at = calls(model), offer.match.matched_at
    candidates = list(MatchCandidate.objects.values_list("product", "probability"))
    offers("A-1", price=11)
    assert match_due(store=store).counts == {"linked": 1}
    assert calls(model) == before
    offer = Offer.objects.get()
    assert (offer.match.matched_at > matched_at, offer.match.error) == (True, "")
    assert list(MatchCandidate.objects.values_list("product", "probability")) == candidates
    assert history(offer) == [("accept", "mug-red", "matcher", "")]


def test_another_title_calls_the_text_encoder_alone(store, model, offers):
    offers("A-1", title="stoneware mug red", image=picture(COLOURS["mug-red"]))
    match_due(store=store)
    pictures, texts = calls(model)
    offers("A-1", title="stoneware mug blue")
    match_due(store=store)
    assert calls(model) == (pictures, texts + 1)


def test_a_link_of_the_machine_that_no_longer_holds_is_undone_on_record(store, embedded_shop, offers):
    offer = offers("A-1", title="stoneware mug red")
    match_due(store=store)
    offers("A-1", title="stoneware mug blue")
    match_due(store=store)
    assert state(offer) == ("linked", "mug-blue", "linked")
    assert history(offer) == [("accept", "mug-red", "matcher", "matcher"), ("accept", "mug-blue", "matcher", "")]
    offers("A-1", title="garden hose twenty metres")
    match_due(store=store)
    assert state(offer) == ("new", None, "new")
    assert history(offer)[-1] == ("accept", "mug-blue", "matcher", "matcher")


def test_what_a_person_decided_is_never_overruled(store, embedded_shop, offers):
    offer = offers("A-1", title="stoneware mug red new edition")
    match_due(store=store)
    accept_match(store=store, match_id=offer.match.pk, by="user ann", sku="lamp-red")
    offers("A-1", title="stoneware mug red")
    match_due(store=store)
    assert state(offer) == ("linked", "lamp-red", "linked")
    assert offer.candidates.get(rank=1).product.sku == "mug-red"
    assert history(offer) == [("accept", "lamp-red", "user ann", "")]


def test_the_machine_does_not_link_again_what_a_person_has_taken_back(store, embedded_shop, offers):
    offer = offers("A-1", title="stoneware mug red")
    match_due(store=store)
    undo_match(store=store, match_id=offer.match.pk, by="user ann")
    assert state(offer) == ("review", None, "review")
    offers("A-1", price=3)
    match_due(store=store)
    assert state(offer) == ("review", None, "review")
    assert history(offer) == [("accept", "mug-red", "matcher", "user ann")]


def test_a_right_gtin_decides_between_products_alike(store, embedded_shop, offers):
    make_product(store, sku="named", title="stoneware mug red", gtin=GTIN)
    without = offers("A-2", title="stoneware mug red")
    match_due(store=store)
    assert (state(without)[:2], without.match.why) == (("review", None), "several fit")
    offer = offers("A-1", title="stoneware mug red", gtin=GTIN)
    match_due(store=store)
    assert state(offer) == ("linked", "named", "linked")
    assert offer.decisions.get().why == "same GTIN"
    assert offer.candidates.get(rank=1).sources[0] == "gtin"


def test_a_wrong_check_digit_is_not_trusted(store, embedded_shop, offers):
    make_product(store, sku="named", title="iron kettle", gtin=GTIN)
    offer = offers("A-1", title="kessel", gtin=WRONG_GTIN)
    match_due(store=store)
    assert state(offer)[:2] == ("new", None)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"title": "garden hose", "gtin": GTIN}, "same GTIN, but the rest differs"),
        ({"title": "kettle", "gtin": GTIN, "mpn": "k-2", "brand": "Fjord"}, "identifiers name different products"),
        (
            {"title": "iron pot", "gtin": OTHER_GTIN, "mpn": "K-1", "brand": "FJORD."},
            "same maker's number, another GTIN",
        ),
        ({"title": "iron kettle grey", "gtin": OTHER_GTIN}, "fits, but has another GTIN"),
    ],
)
def test_what_contradicts_an_identifier_goes_to_people(store, embedded_shop, offers, facts, why):
    make_product(store, sku="kettle", title="iron kettle grey", gtin=GTIN, mpn="k-1", brand="Fjord")
    make_product(store, sku="pot", title="iron pot", mpn="K-2", brand="fjord")
    offer = offers("A-1", **facts)
    match_due(store=store)
    assert (state(offer)[0], offer.match.why) == ("review", why)
    assert not offer.decisions.exists()


def test_of_sizes_with_one_makers_number_the_gtin_says_which(store, embedded_shop, offers):
    facts = {"title": "iron kettle grey", "mpn": "K-1", "brand": "Fjord", "variant_group": "kettles"}
    make_product(store, sku="small", gtin=OTHER_GTIN, **facts)
    make_product(store, sku="large", gtin=GTIN, **facts)
    offer = offers("A-1", title="iron kettle grey", gtin=GTIN, mpn="K-1", brand="Fjord")
    match_due(store=store)
    assert state(offer)[:2] == ("linked", "large")
    assert offer.decisions.get().why == "same GTIN"


def test_a_makers_number_needs_its_brand(store, embedded_shop, offers):
    make_product(store, sku="kettle", title="iron kettle grey", mpn="K-1", brand="Fjord & Sons")
    make_product(store, sku="twin", title="iron kettle grey")
    with_brand = offers("A-1", title="iron kettle grey", mpn="k-1", brand="fjord & sons")
    without = offers("A-2", title="iron kettle grey", mpn="k-1")
    match_due(store=store)
    assert state(with_brand)[:2] == ("linked", "kettle")
    assert state(without)[:2] == ("review", None)


def test_a_deleted_product_frees_its_offers(store, embedded_shop, offers):
    offer = offers("A-1", title="stoneware mug red")
    by_hand = offers("A-2", title="a thing that ann knows")
    match_due(store=store)
    accept_match(store=store, match_id=by_hand.match.pk, by="user ann", sku="mug-red")
    delete_product(product=embedded_shop["mug-red"])
    assert set(due_offers(store, version_id=None)) == {offer, by_hand}
    match_due(store=store)
    assert state(offer)[0] in {"review", "rejected"}
    assert state(by_hand) == ("review", None, "review")  # ann has been here: the machine closes nothing
    assert history(offer) == [("accept", "mug-red", "matcher", "matcher")]
    assert history(by_hand) == [("accept", "mug-red", "user ann", "matcher")]
    assert offer.decisions.get().undone_why == "the product is gone"
    assert not has_due_offers(store)


def test_a_deleted_product_frees_an_offer_that_can_not_be_matched(store, embedded_shop, offers):
    offer = offers("A-1", title="poison")
    match_due(store=store)
    accept_match(store=store, match_id=offer.match.pk, by="user ann", sku="mug-red")
    delete_product(product=embedded_shop["mug-red"])
    assert match_due(store=store).counts == {"failed": 1}
    assert state(offer) == ("failed", None, "new")
    assert history(offer) == [("accept", "mug-red", "user ann", "matcher")]
    assert not has_due_offers(store)


def test_an_unpublished_product_keeps_its_offers_and_gets_new_ones(store, embedded_shop, offers):
    kept = offers("A-1", title="stoneware mug red")
    match_due(store=store)
    upsert_products(store=store, rows=[ProductRow("mug-red", ProductFacts(is_published=False))])
    new = offers("A-2", title="stoneware mug red")
    match_due(store=store)
    assert state(kept) == state(new) == ("linked", "mug-red", "linked")


def test_one_poisonous_offer_costs_only_itself_and_is_tried_again_when_it_changes(store, embedded_shop, offers):
    bad, good = offers("A-1", title="poison"), offers("A-2", title="stoneware mug red")
    assert match_due(store=store).counts == {"failed": 1, "linked": 1}
    assert state(bad) == ("failed", None, "new")
    assert bad.match.error == "ValueError: this offer can't be scored"
    assert not has_due_offers(store)
    offers("A-1", title="stoneware mug red")
    match_due(store=store)
    assert state(bad) == state(good) == ("linked", "mug-red", "linked")
    assert bad.match.error == ""


def test_what_failed_is_tried_again_with_another_version_or_encoder_and_after_a_day(store, shop, offers):
    offer = offers("A-1", title="mug with poison")
    assert match_due(store=store).counts == {"failed": 1}
    version = add_version(store=store, artifact=b"0.5 0.1", metrics={})
    assert not has_due_offers(store)
    activate_version(version=version, by="user ann")
    assert match_due(store=store).counts == {"failed": 1}
    assert not has_due_offers(store)
    space = embed(store)
    assert match_due(store=store).counts == {"failed": 1}
    assert not has_due_offers(store)
    offer.match.refresh_from_db()
    assert (offer.match.version, offer.match.encoder_id) == (version, space.encoder_id)
    Match.objects.update(matched_at=timezone.now() - timedelta(days=1, seconds=1))
    assert match_due(store=store).counts == {"failed": 1}
    assert not has_due_offers(store)


def test_an_unreadable_picture_does_not_keep_an_offer_from_its_product(store, embedded_shop, offers, media_root):
    name = picture("#123456")
    (media_root / name).write_bytes(b"no picture")
    offer = offers("A-1", title="stoneware mug red", image=name)
    match_due(store=store)
    assert state(offer) == ("linked", "mug-red", "linked")


def test_without_a_space_words_and_identifiers_match(store, shop, offers):
    offer = offers("A-1", title="stoneware mug red")
    match_due(store=store)
    assert state(offer) == ("linked", "mug-red", "linked")
    assert (offer.match.encoder_id, offer.match.text_vector) == ("", None)


def test_another_stores_products_are_never_candidates_nor_its_offers_matched(
    store, other_store, embedded_shop, other_shop, offers
):
    make_product(other_store, sku="named", title="iron kettle", gtin=GTIN)
    own = offers("A-1", title="stoneware mug red", gtin=GTIN)
    theirs = offers("A-1", title="stoneware mug red", store=other_store)
    match_offers(store=store, offer_ids=[own.pk, theirs.pk])
    assert state(own)[:2] == ("linked", "mug-red")
    assert {candidate.product.store_id for candidate in MatchCandidate.objects.all()} == {store.pk}
    assert not Match.objects.filter(offer=theirs).exists()


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`with meanwhile(happens):` while offers are judged, that happens. The stand-in's scoring is where time passes."""

    @contextmanager
    def let(happens: Callable[[], object]) -> Iterator[None]:
        score = StandIn.score

        def slow(self: StandIn, pairs: Any) -> Any:
            happens()
            return score(self, pairs)

        with monkeypatch.context() as patched:
            patched.setattr(StandIn, "score", slow)
            yield

    return let


def test_an_offer_that_changes_while_it_is_judged_is_due_still(store, embedded_shop, offers, meanwhile):
    offer = offers("A-1", title="stoneware mug red")
    with meanwhile(lambda: offers("A-1", title="stoneware mug blue")):
        assert match_offers(store=store, offer_ids=[offer.pk]).counts == {}
    assert not Match.objects.exists()
    match_due(store=store)
    assert state(offer)[:2] == ("linked", "mug-blue")


def test_an_offer_that_changes_while_it_fails_is_due_still(store, embedded_shop, offers, meanwhile):
    offer = offers("A-1", title="poison")
    with meanwhile(lambda: offers("A-1", title="stoneware mug blue")):
        assert match_offers(store=store, offer_ids=[offer.pk]).counts == {}
    assert not Match.objects.exists()
    match_due(store=store)
    assert state(offer)[:2] == ("linked", "mug-blue")


def test_an_offer_of_a_product_that_is_merged_meanwhile_is_due_still(store, embedded_shop, offers, meanwhile):
    offer = offers("A-1", title="stoneware mug red")
    kept = make_product(store, sku="kept", title="iron kettle")
    with meanwhile(lambda: merge_products(gone=embedded_shop["mug-red"], kept=kept)):
        assert match_offers(store=store, offer_ids=[offer.pk]).counts == {}
    assert not Match.objects.exists()
    match_due(store=store)
    assert "mug-red" not in offer.candidates.values_list("product__sku", flat=True)
    assert state(offer)[:2] == ("review", None)


def test_an_offer_of_a_product_that_is_deleted_meanwhile_is_due_still(store, embedded_shop, offers, meanwhile):
    offer = offers("A-1", title="stoneware mug red")
    with meanwhile(lambda: delete_product(product=embedded_shop["mug-red"])):
        assert match_offers(store=store, offer_ids=[offer.pk]).counts == {}
    assert match_due(store=store).counts == {"review": 1}


def test_a_link_that_a_merger_moves_meanwhile_stands(store, embedded_shop, offers, meanwhile):
    offer = offers("A-1", title="stoneware mug red")
    match_due(store=store)
    offers("A-1", price=11)

    def merge() -> None:
        merge_products(gone=embedded_shop["mug-red"], kept=make_product(store, sku="kept", title="stoneware mug red"))

    with meanwhile(merge):
        assert match_due(store=store).counts == {}
    for _ in range(2):
        assert state(offer) == ("linked", "kept", "linked")
        assert history(offer) == [("accept", "mug-red", "matcher", "")]
        match_due(store=store)
    assert not has_due_offers(store)


def test_another_version_scores_anew_what_waits_and_leaves_links_alone(store, model, offers):
    linked, waiting = offers("A-1", title="stoneware mug red"), offers("A-2", title="stoneware mug red new edition")
    match_due(store=store)
    before = calls(model)
    version = add_version(store=store, artifact=b"0.5 0.1", metrics={"f1": 0.9})
    assert not has_due_offers(store)
    activate_version(version=version, by="user ann")
    assert list(due_offers(store, version_id=active_version_id(store))) == [waiting]
    match_due(store=store)
    assert state(waiting) == ("linked", "mug-red", "linked")
    assert waiting.match.version == version
    assert linked.match.version is None
    assert calls(model) == before
    assert not has_due_offers(store)


def test_undo_after_retraining_brings_the_item_back_to_people(store, embedded_shop, offers):
    offer = offers("A-1", title="stoneware mug red new edition")
    match_due(store=store)
    reject_match(store=store, match_id=offer.match.pk, by="user ann", sku="mug-red")
    was = state(offer)
    activate_version(version=add_version(store=store, artifact=b"0.5 0.1", metrics={}), by="user ann")
    offers("A-1", price=4)
    match_due(store=store)
    undo_match(store=store, match_id=offer.match.pk, by="user bob")
    # The new version alone would have linked it; ann and bob have been here.
    assert was[1] is None and state(offer) == ("review", None, "review")
    assert history(offer) == [("reject", "mug-red", "user ann", "user bob")]


def test_statements_do_not_grow_with_candidates_or_decisions(store, embedded_shop, offers):
    def statements(numbers: range) -> int:
        for number in numbers:
            offers(f"A-{number}", title="stoneware mug red", brand=f"b{number}")
        with CaptureQueriesContext(connection) as queries:
            match_due(store=store)
        searches = [q for q in queries if "lexemes" in q["sql"] or "catalog_lexeme" in q["sql"]]
        return len(queries) - len(searches)

    statements(range(1))
    assert statements(range(1, 3)) == statements(range(3, 15))


@pytest.fixture
def other_worker() -> Any:
    """A second connection, as another process has."""
    copied = connection.copy()
    yield copied
    if copied.connection and not copied.connection.closed:
        copied.connection.execute("SELECT pg_advisory_unlock_all()")  # the pool keeps the connection
    copied.close()


def test_what_another_worker_has_claimed_is_left_to_it(store, embedded_shop, offers, other_worker):
    taken, free = offers("A-1", title="stoneware mug red"), offers("A-2", title="stoneware mug red")
    with other_worker.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashint8extended(%s, 7302115002))", [taken.pk])
    report = match_due(store=store)
    assert (report.counts, report.left) == ({"linked": 1}, 1)
    assert state(free)[0] == "linked"
    other_worker.connection.close()  # it dies, and its claims with it
    assert match_due(store=store).counts == {"linked": 1}


def test_claims_are_given_back(store, embedded_shop, offers, other_worker: Any):
    offer = offers("A-1", title="stoneware mug red")
    match_due(store=store)
    with other_worker.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashint8extended(%s, 7302115002))", [offer.pk])
        assert cursor.fetchone() == (True,)


def tell_many(store: Store, count: int) -> None:
    ensure_suppliers(store=store, slugs=["nord"], names={})
    titles = ["stoneware mug red", "brass lamp blue", "steel pan black"]
    rows = [OfferRow("nord", f"A-{n}", OfferFacts(title=f"{titles[n % 3]} no {n}")) for n in range(count)]
    assert {outcome.status for outcome in upsert_offers(store=store, rows=rows)} == {"created"}


@pytest.mark.django_db(transaction=True)
def test_two_threads_match_as_one_does(store, embedded_shop, other_worker: Any):
    tell_many(store, 3 * BATCH + 1)
    match_due(store=store)
    facts = ("offer", "status", "verdict", "why", "probability")
    alone = list(Match.objects.order_by("offer").values_list(*facts))
    found = list(MatchCandidate.objects.order_by("offer", "rank").values_list("offer", "product", "probability"))
    Match.objects.all().delete()
    MatchDecision.objects.all().delete()
    report = match_due(store=store, threads=2)
    assert (report.matched, report.left) == (3 * BATCH + 1, 0)
    assert list(Match.objects.order_by("offer").values_list(*facts)) == alone
    assert (
        list(MatchCandidate.objects.order_by("offer", "rank").values_list("offer", "product", "probability")) == found
    )
    assert MatchDecision.objects.standing().count() == Match.objects.filter(status="linked").count()
    with other_worker.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_fails_stops_the_others_and_says_so(store, embedded_shop, other_worker: Any):
    tell_many(store, 3 * BATCH)
    EmbeddingSpace.objects.update(encoder_id="another")  # its model can't be had any more
    with pytest.raises(inference.EncoderUnavailable):
        match_due(store=store, threads=2)
    assert not Match.objects.exists()
    with other_worker.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone() == (0,)
    EmbeddingSpace.objects.update(encoder_id=inference.get_model("fake").identity)
    assert match_due(store=store, threads=2).matched == 3 * BATCH


def test_a_turn_ends_at_its_time(store, embedded_shop):
    tell_many(store, BATCH + 1)
    assert match_due(store=store, seconds=0).matched == BATCH
    assert match_due(store=store).matched == 1


def test_embedding_later_offers_is_independent_of_order(store, shop, offers: Callable[..., Offer]):
    """Vectors come with the space; an offer that changes then is matched with them."""
    offer = offers("A-1", title="stoneware mug red")
    match_due(store=store)
    embed(store)
    offers("A-1", price=2)
    match_due(store=store)
    offer.match.refresh_from_db()
    assert offer.match.text_vector is not None
    assert offer.candidates.get(rank=1).sources == ["text", "words"]


def test_of_many_reasons_the_largest_are_kept_and_their_sum():
    reasons = {f"f{number}": (-1) ** number * float(number) for number in range(40)}
    kept = shorten(reasons)
    assert list(kept)[:2] == ["f39", "f38"]
    assert len(kept) == MOST_TOLD + 1
    assert sum(kept.values()) == pytest.approx(sum(reasons.values()))
    assert shorten({"words": 0.1, "picture": -0.2}) == {"picture": -0.2, "words": 0.1}


def test_a_product_that_comes_later_gets_the_offers_that_found_none_within_a_day(store, embedded_shop, offers):
    waiting, known = offers("A-1", title="iron kettle grey"), offers("A-2", title="garden hose twenty metres")
    match_due(store=store)
    assert (state(waiting)[0], state(known)[0]) == ("rejected", "new")
    call_new(store=store, match_id=known.match.pk, by="user ann")
    make_product(store, sku="kettle", title="iron kettle grey")
    assert not has_due_offers(store)  # matched a moment ago: a feed of new products would match all anew with each
    was = timezone.now() - timedelta(days=1, seconds=1)
    Match.objects.update(matched_at=was)
    assert match_due(store=store).counts == {"linked": 1}
    assert state(waiting)[:2] == ("linked", "kettle")
    assert Match.objects.get(offer=known).matched_at == was  # ann has said so
    Match.objects.update(matched_at=was)
    Product.objects.update(created_at=was - timedelta(days=1))
    Embedding.objects.update(embedded_at=was - timedelta(days=1))
    assert not has_due_offers(store)


def test_a_product_whose_vector_comes_late_gets_the_offers_that_found_none(store, other_shop, embedded_shop, offers):
    """The offer's words are not the product's: its vector alone finds it."""
    offer = offers("A-1", title="garden hose", image=picture("#00f000"))
    day = timedelta(days=1)
    now = timezone.now()
    Product.objects.update(created_at=now - 9 * day)
    Embedding.objects.update(embedded_at=now - 9 * day)
    make_product(store, sku="sprinkler", title="lawn sprinkler", images=[make_image("#00f000")])
    Product.objects.filter(sku="sprinkler").update(created_at=now - 3 * day)
    match_due(store=store)  # while the sprinkler still waits for its vector
    assert "sprinkler" not in offer.candidates.values_list("product__sku", flat=True)
    Match.objects.update(matched_at=now - 2 * day)
    Embedding.objects.filter(space__store=other_shop["theirs"].store).update(embedded_at=now)
    assert not has_due_offers(store)  # another store's vectors are nothing to this one
    embed_stale(EmbeddingSpace.objects.get(store=store))
    assert match_due(store=store).matched == 1
    assert "sprinkler" in offer.candidates.values_list("product__sku", flat=True)
    assert not has_due_offers(store)


def test_what_came_in_the_minutes_before_an_offer_was_matched_may_not_have_been_seen(store, embedded_shop, offers):
    offers("A-1", title="garden hose twenty metres")
    match_due(store=store)
    was = timezone.now() - timedelta(days=2)
    Match.objects.update(matched_at=was)
    Product.objects.update(created_at=was - timedelta(days=1))
    Embedding.objects.update(embedded_at=was - timedelta(minutes=6))
    assert not has_due_offers(store)
    Embedding.objects.filter(product=embedded_shop["mug-red"]).update(embedded_at=was - timedelta(minutes=4))
    assert has_due_offers(store)


def test_what_found_no_product_without_vectors_is_matched_anew_with_them(store, shop, offers):
    offer = offers("A-1", title="garden hose twenty metres")
    linked = offers("A-2", title="stoneware mug red")
    match_due(store=store)
    assert (state(offer)[0], state(linked)[0], offer.match.encoder_id) == ("new", "linked", "")
    assert not has_due_offers(store)
    space = embed(store)
    assert match_due(store=store).counts == {"new": 1}
    assert Match.objects.get(offer=offer).encoder_id == space.encoder_id
    assert not has_due_offers(store)
