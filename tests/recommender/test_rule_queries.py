from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Product
from catalog.services.products import delete_product
from recommender import rules
from recommender.filter_language import parse_filters
from recommender.rule_facts import RuleFacts
from recommender.rule_queries import excluded, matches_of, pinned, without
from recommender.rules import active_rules
from recommender.services.rules import create_rule, update_rule
from tests.factories import make_product

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """Rules are read anew each time."""
    monkeypatch.setattr(rules, "REMEMBERED_SECONDS", 1e-9)


@pytest.fixture
def add(store):
    def add(name: str, kind: str, condition: dict | None = None, *, store=store, **facts) -> int:
        value = {"boost": 0.5, "bury": 0.5, "quota": 1}.get(kind)
        given = RuleFacts(**{"name": name, "kind": kind, "condition": condition or {}, "value": value} | facts)
        return create_rule(store=store, facts=given, by="ann").pk

    return add


def live(store):
    return active_rules(store, "home", now=NOON)


def published(store):
    return Product.objects.of(store).published()


def skus(products) -> set[str]:
    return set(products.values_list("sku", flat=True))


def test_what_is_excluded_is_gone(store, shop, add):
    add("no lamps", "exclude", {"category": "Lighting"})
    add("nothing dear", "exclude", {"price": {"min": 40}})
    add("only a boost", "boost", {"brand": "Fjord"})
    assert skus(excluded(published(store), live(store))) == {"mug-red", "mug-blue", "mug-rose", "bare"}


def test_without_leaves_what_no_rule_is_about(store, shop, add):
    add("lamps", "boost", {"category": "Lighting"})
    add("dear", "quota", {"price": {"min": 40}})
    add("pin", "pin", sku="mug-red", position=1)
    inside = {"lamp-red", "lamp-blue", "lamp-gone", "pan-red"}
    assert skus(without(published(store), live(store))) == shop.keys() - inside
    assert skus(without(published(store), [])) == shop.keys()


def test_matches_of_all_rules_in_one_query(store, shop, add):
    mugs = add("mugs", "boost", {"category": "Kitchen/Mugs"})
    cheap = add("cheap", "bury", {"price": {"max": 12}})
    none = add("none", "quota", {"category": "Nowhere"})
    all_but = add("all but", "quota", {"not": {"category": "Nowhere"}})
    add("gone", "exclude", {"brand": "Lumo"})
    add("pin", "pin", sku="bare", position=1)
    asked = [shop[sku].pk for sku in ("mug-red", "mug-rose", "lamp-red", "bare")]
    now = live(store)
    with CaptureQueriesContext(connection) as queries:
        matches = matches_of(now, asked, store)
    assert len(queries) == 1
    sku_of = {product.pk: sku for sku, product in shop.items()}
    assert {rule: {sku_of[pk] for pk in pks} for rule, pks in matches.items()} == {
        mugs: {"mug-red", "mug-rose"},
        cheap: {"mug-red"},
        none: set(),
        all_but: {"mug-red", "mug-rose", "lamp-red", "bare"},
    }


def test_no_query_where_there_is_nothing_to_ask(store, shop, add):
    add("gone", "exclude", {"brand": "Lumo"})
    add("pin", "pin", sku="bare", position=1)
    gone, pins = [[rule for rule in live(store) if rule.kind == kind] for kind in ("exclude", "pin")]
    with CaptureQueriesContext(connection) as queries:
        assert matches_of([*gone, *pins], [shop["bare"].pk], store) == {}
        assert matches_of([], [shop["bare"].pk], store) == {}
        assert pinned(published(store), gone) == {}
    assert not queries
    mugs = add("mugs", "boost", {"category": "Kitchen/Mugs"})
    now = live(store)
    with CaptureQueriesContext(connection) as queries:
        assert matches_of(now, [], store) == {mugs: set()}
    assert not queries


def test_another_stores_products_are_never_matched_or_pinned(store, other_store, shop, other_shop, add):
    mugs = add("mugs", "boost", {"not": {"brand": "Lumo"}})
    add("pin", "pin", sku="mug-red", position=1)
    theirs = [product.pk for product in other_shop.values()]
    assert matches_of(live(store), [*theirs, shop["mug-red"].pk], store) == {mugs: {shop["mug-red"].pk}}
    assert pinned(published(other_store), live(store)) == {}


def test_categories_are_the_rules_own_stores(store, other_store, shop, add):
    make_product(other_store, sku="lamp", category="Lighting")
    add("lamps", "exclude", {"category": "Lighting"})
    assert skus(excluded(published(other_store), live(store))) == {"lamp"}


def test_a_category_made_since_counts(store, shop, add):
    lamps = add("lamps", "boost", {"category": "Lighting"})
    assert matches_of(live(store), [shop["bare"].pk], store) == {lamps: set()}
    new = make_product(store, sku="floor", category="Lighting/Floor")
    assert matches_of(live(store), [new.pk], store) == {lamps: {new.pk}}


def test_pins_are_eligible_published_products_at_their_positions(store, shop, add):
    add("rose", "pin", sku="mug-rose", position=2)
    add("lamp", "pin", sku="lamp-red", position=1)
    add("bare", "pin", sku="bare", position=7)
    now = live(store)
    with CaptureQueriesContext(connection) as queries:
        found = pinned(published(store), now)
    assert len(queries) == 1
    assert found == {2: shop["mug-rose"].pk, 1: shop["lamp-red"].pk, 7: shop["bare"].pk}
    assert pinned(published(store).filter(brand="Lumo", price__lt=50), now) == {2: shop["mug-rose"].pk}
    Product.objects.filter(sku="bare").update(is_published=False)
    delete_product(product=shop["lamp-red"])
    assert pinned(published(store), live(store)) == {2: shop["mug-rose"].pk}


def test_an_exclusion_is_stronger_than_a_pin(store, shop, add):
    add("rose", "pin", sku="mug-rose", position=2)
    add("no mugs", "exclude", {"category": "Kitchen/Mugs"})
    now = live(store)
    assert pinned(excluded(published(store), now), now) == {}


def test_a_position_is_the_prevailing_rules(store, shop, add):
    older = add("older", "pin", sku="mug-red", position=1)
    add("newer", "pin", sku="mug-blue", position=1)
    add("home", "pin", sku="mug-rose", position=2, scenario="home")
    add("any", "pin", sku="lamp-red", position=2)
    add("again", "pin", sku="mug-rose", position=3)
    assert pinned(published(store), live(store)) == {1: shop["mug-blue"].pk, 2: shop["mug-rose"].pk}
    update_rule(store=store, rule_id=older, changes={"scenario": "home"}, by="ann")
    assert pinned(published(store), live(store)) == {1: shop["mug-red"].pk, 2: shop["mug-rose"].pk}


_leaves = st.sampled_from(
    [
        {"brand": "Fjord"},
        {"brand": ["Fjord", "Lumo"]},
        {"price": {"min": 20}},
        {"price": {"max": 12}},
        {"category": "Kitchen"},
        {"category": ["Kitchen/Mugs", "Nowhere"]},
        {"availability": "out_of_stock"},
        {"attributes": {"colour": "red"}},
        {"brand": "50 % 'off' %s"},
        {"attributes": {'100 %s "wool"': ["it's", 3]}},
    ]
)
_trees = st.recursive(
    _leaves,
    lambda inner: st.dictionaries(
        st.sampled_from(["all", "any", "not"]), st.lists(inner, min_size=1, max_size=2), min_size=1, max_size=2
    ),
    max_leaves=4,
)


@given(tree=_trees)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_condition_means_what_the_same_filter_does(store, shop, add, tree):
    """What lacks a price, too, is either matched or not."""
    rule = add(f"rule {tree}"[:200], "boost", tree)
    try:
        only = [active for active in live(store) if active.id == rule]
        narrowed = skus(parse_filters(tree).narrow(published(store), store=store))
        matched = matches_of(only, [product.pk for product in shop.values()], store)[rule]
        assert {sku for sku, product in shop.items() if product.pk in matched} == narrowed
        assert skus(without(published(store), only)) == shop.keys() - narrowed
    finally:
        update_rule(store=store, rule_id=rule, changes={"is_active": False, "name": f"done {rule}"}, by="ann")
