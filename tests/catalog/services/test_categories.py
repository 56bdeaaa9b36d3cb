import pytest

from catalog.models import Category, Product
from catalog.services.categories import CategoryRefused, delete_category, save_category
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def test_renaming_moves_the_subtree_and_refreshes_its_products(store, announced, django_capture_on_commit_callbacks):
    low = make_product(store, sku="low", category="A/B/C")
    middle = make_product(store, sku="middle", category="A/B")
    make_product(store, sku="beside", category="A/BX")
    with django_capture_on_commit_callbacks(execute=True):
        save_category(store=store, name="Z", parent=middle.category.parent, category=middle.category)
    assert list(Category.objects.values_list("path", flat=True)) == ["A", "A/BX", "A/Z", "A/Z/C"]
    assert announced == [[middle.pk]]  # the leaf's name is what encoders read
    low.refresh_from_db()
    assert low.category.path == "A/Z/C"


def test_moving_to_the_root(store):
    product = make_product(store, category="A/B")
    save_category(store=store, name="B", parent=None, category=product.category)
    assert Category.objects.get(pk=product.category_id).path == "B"


def test_deleting_takes_the_subtree_and_leaves_the_products(store, announced, django_capture_on_commit_callbacks):
    product = make_product(store, category="A/B")
    with django_capture_on_commit_callbacks(execute=True):
        delete_category(category=Category.objects.get(path="A"))
    assert not Category.objects.exists()
    assert Product.objects.get().category is None
    assert announced == [[product.pk]]


def test_what_was_renamed_since_it_was_read_is_found_by_its_name_now(store):
    make_product(store, category="A/B/C")
    root, child, leaf = Category.objects.order_by("path")
    save_category(store=store, name="Z", category=Category.objects.get(path="A"))
    save_category(store=store, name="Y", parent=root, category=child)
    assert list(Category.objects.values_list("path", flat=True)) == ["Z", "Z/Y", "Z/Y/C"]
    make_product(store, sku="new", category="A/B/C")
    delete_category(category=leaf)
    assert list(Category.objects.values_list("path", flat=True)) == ["A", "A/B", "A/B/C", "Z", "Z/Y"]
    delete_category(category=leaf)
    assert Category.objects.count() == 5


def test_categories_that_can_not_be(store, other_store):
    make_product(store, category="A/B")
    root, child = Category.objects.order_by("path")
    foreign = save_category(store=other_store, name="A")
    for wish, field in [
        ({"name": "A"}, "name"),
        ({"name": "x/y"}, "name"),
        ({"name": " "}, "name"),
        ({"name": "B", "parent": root}, "name"),
        ({"name": "A", "parent": child, "category": root}, "parent"),
        ({"name": "C", "parent": foreign}, "parent"),
    ]:
        with pytest.raises(CategoryRefused) as refusal:
            save_category(store=store, **wish)
        assert refusal.value.field == field
    assert Category.objects.count() == 3
