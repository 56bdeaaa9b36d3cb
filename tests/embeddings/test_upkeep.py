"""What is kept of pictures goes with them, and not before."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Offer, ProductImage, Store, Supplier
from catalog.services.images import keep_files, keep_offer_picture
from catalog.services.products import delete_product
from embeddings import tasks, upkeep
from embeddings.colours import palettes_of
from embeddings.models import EmbeddingSpace, ImageFeature, Palette
from embeddings.upkeep import KEPT, forget_features, forget_palettes
from tests.embeddings.conftest import Encoded, build
from tests.factories import make_image, make_product

pytestmark = pytest.mark.django_db

LATER = KEPT + timedelta(minutes=1)


@pytest.fixture
def shown(store: Store, other_store: Store, space: EmbeddingSpace) -> dict[str, str]:
    """Who shows a picture -> its hash: products, one of another store, and an offer. All is encoded, and measured."""
    products = {
        "gone": make_product(store, sku="gone", images=[make_image("red")]),
        "kept": make_product(store, sku="kept", images=[make_image("blue")]),
        "theirs": make_product(other_store, sku="theirs", images=[make_image("green")]),
    }
    build(space)
    with keep_files():
        name = keep_offer_picture(make_image("white"))
    Offer.objects.create(supplier=Supplier.objects.create(store=store, slug="nord"), supplier_sku="1", image=name)
    hashes = {who: ProductImage.objects.get(product=product).sha256 for who, product in products.items()}
    hashes["offer"] = name.rpartition("/")[2].removesuffix(".jpg")
    ImageFeature.objects.bulk_create(
        [
            ImageFeature(encoder_id=encoder, sha256=hashes[who], vector=[1, 0])
            for encoder, who in (
                (space.encoder_id, "theirs"),
                (space.encoder_id, "offer"),
                ("dropped", "kept"),
                ("dropped", "offer"),
            )
        ]
    )
    palettes_of({image.sha256: str(image.file) for image in ProductImage.objects.all()} | {hashes["offer"]: name})
    delete_product(product=products["gone"])
    return hashes


def kept() -> set[tuple[str, str]]:
    return set(ImageFeature.objects.values_list("encoder_id", "sha256"))


def test_what_is_shown_stays_and_what_nobody_shows_goes_after_a_while(shown, space) -> None:
    present = timezone.now()
    everything, colours = kept(), Palette.objects.count()
    assert (len(everything), colours) == (6, 4)
    assert forget_features(now=present, seconds=60) == forget_palettes(now=present, seconds=60)
    assert (kept(), Palette.objects.count()) == (everything, colours)  # too young
    later = present + LATER
    assert forget_features(now=later, seconds=60).rows == 3
    assert kept() == {(space.encoder_id, shown[who]) for who in ("kept", "theirs", "offer")}
    assert forget_palettes(now=later, seconds=60).rows == 1
    assert set(Palette.objects.values_list("sha256", flat=True)) == {shown[who] for who in ("kept", "theirs", "offer")}


def test_a_space_that_can_be_rolled_back_to_keeps_its_features(shown, space) -> None:
    EmbeddingSpace.objects.filter(pk=space.pk).update(status="retired")
    forget_features(now=timezone.now() + LATER, seconds=60)
    assert (space.encoder_id, shown["kept"]) in kept()


def test_a_picture_that_comes_back_is_encoded_and_measured_again(shown, store, space, encoded: Encoded) -> None:
    later = timezone.now() + LATER
    forget_features(now=later, seconds=60)
    forget_palettes(now=later, seconds=60)
    encoded.look()
    product = make_product(store, sku="back", images=[make_image("red")])
    tasks.embed_space(space.pk)
    assert encoded.look()[0] == 1
    assert (space.encoder_id, shown["gone"]) in kept()
    image = product.images.get()
    assert palettes_of({image.sha256: str(image.file)}).keys() == {shown["gone"]}
    assert Palette.objects.filter(sha256=shown["gone"]).exists()


def test_a_turn_ends_and_the_next_goes_on_behind_it(shown, monkeypatch) -> None:
    monkeypatch.setattr(upkeep, "WINDOW", 1)
    later, rows, turns = timezone.now() + LATER, 0, 0
    done = forget_features(now=later, seconds=0)
    while done.after:
        rows, turns = rows + done.rows, turns + 1
        done = forget_features(now=later, seconds=0, after=done.after)
    assert (rows + done.rows, turns) == (3, 6)
    assert forget_features(now=later, seconds=60, after=("zzz", "")).rows == 0


def test_tasks_walk_all_and_queries_do_not_grow_with_rows(shown, space) -> None:
    ImageFeature.objects.update(made_at=timezone.now() - LATER)
    Palette.objects.update(made_at=timezone.now() - LATER)
    counts = []
    for batch in range(2):
        with CaptureQueriesContext(connection) as queries:
            tasks.forget_features()
            tasks.forget_palettes()
        counts.append(len(queries))
        assert (ImageFeature.objects.count(), Palette.objects.count()) == (3, 3)
        more = [f"{batch}{number:063}" for number in range(100 * batch + 1)]
        old = timezone.now() - LATER
        ImageFeature.objects.bulk_create(
            [ImageFeature(encoder_id=space.encoder_id, sha256=sha, vector=[1], made_at=old) for sha in more]
        )
        Palette.objects.bulk_create([Palette(sha256=sha, vector=[0] * 15, made_at=old) for sha in more])
    assert counts[0] == counts[1]
