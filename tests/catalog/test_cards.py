from decimal import Decimal

import pytest

from catalog.cards import ProductCard, published_cards
from catalog.models import Product, Store
from tests.factories import make_image, make_product, make_products
from tests.statements import recorded_statements

pytestmark = pytest.mark.django_db


def test_cards_come_in_the_order_of_the_ids_with_one_query(
    store: Store,
) -> None:
    first, second = make_products(
        store,
        [
            {
                "sku": "mug",
                "title": "Mug",
                "brand": "Loam",
                "category": "Kitchen/Mugs",
                "price": "14.5",
                "currency": "EUR",
                "images": [make_image("red"), make_image("blue")],
            },
            {"sku": "bare", "title": "Bare"},
        ],
    )
    with recorded_statements() as statements:
        cards = published_cards(store_id=store.pk, product_ids=[second.pk, first.pk])
    assert len(statements) == 1
    assert list(cards) == [second.pk, first.pk]
    assert cards[second.pk] == ProductCard("bare", "Bare", "", "", None, "", None)
    main_picture = first.images.order_by("position")[0].file.name
    facts = ("mug", "Mug", "Loam", "Kitchen/Mugs", Decimal("14.50"), "EUR", main_picture)
    assert cards[first.pk] == ProductCard(*facts, pictures=first.images.count())


def test_a_picture_that_is_not_ready_is_passed_over(store: Store) -> None:
    product = make_product(store, images=[make_image("red"), make_image("blue")])
    waiting, ready = product.images.order_by("position")
    type(waiting).objects.filter(pk=waiting.pk).update(status="pending")
    assert published_cards(store_id=store.pk, product_ids=[product.pk])[product.pk].image == ready.file.name


def test_unpublished_foreign_and_gone_products_are_left_out(store: Store, other_store: Store) -> None:
    shown, hidden = make_products(store, [{"sku": "shown"}, {"sku": "hidden"}])
    theirs = make_product(other_store)
    Product.objects.filter(pk=hidden.pk).update(is_published=False)
    assert list(published_cards(store_id=store.pk, product_ids=[theirs.pk, hidden.pk, shown.pk, 0])) == [shown.pk]
