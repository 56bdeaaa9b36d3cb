import math

import pytest

from catalog.models import Product, Store
from recommender.candidates.lexical import cover
from tests.factories import make_product


def covered(store: Store, text: str, **options) -> dict[str, float]:
    found = cover(store, text, eligible=Product.objects.of(store).published(), **{"limit": 10, **options})
    skus = dict(Product.objects.values_list("pk", "sku"))
    return {skus[pk]: coverage for pk, coverage in found.items()}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("red mug", ["red", "mug"]),
        ("MUGS, red!", ["red", "mug"]),
        ("a mug for the lamp", ["mug", "lamp"]),
        ("stoneware teapot", ["stoneware", "teapot"]),
        ("kitchen", []),
        ("fjord iron", ["fjord", "iron"]),
    ],
)
def test_covers_as_a_slow_twin_does(store: Store, shop: dict[str, Product], text: str, words: list[str]):
    says = {sku: f"{product.title} {product.brand} {product.category.name}".lower() for sku, product in shop.items()}
    having = {word: sum(word in said for said in says.values()) for word in words}
    idf = {word: math.log(1 + (len(shop) - n + 0.5) / (n + 0.5)) for word, n in having.items()}
    expected = {
        sku: sum(idf[word] for word in words if word in said) / sum(idf.values())
        for sku, said in says.items()
        if any(word in said for word in words)
    }
    assert covered(store, text) == pytest.approx(expected)


def test_attributes_and_descriptions_are_read(store: Store):
    make_product(store, sku="a", title="Thing", attributes={"colour": ["crimson", "teal"], "width": 30})
    make_product(store, sku="b", title="Thing", description="For long walks.")
    assert covered(store, "crimson") == {"a": pytest.approx(1)}
    assert covered(store, "walking") == {"b": pytest.approx(1)}


def test_only_what_is_eligible_and_not_excluded(store: Store, other_store: Store, shop: dict[str, Product]):
    make_product(other_store, sku="theirs", title="stoneware mug red")
    make_product(store, sku="hidden", title="stoneware mug red", is_published=False)
    mugs = {"mug-red", "mug-blue", "mug-rose"}
    assert covered(store, "mug").keys() == mugs
    assert covered(store, "mug", exclude=[shop["mug-red"].pk]).keys() == mugs - {"mug-red"}
    assert cover(store, "mug", eligible=Product.objects.of(store).by_brand("Lumo"), limit=5).keys() == {
        shop["mug-rose"].pk
    }
    assert cover(store, "mug", eligible=Product.objects.filter(pk__in=[]), limit=5) == {}


def test_the_page_and_those_asked_for_besides(store: Store, shop: dict[str, Product]):
    assert covered(store, "red mug", limit=1).keys() == {"mug-red"}
    others = [shop["pan-red"].pk, shop["lamp-red"].pk]
    assert covered(store, "red mug", limit=1, also=others).keys() == {"mug-red", "lamp-red"}


@pytest.mark.parametrize("text", ["", "the of a", "???", "'; drop table --", "a & b | !c:*", "\\", "xyzzy"])
def test_nothing_to_go_by_is_nothing_found(store: Store, shop: dict[str, Product], text: str):
    assert covered(store, text) == {}


def test_products_that_came_since_they_were_counted_are_covered_too(store: Store):
    make_product(store, sku="first", title="zanzibar cup")
    assert covered(store, "zanzibar") == {"first": pytest.approx(1)}
    for number in range(3):
        make_product(store, sku=f"later-{number}", title="zanzibar cup")
    assert covered(store, "zanzibar") == dict.fromkeys(["first", "later-0", "later-1", "later-2"], pytest.approx(1))
