from decimal import Decimal

import pytest

from catalog.models import Product, Store
from recommender.filters import Filters

MUGS = {"mug-red", "mug-blue", "mug-rose"}


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({"category": "Kitchen"}, {*MUGS, "pan-red"}),
        ({"category": "Kitchen/Mugs"}, MUGS),
        ({"category": "Kitch"}, set()),
        ({"category": "Nowhere"}, set()),
        ({"brand": "Lumo"}, {"mug-rose", "lamp-red", "lamp-blue"}),
        ({"brand": "nobody"}, set()),
        ({"min_price": Decimal(40)}, {"pan-red", "lamp-red", "lamp-blue"}),
        ({"max_price": Decimal(12)}, {"mug-red", "mug-blue"}),
        ({"min_price": Decimal(12), "max_price": Decimal(40)}, {"mug-blue", "mug-rose", "pan-red"}),
        ({"available": False}, {"lamp-gone"}),
        ({"category": "Lighting", "available": True}, {"lamp-red", "lamp-blue"}),
        ({"category": "Kitchen", "brand": "Fjord", "max_price": Decimal(11)}, {"mug-red"}),
    ],
)
def test_narrows_to(store: Store, shop: dict[str, Product], filters: dict, left: set[str]):
    narrowed = Filters(**filters).narrow(Product.objects.of(store), store=store)
    assert {product.sku for product in narrowed} == left


def test_no_filters_leave_everything(store: Store, shop: dict[str, Product]):
    assert Filters().narrow(Product.objects.of(store), store=store).count() == len(shop)


def test_an_unknown_category_is_known_to_leave_nothing(store: Store, shop: dict[str, Product]):
    assert Filters(category="Nowhere").narrow(Product.objects.of(store), store=store).query.is_empty()


def test_another_stores_category_is_unknown(store: Store, other_store: Store, shop: dict[str, Product]):
    assert not Filters(category="Kitchen").narrow(Product.objects.all(), store=other_store).exists()
