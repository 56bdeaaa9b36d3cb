import pytest
from django.db import IntegrityError, transaction

from catalog.models import Product, ProductImage
from catalog.rows import MAX_PICTURES, ProductRow, Status, UrlPicture
from catalog.services.images import add_picture
from catalog.services.merging import lend_pictures, merge_product, part_product, return_pictures
from catalog.services.products import upsert_products
from tests.factories import keep_image, make_image, make_product, make_products

pytestmark = pytest.mark.django_db

RED, BLUE, GREEN = (make_image(colour) for colour in ("red", "blue", "green"))


@pytest.fixture
def three(store) -> list[Product]:
    return make_products(store, [{"sku": sku} for sku in "abc"])


def standing(store) -> dict[str, tuple[str | None, bool]]:
    rows = Product.objects.of(store).values_list("sku", "merged_into__sku", "is_published")
    return {sku: (into, shown) for sku, into, shown in rows}


def test_the_merged_one_is_hidden_and_comes_back_as_it_was(store, three):
    a, b, c = three
    Product.objects.filter(pk=c.pk).update(is_published=False)
    before = standing(store)
    merged = [merge_product(gone=b, kept=a), merge_product(gone=c, kept=a)]
    assert standing(store) == {"a": (None, True), "b": ("a", False), "c": ("a", False)}
    part_product(gone=b, kept=a, merged=merged[0])
    part_product(gone=c, kept=a, merged=merged[1])
    assert standing(store) == before


def test_of_a_chain_all_are_merged_into_its_end_and_part_link_by_link(store, three):
    a, b, c = three
    first = merge_product(gone=a, kept=b)
    between = standing(store)
    second = merge_product(gone=b, kept=c)
    assert standing(store) == {"a": ("c", False), "b": ("c", False), "c": (None, True)}
    part_product(gone=b, kept=c, merged=second)
    assert standing(store) == between
    part_product(gone=a, kept=b, merged=first)
    assert standing(store) == dict.fromkeys("abc", (None, True))


def test_the_database_shows_nothing_that_is_merged(store, three):
    merge_product(gone=three[0], kept=three[1])
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=three[0].pk).update(is_published=True)


def test_the_merged_outlives_the_one_kept(store, three):
    merge_product(gone=three[0], kept=three[1])
    three[1].delete()
    assert standing(store) == {"a": (None, False), "c": (None, True)}


def test_pictures_are_lent_behind_the_own_ones_each_once_and_returned(store, announced):
    kept, owner = make_products(
        store, [{"sku": "kept", "images": [RED]}, {"sku": "owner", "images": [BLUE, RED, GREEN]}]
    )
    hashes = {product.sku: product.content_hash for product in (kept, owner)}
    blue, _, green = owner.images.all()
    lent = lend_pictures(owner=owner, to=kept)
    shown = list(kept.images.values_list("position", "sha256"))
    assert shown[1:] == [(1, blue.sha256), (2, green.sha256)]
    assert (len(lent), ProductImage.objects.filter(product=owner).count()) == (2, 3)
    assert lend_pictures(owner=owner, to=kept) == []
    kept.refresh_from_db()
    assert kept.content_hash != hashes["kept"]
    return_pictures(borrower=kept, image_ids=lent)
    for product in (kept, owner):
        product.refresh_from_db()
        assert product.content_hash == hashes[product.sku]
    assert ProductImage.objects.filter(product=kept).count() == 1


def upload(kept: Product) -> None:
    assert add_picture(product=kept, data=BLUE) in kept.images.filter(position=1)


def import_all(kept: Product) -> None:
    make_product(kept.store, sku=kept.sku, images=[RED, BLUE, GREEN])
    make_product(kept.store, sku=kept.sku, images=[RED, BLUE])


@pytest.mark.parametrize("give", [upload, import_all])
def test_a_lent_picture_that_the_borrower_is_given_too_stays(store, give):
    kept, owner = make_products(store, [{"sku": "kept", "images": [RED]}, {"sku": "owner", "images": [BLUE, GREEN]}])
    lent = lend_pictures(owner=owner, to=kept)
    give(kept)
    return_pictures(borrower=kept, image_ids=lent)
    assert list(kept.images.values_list("sha256", flat=True)) == [keep_image(data).sha256 for data in (RED, BLUE)]


def test_a_lent_address_that_a_feed_names_too_stays(store):
    named = UrlPicture("http://shop.test/1.jpg")
    kept, owner = make_products(store, [{"sku": "kept"}, {"sku": "owner"}])
    upsert_products(store=store, rows=[ProductRow("owner", {}, (named,))])
    lent = lend_pictures(owner=owner, to=kept)
    [outcome] = upsert_products(store=store, rows=[ProductRow("kept", {}, (named,))])
    assert outcome.status == Status.UNCHANGED
    return_pictures(borrower=kept, image_ids=lent)
    assert kept.images.get().source_url == named.url


def test_pictures_still_to_be_fetched_are_lent_and_failed_ones_are_not(store):
    urls = ("http://shop.test/1.jpg", "http://shop.test/2.jpg", "http://shop.test/3.jpg")
    upsert_products(store=store, rows=[ProductRow("owner", {"title": "A"}, tuple(map(UrlPicture, urls)))])
    owner, kept = Product.objects.get(), make_product(store, sku="kept", images=[])
    ProductImage.objects.filter(source_url=urls[1]).update(status="failed")
    upsert_products(store=store, rows=[ProductRow("kept", {}, (UrlPicture(urls[2]),))])
    lend_pictures(owner=owner, to=kept)
    assert list(kept.images.values_list("source_url", "status")) == [(urls[2], "pending"), (urls[0], "pending")]


def test_no_product_gets_more_pictures_than_it_can_have(store):
    pictures = [make_image("black", mark=number) for number in range(MAX_PICTURES)]
    kept, owner = make_products(
        store, [{"sku": "kept", "images": pictures[:-1]}, {"sku": "owner", "images": [RED, BLUE]}]
    )
    assert len(lend_pictures(owner=owner, to=kept)) == 1
    assert ProductImage.objects.filter(product=kept).count() == MAX_PICTURES
