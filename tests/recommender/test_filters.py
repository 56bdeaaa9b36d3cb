from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Product, Store
from recommender.filter_language import MAX_DEPTH, MAX_OBJECTS, FilterError, parse_filters
from recommender.filters import Filters

MUGS = {"mug-red", "mug-blue", "mug-rose"}


def skus_left(store: Store, tree: Any) -> set[str]:
    return {product.sku for product in parse_filters(tree).narrow(Product.objects.of(store), store=store)}


@pytest.mark.parametrize(
    ("tree", "left"),
    [
        ({"category": "Kitchen"}, {*MUGS, "pan-red"}),
        ({"category": "Kitchen/Mugs"}, MUGS),
        ({"category": "Kitch"}, set()),
        ({"category": "Nowhere"}, set()),
        ({"category": ["Nowhere", "Kitchen/Mugs"]}, MUGS),
        ({"brand": "Lumo"}, {"mug-rose", "lamp-red", "lamp-blue"}),
        ({"brand": "nobody"}, set()),
        ({"price": {"min": 40}}, {"pan-red", "lamp-red", "lamp-blue"}),
        ({"price": {"max": 12}}, {"mug-red", "mug-blue"}),
        ({"price": {"min": 12, "max": 40}}, {"mug-blue", "mug-rose", "pan-red"}),
        ({"availability": "out_of_stock"}, {"lamp-gone"}),
        ({"category": "Lighting", "not": {"availability": "out_of_stock"}}, {"lamp-red", "lamp-blue"}),
        ({"category": "Kitchen", "brand": "Fjord", "price": {"max": 11}}, {"mug-red"}),
        ({"any": [{"category": "Kitchen/Mugs"}, {"price": {"min": 1000}}]}, MUGS),
        ({"not": [{"category": "Kitchen"}, {"category": "Lighting"}]}, {"bare"}),
        ({"any": [{"category": "Nowhere"}, {"brand": "nobody"}]}, set()),
    ],
)
def test_narrows_to(store: Store, shop: dict[str, Product], tree: dict, left: set[str]):
    assert skus_left(store, tree) == left


def test_no_filters_leave_everything(store: Store, shop: dict[str, Product]):
    assert skus_left(store, {}) == set(shop)


def test_the_complement_of_everything_is_nothing(store: Store, shop: dict[str, Product]):
    assert skus_left(store, {"not": {}}) == set()


def test_an_unknown_category_is_known_to_leave_nothing(store: Store, shop: dict[str, Product]):
    assert Filters(categories=("Nowhere",)).narrow(Product.objects.of(store), store=store).query.is_empty()


def test_another_stores_category_is_unknown(store: Store, other_store: Store, shop: dict[str, Product]):
    assert not Filters(categories=("Kitchen",)).narrow(Product.objects.all(), store=other_store).exists()


ATTRIBUTES: list[dict[str, Any]] = [
    {"colour": "red", "width_cm": 30, "sale": True},
    {"colour": ["red", "blue"], "width_cm": 45.5},
    {"colour": "blue", "width_cm": "30", "sale": False},
    {"colour": None, "width_cm": [10, 20]},
    {'odd "name" $': "it's \\ ü", "colour": {"name": "red"}},
    {},
]


@pytest.fixture
def described(store: Store) -> list[Product]:
    return [
        Product.objects.create(
            store=store,
            sku=f"P{i}",
            title="x",
            content_hash="",
            attributes=attributes,
            price=None if i == 0 else Decimal(10 * i),
            brand=["", "Fjord", "Lumo"][i % 3],
        )
        for i, attributes in enumerate(ATTRIBUTES)
    ]


@pytest.mark.parametrize(
    ("test", "left"),
    [
        ({"colour": "red"}, {"P0", "P1"}),
        ({"colour": ["red", "blue"]}, {"P0", "P1", "P2"}),
        ({"colour": "red", "width_cm": {"min": 40}}, {"P1"}),
        ({"width_cm": {"min": 15, "max": 30}}, {"P0", "P3"}),
        ({"width_cm": 30}, {"P0"}),
        ({"width_cm": "30"}, {"P2"}),
        ({"sale": True}, {"P0"}),
        ({'odd "name" $': "it's \\ ü"}, {"P4"}),
        ({"$ ? (1 == 1)": "x"}, set()),
    ],
)
def test_attributes(store: Store, described: list[Product], test: dict, left: set[str]):
    assert skus_left(store, {"attributes": test}) == left
    assert skus_left(store, {"not": {"attributes": test}}) == {p.sku for p in described} - left


_leaves = st.one_of(
    st.fixed_dictionaries({"brand": st.sampled_from(["", "Fjord", "Lumo", "nobody"]).filter(bool)}),
    st.fixed_dictionaries({"price": st.fixed_dictionaries({"min": st.integers(0, 60)})}),
    st.fixed_dictionaries({"price": st.fixed_dictionaries({"max": st.integers(0, 60)})}),
    st.fixed_dictionaries({"attributes": st.fixed_dictionaries({"colour": st.sampled_from(["red", "blue"])})}),
    st.fixed_dictionaries(
        {"attributes": st.fixed_dictionaries({"width_cm": st.fixed_dictionaries({"min": st.integers(5, 50)})})}
    ),
    st.fixed_dictionaries({"category": st.just("Nowhere")}),
    st.just({}),
)
_trees = st.recursive(
    _leaves,
    lambda inner: st.dictionaries(
        st.sampled_from(["all", "any", "not"]), st.lists(inner, min_size=1, max_size=3), min_size=1
    ),
    max_leaves=6,
)


@given(tree=_trees)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_tree_means_what_a_slow_twin_says(store: Store, described: list[Product], tree: dict[str, Any]):
    try:
        parse_filters(tree)
    except FilterError as error:
        assert error.code == "too_deep"
        return
    assert skus_left(store, tree) == {p.sku for p in described if _holds(p, tree)}


def _holds(product: Product, tree: Mapping[str, Any]) -> bool:
    """The tree's meaning, straight from its documentation."""
    nested = {"all": all, "any": any, "not": lambda parts: not any(parts)}
    for key, value in tree.items():
        if key in nested and not nested[key]([_holds(product, part) for part in value]):
            return False
        if key == "brand" and product.brand != value:
            return False
        if key == "price" and not _within(product.price, value):
            return False
        if key == "category":
            return False
        if key == "attributes":
            for name, test in value.items():
                kept = product.attributes.get(name)
                items = kept if isinstance(kept, list) else [kept]
                if isinstance(test, dict):
                    if not any(isinstance(item, int | float) and _within(item, test) for item in items):
                        return False
                elif test not in items:
                    return False
    return True


def _within(number: Any, bounds: Mapping[str, int]) -> bool:
    return number is not None and bounds.get("min", -1e9) <= number <= bounds.get("max", 1e9)


def _nest(levels: int) -> dict[str, Any]:
    return {"not": _nest(levels - 1)} if levels > 1 else {"brand": "x"}


@pytest.mark.parametrize(
    ("tree", "field", "code"),
    [
        ([], "", "invalid"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"any": []}, "any", "invalid"),
        ({"any": {"brand": "x"}}, "any", "invalid"),
        ({"any": [{"brand": "x"}, {"price": {"min": "5"}}]}, "any.1.price.min", "invalid"),
        ({"not": {"price": {"min": 5, "max": 4}}}, "not.price.min", "above_max"),
        ({"price": {}}, "price", "required"),
        ({"price": {"min": True}}, "price.min", "invalid"),
        ({"price": {"min": float("nan")}}, "price.min", "invalid"),
        ({"price": {"max": 10**300}}, "price.max", "invalid"),
        ({"brand": ["a", ""]}, "brand.1", "invalid"),
        ({"brand": []}, "brand", "invalid"),
        ({"brand": "a\x00"}, "brand", "invalid"),
        ({"brand": "\ud800"}, "brand", "invalid"),
        ({"brand": "x" * 601}, "brand", "max_length"),
        ({"availability": "sometimes"}, "availability", "invalid_choice"),
        ({"availability": [{}]}, "availability.0", "invalid_choice"),
        ({"attributes": {}}, "attributes", "invalid"),
        ({"attributes": {"colour": None}}, "attributes.colour", "invalid"),
        ({"attributes": {"width": {"above": 3}}}, "attributes.width.above", "unknown_field"),
        (_nest(MAX_DEPTH + 1), "not.not.not.not.not", "too_deep"),
        ({"any": [{}] * MAX_OBJECTS}, f"any.{MAX_OBJECTS - 1}", "too_many"),
        ({"brand": ["a"] * 100, "any": [{"category": ["b"] * 100}, {"price": {"max": 9}}]}, "any.1.price", "too_many"),
        (
            {"brand": ["a"] * 100, "attributes": {"x": ["b"] * 99, "y": {"min": 1, "max": 2}}},
            "attributes.y",
            "too_many",
        ),
        (
            {"brand": ["a"] * 100, "not": [{"attributes": {"x": ["b"] * 100}, "availability": "in_stock"}]},
            "not.0.attributes.x",
            "too_many",
        ),
        ({"any": [{"attributes": {"a": ["x"] * 100}}] * 49}, "any.2.attributes.a", "too_many"),
    ],
)
def test_refuses_and_names_the_place(tree: Any, field: str, code: str):
    with pytest.raises(FilterError) as refusal:
        parse_filters(tree)
    assert (refusal.value.field, refusal.value.code) == (field, code)


def test_as_many_values_as_may_be():
    tree = {"brand": ["a"] * 100, "any": [{"attributes": {"x": ["b"] * 98, "y": {"min": 1, "max": 2}}}]}
    parse_filters(tree)
