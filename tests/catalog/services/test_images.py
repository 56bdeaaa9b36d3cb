from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from catalog import images as pictures
from catalog.models import ProductImage
from catalog.rows import ProductRow, UrlPicture
from catalog.services import images
from catalog.services.products import upsert_products
from tests.factories import keep_image, make_image, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def pending(store) -> ProductImage:
    row = ProductRow("a", {"title": "A"}, (UrlPicture("https://shop.example/a.jpg"),))
    upsert_products(store=store, rows=[row])
    return ProductImage.objects.get()


def test_the_same_picture_is_stored_once_and_decoded_once(store, monkeypatch):
    data = make_image("red")
    product = make_product(store, sku="a", images=[data])
    monkeypatch.setattr(pictures, "decode", None)
    kept = keep_image(data)
    image = product.images.get()
    assert kept.file == image.file.name == f"products/{kept.sha256[:2]}/{kept.sha256}.jpg"
    assert default_storage.size(kept.file) > 0


def test_a_half_written_file_is_written_again(store):
    kept = keep_image(make_image("red", mark=1))
    whole = default_storage.size(kept.file)
    with default_storage.open(kept.file, "wb") as file:
        file.write(b"half")
    assert keep_image(make_image("red", mark=1)).file == kept.file
    assert default_storage.size(kept.file) == whole


def test_uploads_go_behind_the_others_and_count_once(store, announced, django_capture_on_commit_callbacks):
    product = make_product(store, images=[make_image("red")])
    with django_capture_on_commit_callbacks(execute=True):
        added = images.add_picture(product=product, data=make_image("blue"))
        again = images.add_picture(product=product, data=make_image("blue"))
    assert (added.position, again.pk) == (1, added.pk)
    assert announced == [[product.pk]]


def test_a_product_has_so_many_pictures(store, monkeypatch):
    monkeypatch.setattr(images, "MAX_PICTURES", 1)
    product = make_product(store, images=[make_image("red")])
    with pytest.raises(images.TooManyPicturesError):
        images.add_picture(product=product, data=make_image("blue"))


def test_deleting_a_picture_changes_the_content(store):
    product = make_product(store, images=[make_image("red"), make_image("blue")])
    images.delete_picture(image=product.images.first())
    before = product.content_hash
    product.refresh_from_db()
    assert product.content_hash != before
    assert product.images.count() == 1


def test_a_pending_picture_is_claimed_once(pending):
    claimed = images.claim_pending(image_id=pending.pk)
    assert claimed.attempts == 1
    assert images.claim_pending(image_id=pending.pk) is None
    assert not ProductImage.objects.due(timezone.now()).exists()
    assert ProductImage.objects.due(timezone.now() + timedelta(minutes=6)).exists()


def test_what_was_fetched_becomes_content(pending, announced, django_capture_on_commit_callbacks):
    before = pending.product.content_hash
    with django_capture_on_commit_callbacks(execute=True):
        images.record_fetched(image=images.claim_pending(image_id=pending.pk), data=make_image("red"))
    pending.refresh_from_db()
    assert (pending.status, pending.width, pending.error) == ("ready", 64, "")
    assert pending.product.content_hash != before
    assert announced == [[pending.product_id]]


def test_attempts_become_rarer_and_end(pending):
    waits = []
    for _ in range(images.MAX_ATTEMPTS):
        ProductImage.objects.update(next_try=None)
        image = images.claim_pending(image_id=pending.pk)
        images.record_fetch_failure(image=image, message="busy", permanent=False)
        pending.refresh_from_db()
        if pending.next_try:
            waits.append(round((pending.next_try - timezone.now()).total_seconds() / 60))
    assert waits == [1, 4, 16, 64]
    assert (pending.status, pending.error) == ("failed", "busy")
    assert images.retry_pictures(image_ids=[pending.pk]) == 1
    assert images.claim_pending(image_id=pending.pk).attempts == 1


def test_a_picture_that_kills_its_workers_is_given_up(pending):
    ProductImage.objects.update(attempts=images.MAX_ATTEMPTS)
    assert images.claim_pending(image_id=pending.pk) is None
    assert ProductImage.objects.get().status == "failed"


def test_a_permanent_failure_is_not_tried_again(pending):
    images.record_fetch_failure(image=pending, message="gone", permanent=True)
    assert ProductImage.objects.get().status == "failed"


def test_a_picture_replaced_while_fetching_is_not_touched(pending):
    claimed = images.claim_pending(image_id=pending.pk)
    ProductImage.objects.update(source_url="https://shop.example/other.jpg")
    images.record_fetched(image=claimed, data=make_image("red"))
    assert ProductImage.objects.get().status == "pending"


@pytest.mark.django_db(transaction=True)
def test_files_are_kept_until_the_lock_is_given_back():
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND (classid::bigint << 32) + objid::bigint = %s"
    with images.keep_files(), connection.cursor() as cursor:
        cursor.execute(held, [images._FILES_LOCK])
        assert cursor.fetchone() == (1,)
    with connection.cursor() as cursor:
        cursor.execute(held, [images._FILES_LOCK])
        assert cursor.fetchone() == (0,)
