import pytest

from catalog.models import Product
from recommender.candidates.identifiers import identify
from tests.factories import make_product, make_products

GTIN = "4006381333931"


@pytest.fixture
def shop(store):
    rows = [
        {"sku": "MUG-001", "title": "Mug", "mpn": "K7/33"},
        {"sku": "MUG-0010", "title": "Mug"},
        {"sku": "MUG-002", "title": "Mug", "gtin": f"0{GTIN}"},
        {"sku": "lamp", "title": "Lamp", "mpn": "K7/33"},
        {"sku": "10%_off", "title": "Card"},
    ]
    return {product.pk: product.sku for product in make_products(store, rows)}


@pytest.fixture
def ask(store, shop):
    return lambda text, **options: [shop[pk] for pk in identify(store, text, **{"limit": 10, **options})]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("MUG-001", ["MUG-001"]),
        ("  mug-001. ", ["MUG-001"]),
        ("do you have mug-002?", ["MUG-002"]),
        ("compare MUG-001 with MUG-002", ["MUG-001", "MUG-002"]),
        ("k7/33", ["MUG-001", "lamp"]),
        (GTIN, ["MUG-002"]),
        ("4 006381 333931", ["MUG-002"]),
        (f"gtin {GTIN} please", ["MUG-002"]),
        ("lamp", ["lamp"]),
        ("MUG-00", ["MUG-001", "MUG-0010", "MUG-002"]),
        ("mug-001 0", ["MUG-001"]),
        ("mug-00 red", []),
        ("a lamp", []),
        ("MUG", []),
        ("10%_", ["10%_off"]),
        ("1", []),
        ("4006381333932", []),
        ("", []),
        ("???", []),
        ("\\", []),
        ("1" * 3000, []),
    ],
)
def test_what_is_named(ask, text, named):
    assert ask(text) == named


def test_only_eligible_products_of_the_store(store, other_store, ask, shop):
    make_product(other_store, sku="MUG-001")
    Product.objects.filter(sku="MUG-002").update(is_published=False)
    [mug] = Product.objects.of(store).filter(sku="MUG-001")
    assert ask("MUG-002") == []
    assert ask("MUG-001") == ["MUG-001"]
    assert ask("MUG-001", exclude=[mug.pk]) == ["MUG-0010"]  # it begins so
    assert ask("MUG-001", eligible=Product.objects.of(store).filter(sku="lamp")) == []
    assert ask("MUG-001", eligible=Product.objects.of(store).filter(pk__in=[])) == []
    assert ask("MUG-00", limit=1) == ["MUG-001"]
