"""Looking for duplicates. The stand-in's numbers are known beforehand: shared words, and pictures where there are."""

import threading

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from catalog.rows import ProductRow
from catalog.services.products import upsert_products
from embeddings import inference
from embeddings.selectors import require_active_space
from recommender.models import DuplicateDecision, DuplicatePair, DuplicateSearch
from recommender.services.duplicate_decisions import accept_duplicate, reject_duplicate, undo_duplicate
from recommender.services.duplicates import (
    DuplicateReport,
    ask_for_duplicates,
    find_duplicates,
    regroup,
    stores_to_search,
)
from recommender.services.matchers import activate_version, add_version
from recommender.tasks import match_duplicates
from tests.factories import make_image, make_product, make_products
from tests.recommender.conftest import COLOURS, embed
from tests.recommender.matching.standin import StandIn

ANN = "user ann"
GTIN, OTHER_GTIN = "00036000291452", "00012345678905"
# Of the first three, four of five, three of five and three of six words are shared; the last has none of them.
ROWS = [
    {"sku": "a", "title": "walnut chest with drawers"},
    {"sku": "b", "title": "walnut chest with drawers wide"},
    {"sku": "c", "title": "walnut chest with shelves"},
    {"sku": "hose", "title": "garden hose"},
]


@pytest.fixture
def chests(store) -> dict[str, Product]:
    return {product.sku: product for product in make_products(store, ROWS)}


def pairs(**conditions) -> dict[tuple[str, str], float]:
    found = DuplicatePair.objects.filter(**conditions).values_list("one__sku", "other__sku", "probability")
    return {(one, other): round(probability, 3) for one, other, probability in found}


def pair_of(*skus: str) -> DuplicatePair:
    return DuplicatePair.objects.get(one__sku__in=skus, other__sku__in=skus)


def everything() -> list:
    return [
        list(model.objects.order_by("pk").values()) for model in (DuplicatePair, DuplicateSearch, DuplicateDecision)
    ]


def test_what_is_alike_waits_for_people_whoever_is_asked_first(store, chests):
    assert find_duplicates(store=store) == DuplicateReport(searched=4, pairs=3, groups=1, largest=3, is_done=True)
    assert pairs() == {("a", "b"): 0.8, ("a", "c"): 0.6, ("b", "c"): 0.5}
    pair = pair_of("a", "b")
    assert (pair.status, pair.why, pair.sources, pair.group) == ("review", "alike", ["words"], chests["a"].pk)
    assert pair.contributions == {"words": 0.8}
    assert pair.uncertainty == pytest.approx(0.7219, abs=1e-4)
    assert (pair.accept_at, pair.reject_below, pair.version) == (0.9, 0.5, None)


def test_pictures_are_compared_by_the_vectors_there_are(store, shop):
    make_product(store, sku="twin", title="stoneware mug red", images=[make_image(COLOURS["mug-red"])])
    space = embed(store)
    model = inference.model_of(require_active_space(store))
    calls = model.image_calls, model.text_calls
    find_duplicates(store=store)
    assert (model.image_calls, model.text_calls) == calls
    twin = pair_of("mug-red", "twin")
    assert twin.probability == pytest.approx(1, abs=0.01)
    assert (twin.why, twin.sources) == ("very much alike", ["text", "image", "words"])
    assert DuplicateSearch.objects.get(product__sku="twin").space_id == space.pk


def test_again_nothing_is_due_and_nothing_changes(store, chests):
    find_duplicates(store=store)
    before = everything()
    assert find_duplicates(store=store).searched == 0
    assert everything() == before


def test_what_changed_is_looked_for_again_and_what_is_no_longer_alike_is_forgotten(store, chests):
    find_duplicates(store=store)
    upsert_products(store=store, rows=[ProductRow("b", {"title": "oak bed"})])
    assert find_duplicates(store=store).searched == 1
    assert pairs() == {("a", "c"): 0.6}
    make_product(store, sku="d", title="oak bed")
    assert find_duplicates(store=store).searched == 1
    assert pairs() == {("a", "c"): 0.6, ("b", "d"): 1.0}


def test_a_new_vector_makes_a_product_due(store, shop):
    find_duplicates(store=store)
    assert find_duplicates(store=store).searched == 0
    embed(store)
    assert find_duplicates(store=store).searched == len(shop)


def test_another_version_scores_anew(store, chests):
    find_duplicates(store=store)
    version = add_version(store=store, artifact=b"0.9 0.55", metrics={})
    activate_version(version=version, by=ANN)
    assert find_duplicates(store=store).searched == 4
    assert pairs() == {("a", "b"): 0.8, ("a", "c"): 0.6}
    assert set(DuplicatePair.objects.values_list("version", "reject_below")) == {(version.pk, 0.55)}


def test_variants_are_no_duplicates_unless_their_gtin_says_so(store):
    facts = {"title": "walnut chest", "variant_group": "chests", "brand": "Fjord", "mpn": "FX-1"}
    make_products(
        store,
        [
            {"sku": "s", **facts},
            {"sku": "m", **facts, "gtin": GTIN},
            {"sku": "l", **facts, "gtin": GTIN},
            {"sku": "xl", **facts, "gtin": OTHER_GTIN},
        ],
    )
    find_duplicates(store=store)
    assert pairs() == {("m", "l"): 1.0}
    assert pair_of("m", "l").why == "same GTIN"


def test_one_number_on_two_unlike_products_is_asked_about(store):
    made = {"brand": "Fjord", "mpn": "FX-1"}
    make_products(
        store,
        [
            {"sku": "a", "title": "walnut chest", **made},
            {"sku": "b", "title": "garden hose", **made},
            {"sku": "c", "title": "tall lamp", "gtin": GTIN, **made},
            {"sku": "d", "title": "round mirror", "gtin": OTHER_GTIN, **made},
        ],
    )
    find_duplicates(store=store)
    assert pairs().keys() == {("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")}  # c and d can't be one
    assert pair_of("a", "b").why == "same maker's number and brand, but the rest differs"


def test_one_number_on_too_many_products_says_nothing(store):
    made = {"brand": "Fjord", "mpn": "n/a"}
    make_products(store, [{"sku": f"p{n}", "title": f"thing{n} name{n}", **made} for n in range(6)])
    assert find_duplicates(store=store).pairs == 0


def test_one_gtin_on_too_many_products_says_nothing_and_is_not_another(store):
    rows = [{"sku": f"p{n}", "title": f"thing{n} name{n}", "gtin": GTIN} for n in range(6)]
    rows += [{"sku": f"twin{n}", "title": "walnut chest", "gtin": GTIN} for n in range(2)]
    make_products(store, rows)
    find_duplicates(store=store)
    assert pairs() == {("twin0", "twin1"): 1.0}
    assert pair_of("twin0", "twin1").why == "very much alike"


def test_two_gtins_are_two_products_unless_everything_else_is_the_same(store):
    make_products(
        store,
        [
            {"sku": "a", "title": "walnut chest with drawers", "gtin": GTIN},
            {"sku": "b", "title": "walnut chest with drawers wide", "gtin": OTHER_GTIN},
            {"sku": "c", "title": "walnut chest with drawers", "gtin": OTHER_GTIN},
        ],
    )
    find_duplicates(store=store)
    assert pairs() == {("a", "c"): 1.0, ("b", "c"): 0.8}
    assert (pair_of("a", "c").why, pair_of("b", "c").why) == ("very much alike, but has another GTIN", "same GTIN")


def test_what_is_likelier_two_products_than_one_is_not_shown(store):
    make_products(store, [{"sku": sku, "title": f"walnut chest {sku}{sku} {sku}"} for sku in "ab"])  # 2 words of 6
    assert find_duplicates(store=store).pairs == 0


def test_what_people_said_is_kept_and_never_asked_again(store, chests):
    find_duplicates(store=store)
    reject_duplicate(store=store, pair_id=pair_of("a", "c").pk, by=ANN)
    accept_duplicate(store=store, pair_id=pair_of("a", "b").pk, by=ANN)
    said = list(DuplicateDecision.objects.values())
    upsert_products(store=store, rows=[ProductRow("a", {"price": 3}), ProductRow("c", {"price": 3})])
    report = find_duplicates(store=store)
    assert (report.pairs, report.groups) == (0, 0)
    assert pairs(status="rejected") == {("a", "c"): 0.6}
    assert list(DuplicateDecision.objects.values()) == said
    undo_duplicate(store=store, pair_id=pair_of("a", "c").pk, by=ANN)
    upsert_products(store=store, rows=[ProductRow("c", {"title": "oak bed"})])
    find_duplicates(store=store)
    assert pair_of("a", "c").status == "review"  # taken back by people: not closed by the machine alone


def test_a_merged_product_is_nobodys_duplicate(store, chests):
    find_duplicates(store=store)
    accept_duplicate(store=store, pair_id=pair_of("a", "b").pk, by=ANN, keep="a")
    make_product(store, sku="b2", title=ROWS[1]["title"])
    find_duplicates(store=store)
    waiting = DuplicatePair.objects.in_review().values_list("one__sku", "other__sku")
    assert set(waiting) == {("a", "c"), ("a", "b2"), ("c", "b2")}


def test_of_a_chain_each_link_is_asked_about_and_only_the_likelier_are_a_group(store):
    titles = ["one two three four five", "one two three four six", "one two three six seven eight"]
    made = make_products(store, [{"sku": sku, "title": title} for sku, title in zip("abc", titles, strict=True)])
    version = add_version(store=store, artifact=b"0.9 0.5", metrics={})
    activate_version(version=version, by=ANN)
    report = find_duplicates(store=store)
    assert pairs() == {("a", "b"): 0.667, ("b", "c"): 0.571}
    assert (report.groups, report.largest) == (1, 2)
    assert (pair_of("a", "b").group, pair_of("b", "c").group) == (made[0].pk, None)
    reject_duplicate(store=store, pair_id=pair_of("a", "b").pk, by=ANN)
    find_duplicates(store=store)
    assert pair_of("b", "c").group == made[1].pk


def test_another_stores_products_are_neither_asked_nor_found(store, other_store, chests):
    make_products(other_store, ROWS)
    find_duplicates(store=store)
    assert pairs() == {("a", "b"): 0.8, ("a", "c"): 0.6, ("b", "c"): 0.5}
    assert set(DuplicateSearch.objects.values_list("product__store", flat=True)) == {store.pk}
    assert set(DuplicatePair.objects.values_list("other__store", flat=True)) == {store.pk}


def test_a_poisonous_product_costs_only_its_own_pairs(store):
    make_products(store, [{"sku": "p", "title": "walnut chest with poison"}, *ROWS])
    assert find_duplicates(store=store).searched == 5
    assert pairs() == {("a", "b"): 0.8, ("a", "c"): 0.6, ("b", "c"): 0.5}


def test_a_broken_run_goes_on_where_it_stopped(store):
    make_products(store, [{"sku": f"p{number}", "title": f"thing{number} name{number}"} for number in range(130)])
    first = find_duplicates(store=store, seconds=0)
    assert (first.searched, first.is_done) == (64, False)
    second = find_duplicates(store=store, seconds=0)
    assert (second.searched, second.is_done) == (64, False)
    assert find_duplicates(store=store) == DuplicateReport(searched=2, pairs=0, groups=0, largest=0, is_done=True)


def test_groups_are_made_when_all_was_looked_at(store):
    make_products(store, [{"sku": f"p{number}", "title": f"thing{number % 40} name"} for number in range(80)])
    find_duplicates(store=store, seconds=0)
    assert DuplicatePair.objects.exists() and not DuplicatePair.objects.exclude(group=None).exists()
    report = find_duplicates(store=store)
    assert (report.pairs, report.groups, report.largest) == (40, 40, 2)
    assert not DuplicatePair.objects.filter(group=None).exists()


def test_a_wish_lasts_until_all_was_looked_at(store, other_store):
    make_products(store, [{"sku": f"p{number}", "title": f"thing{number} name{number}"} for number in range(65)])
    for each in (store, store, other_store):
        ask_for_duplicates(store=each)
    find_duplicates(store=store, seconds=0)
    assert stores_to_search() == [store.pk, other_store.pk]
    find_duplicates(store=store)
    assert stores_to_search() == [other_store.pk]


def test_a_wish_of_the_meantime_is_not_fulfilled_yet(store, chests, monkeypatch):
    """The stand-in's scoring is where time passes."""
    score = StandIn.score

    def slow(self, pairs):
        ask_for_duplicates(store=store)
        return score(self, pairs)

    ask_for_duplicates(store=store)
    with monkeypatch.context() as patched:
        patched.setattr(StandIn, "score", slow)
        find_duplicates(store=store)
    assert stores_to_search() == [store.pk]
    find_duplicates(store=store)
    assert stores_to_search() == []


@pytest.mark.django_db(transaction=True)
def test_a_store_is_locked_for_groups_that_change_alone(store):
    make_products(store, ROWS)
    find_duplicates(store=store)
    other = connection.copy()
    try:
        with other.cursor() as cursor, connection.cursor() as own:
            cursor.execute("BEGIN")
            cursor.execute("SELECT FROM catalog_store WHERE id = %s FOR NO KEY UPDATE", [store.pk])
            own.execute("SET lock_timeout = '200ms'")
            groups = regroup(store=store)
            DuplicatePair.objects.update(group=None)
            with pytest.raises(OperationalError, match="lock timeout"):
                regroup(store=store)
            cursor.execute("ROLLBACK")
            assert regroup(store=store) == groups
            own.execute("RESET lock_timeout")
    finally:
        other.close()
    assert not DuplicatePair.objects.filter(group=None).exists()


def test_the_task_does_the_same_and_asks_for_its_next_turn(store, chests, settings):
    match_duplicates(store.pk)
    assert len(pairs()) == 3
    before = everything()
    match_duplicates(store.pk)
    match_duplicates(2**40)
    assert everything() == before


def test_statements_do_not_grow_with_what_is_found(store):
    def statements(copies: int) -> int:
        make_products(store, [{"sku": f"{copies}-{n}", "title": f"walnut chest {copies}"} for n in range(2 + copies)])
        with CaptureQueriesContext(connection) as queries:
            find_duplicates(store=store)
        looked_for = sum("lexemes" in query["sql"] for query in queries)
        return len(queries) - looked_for

    few = statements(0)
    assert abs(statements(8) - few) <= 8  # a lookup of words for each product


@pytest.mark.django_db(transaction=True)
def test_two_at_once_find_each_pair_once(store):
    make_products(store, ROWS)
    reports = []
    start = threading.Barrier(2)

    def find() -> None:
        try:
            start.wait()
            reports.append(find_duplicates(store=store))
        finally:
            connection.close()

    threads = [threading.Thread(target=find) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.searched for report in reports if report) == 4
    assert len(pairs()) == 3
