from decimal import Decimal

import pytest
from django.core.files.storage import default_storage

from catalog.models import Category, Product, ProductImage
from catalog.rows import ProductRow, Status, UrlPicture
from catalog.selectors import content_of
from catalog.services.categories import CategoryRefused, save_category
from catalog.services.merging import merge_product
from catalog.services.products import delete_product, save_product, upsert_products
from tests.factories import keep_image, make_image, make_product, make_products

pytestmark = pytest.mark.django_db


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def upsert(store, sku="a", pictures=None, **facts):
    return upsert_products(store=store, rows=[ProductRow(sku, facts, pictures)])[0].status


def test_creates_updates_and_leaves_alone(store, announced, commit):
    with commit():
        assert upsert(store, title="A", price=Decimal("1.00"), category_path="X/Y") == Status.CREATED
    product = Product.objects.get()
    assert announced == [[product.pk]]
    assert (product.category.path, product.category.parent.path) == ("X/Y", "X")

    with commit():
        assert upsert(store, title="A", price=Decimal("1.0"), category_path="X/Y") == Status.UNCHANGED
    assert Product.objects.get().updated_at == product.updated_at
    assert announced == [[product.pk]]

    with commit():
        assert upsert(store, title="B") == Status.UPDATED
    changed = Product.objects.get()
    assert (changed.title, changed.price, changed.created_at) == ("B", Decimal("1.00"), product.created_at)
    assert changed.updated_at > product.updated_at
    assert changed.content_hash != product.content_hash
    assert announced == [[product.pk], [product.pk]]


def test_a_new_price_is_no_new_content(store, announced, commit):
    product = make_product(store, sku="a", title="A", price=1)
    with commit():
        assert upsert(store, price=Decimal(2), availability="out_of_stock", gtin="04006381333931") == Status.UPDATED
    assert Product.objects.get().content_hash == product.content_hash
    assert announced == []


def test_a_new_product_needs_a_title(store):
    outcome = upsert_products(store=store, rows=[ProductRow("a", {"brand": "x"})])[0]
    assert (outcome.status, outcome.issues[0].field) == (Status.FAILED, "title")
    assert not Product.objects.exists()


def test_the_first_of_two_rows_counts(store):
    rows = [ProductRow("a", {"title": "first"}), ProductRow("a", {"title": "second"})]
    assert [outcome.status for outcome in upsert_products(store=store, rows=rows)] == [Status.CREATED, Status.FAILED]
    assert Product.objects.get().title == "first"


def test_stores_are_apart(store, other_store):
    make_product(store, sku="a", title="A")
    assert upsert(other_store, title="B", category_path="X") == Status.CREATED
    assert Product.objects.get(store=store).title == "A"


def test_statements_do_not_grow_with_rows(store, django_assert_max_num_queries):
    rows = [ProductRow(f"sku-{n}", {"title": f"T {n}", "category_path": f"A/{n % 7}"}) for n in range(500)]
    upsert_products(store=store, rows=rows[:100])
    changed = [ProductRow(row.sku, row.facts | {"title": "new"}) for row in rows]
    with django_assert_max_num_queries(14):
        upsert_products(store=store, rows=changed)
    assert Product.objects.filter(title="new").count() == 500


def test_pictures_are_kept_moved_added_and_removed(store, announced, commit):
    red, blue, green = (keep_image(make_image(color)) for color in ("red", "blue", "green"))
    upsert(store, title="A", pictures=(red, blue))
    first = list(ProductImage.objects.values_list("pk", "sha256"))
    product = Product.objects.get()

    with commit():
        assert upsert(store, pictures=(red, blue)) == Status.UNCHANGED
        assert upsert(store, pictures=None) == Status.UNCHANGED
    assert announced == []

    with commit():
        assert upsert(store, pictures=(blue, red, blue, green)) == Status.UPDATED
    images = list(ProductImage.objects.all())
    assert [image.sha256 for image in images] == [blue.sha256, red.sha256, green.sha256]
    assert {image.pk for image in images} > {pk for pk, _ in first}
    assert announced == [[product.pk]]

    with commit():
        assert upsert(store, pictures=(green,)) == Status.UPDATED
    assert ProductImage.objects.get().position == 0
    assert Product.objects.get().content_hash != product.content_hash


def test_addresses_wait_to_be_fetched(store, announced, commit):
    picture = UrlPicture("https://shop.example/a.jpg")
    upsert(store, title="A", pictures=(picture,))
    image = ProductImage.objects.get()
    assert (image.status, image.source_url, image.file.name) == ("pending", picture.url, "")
    bare = make_product(store, sku="b", title="A")
    assert Product.objects.get(sku="a").content_hash == bare.content_hash
    assert upsert(store, pictures=(picture,)) == Status.UNCHANGED
    assert ProductImage.objects.get().pk == image.pk


def test_deleting_leaves_the_files_others_use(store, commit):
    shared, own = make_image("red"), make_image("blue")
    make_product(store, sku="a", images=[shared])
    doomed = make_product(store, sku="b", images=[shared, own])
    names = [image.file.name for image in doomed.images.all()]
    delete_product(product=doomed)
    from catalog.services.images import remove_unused_files

    assert remove_unused_files(names) == 1
    assert [default_storage.exists(name) for name in names] == [True, False]


def test_a_product_saved_by_a_form_has_its_hash(store, announced, commit):
    product = make_product(store, title="A", images=[make_image()])
    before = product.content_hash
    product.title = "B"
    with commit():
        save_product(product=product, changed=["title"])
    product.refresh_from_db()
    assert product.content_hash != before
    assert announced == [[product.pk]]
    product.price = 5
    with commit():
        save_product(product=product, changed=["price"])
    assert announced == [[product.pk]]


def test_what_was_written_since_a_form_was_read_stays(store):
    product, kept = make_products(store, [{"sku": "a", "title": "A", "price": 10, "category": "X"}, {"sku": "kept"}])
    read = Product.objects.with_card().get(pk=product.pk)
    make_product(store, sku="a", title="Ours", price=12, images=[make_image()])
    save_category(store=store, name="Y", category=Category.objects.get(path="X"))
    merge_product(gone=product, kept=kept)
    read.title, read.category = "Theirs", read.category
    save_product(product=read, changed=["title", "category"])
    stored = Product.objects.get(pk=product.pk)
    assert (stored.title, stored.price, stored.category.path) == ("Theirs", 12, "Y")
    assert (stored.merged_into, stored.is_published) == (kept, False)
    assert stored.content_hash == content_of(stored, list(stored.images.all())).content_hash


def test_a_product_deleted_since_a_form_was_read_is_not_made_again(store):
    product = make_product(store)
    read = Product.objects.get()
    delete_product(product=product)
    with pytest.raises(Product.DoesNotExist):
        save_product(product=read, changed=["title"])
    assert not Product.objects.exists()


def test_another_stores_category_is_refused(store, other_store):
    product, theirs = make_product(store, category="A"), make_product(other_store, category="B").category
    product.category = theirs
    with pytest.raises(CategoryRefused, match="another store") as refused:
        save_product(product=product, changed=["category"])
    assert refused.value.field == "category"
    assert Product.objects.get(pk=product.pk).category.path == "A"


def test_the_hash_is_of_what_encoders_read(store):
    from catalog.selectors import stored_contents

    products = make_products(
        store,
        [
            {"sku": "a", "category": "X/Y", "attributes": {"color": ["red"], "w": 1.5}, "images": [make_image()]},
            {"sku": "b", "description": "x" * 5000},
        ],
    )
    contents = stored_contents([product.pk for product in products])
    assert [each.content.content_hash for each in contents] == [product.content_hash for product in products]


def test_shop_names_of_colours_are_kept_with_plain_ones(store):
    upsert_products(store=store, rows=[ProductRow("chair", {"title": "Chair", "attributes": {"colour": "blush"}})])
    product = Product.objects.get(sku="chair")
    assert product.plain_colours == "pink"
    upsert_products(store=store, rows=[ProductRow("chair", {"attributes": {"colour": "sage"}})])
    product.refresh_from_db()
    assert product.plain_colours == "green"


def test_a_row_of_a_merged_product_is_refused_and_the_rest_written(store):
    gone, kept, _ = make_products(store, [{"sku": "gone"}, {"sku": "kept"}, {"sku": "other"}])
    merge_product(gone=gone, kept=kept)
    rows = [ProductRow(sku, {"title": "new", "is_published": True}) for sku in ("gone", "kept", "other")]
    refused, *written = upsert_products(store=store, rows=rows)
    [issue] = refused.issues
    assert (refused.status, issue.field, issue.code) == (Status.FAILED, "sku", "merged_sku")
    assert "'kept'" in issue.message
    assert [outcome.status for outcome in written] == [Status.UPDATED, Status.UPDATED]
    gone.refresh_from_db()
    assert (gone.title, gone.is_published, gone.merged_into) == ("Product gone", False, kept)
