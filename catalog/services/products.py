"""Writing products: one row or a thousand take the same road."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import RestrictedError
from django.utils import timezone

from catalog.colours import colours_of
from catalog.models import Category, Product, ProductImage, Store
from catalog.rows import Issue, ProductRow, RowOutcome, Status, StoredPicture, UrlPicture
from catalog.selectors import content_of
from catalog.services.categories import ensure_categories, own_category
from catalog.services.content import announce_content
from catalog.services.images import fetch_soon, forget_files, stored_image
from catalog.services.stores import lock_store

_FACTS = [
    *("title", "description", "brand", "category", "price", "currency", "gtin", "mpn", "variant_group"),
    *("attributes", "availability", "is_published"),
]


class OthersMergedError(Exception):
    """Other products were merged into it, and could not be parted from it any more."""


@transaction.atomic
def upsert_products(*, store: Store, rows: Sequence[ProductRow]) -> list[RowOutcome]:
    """Create or update products by sku, writing only what differs. One outcome for each row, in order.

    A row fails when its product does not exist yet and it has no title, when it was merged into another, and when an
    earlier row has the same sku.
    A fixed number of statements, however many rows; a thousand is a good number.
    """
    lock_store(store.pk)
    batch = _Batch.load(store, rows)
    outcomes = [batch.take(row) for row in rows]
    batch.write()
    return outcomes


@transaction.atomic
def save_product(*, product: Product, changed: Collection[str]) -> None:
    """Save a product edited in place (a form), with what follows from its facts. Of one that exists only the fields
    `changed` are taken from it: what else was written since it was read stays.

    Raises CategoryRefused, Product.DoesNotExist.
    """
    lock_store(product.store_id)
    if product.pk:
        names = {each.name for each in Product._meta.concrete_fields if not each.primary_key}
        product.refresh_from_db(fields=sorted(names - set(changed)))
    product.category = own_category(store_id=product.store_id, category_id=product.category_id)
    is_stale = _derive(product, list(ProductImage.objects.filter(product=product.pk)))
    product.save()
    announce_content(store_id=product.store_id, product_ids=[product.pk] if is_stale else [])


@transaction.atomic
def delete_product(*, product: Product) -> None:
    """Raises OthersMergedError."""
    lock_store(product.store_id)
    # Whoever is just telling of it is waited for, and what they tell goes with it.
    Product.objects.select_for_update().filter(pk=product.pk).first()
    forget_files(product.images.values_list("file", flat=True))
    try:
        product.delete()
    except RestrictedError as error:
        raise OthersMergedError from error


@dataclass
class _Batch:
    """What some rows change in a store, gathered in memory, then written at once."""

    store: Store
    now: datetime
    categories: dict[str, Category]
    products: dict[str, Product]
    images: dict[int, list[ProductImage]]
    seen: set[str] = field(default_factory=set)
    created: list[Product] = field(default_factory=list)
    updated: list[Product] = field(default_factory=list)
    stale: list[Product] = field(default_factory=list)
    new_images: list[ProductImage] = field(default_factory=list)
    changed_images: list[ProductImage] = field(default_factory=list)
    gone_images: list[ProductImage] = field(default_factory=list)

    @classmethod
    def load(cls, store: Store, rows: Sequence[ProductRow]) -> _Batch:
        known = Product.objects.of(store).filter(sku__in={row.sku for row in rows})
        known = known.select_related("category", "merged_into")
        products = {product.sku: product for product in known}
        # By hand: prefetch_related makes a queryset for each product, which cost a third of an import's time.
        images: dict[int, list[ProductImage]] = {product.pk: [] for product in products.values()}
        for image in ProductImage.objects.filter(product__in=images):
            images[image.product_id].append(image)
        return cls(
            store=store,
            now=timezone.now(),
            categories=ensure_categories(store=store, paths={row.facts.get("category_path", "") for row in rows}),
            products=products,
            images=images,
        )

    def take(self, row: ProductRow) -> RowOutcome:
        if row.sku in self.seen:
            return _refuse(row, "sku", "duplicate_sku", "An earlier row has the same sku; the first one counts.")
        self.seen.add(row.sku)
        product = self.products.get(row.sku)
        if product is None:
            if not row.facts.get("title"):
                return _refuse(row, "title", "required", "A new product needs a title.")
            return self._create(row)
        if product.merged_into:
            return _refuse(row, "sku", "merged_sku", f"It was merged into '{product.merged_into.sku}'; write that one.")
        return self._update(product, row)

    def write(self) -> None:
        Product.objects.bulk_create(self.created)
        Product.objects.bulk_create(
            self.updated,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[*_FACTS, "plain_colours", "content_hash", "updated_at"],
        )
        if self.gone_images:
            ProductImage.objects.filter(pk__in=[image.pk for image in self.gone_images]).delete()
            forget_files(str(image.file) for image in self.gone_images)
        ProductImage.objects.bulk_update(self.changed_images, ["is_lent", "position"])
        ProductImage.objects.bulk_create(self.new_images)
        fetch_soon(image.pk for image in self.new_images if image.status == ProductImage.Status.PENDING)
        announce_content(store_id=self.store.pk, product_ids=[product.pk for product in self.stale])

    def _create(self, row: ProductRow) -> RowOutcome:
        product = Product(store=self.store, sku=row.sku)
        self._apply_facts(product, row)
        images = self._arrange_images(product, [], row)
        _derive(product, images)
        self.created.append(product)
        self.stale.append(product)
        return RowOutcome(row.sku, Status.CREATED)

    def _update(self, product: Product, row: ProductRow) -> RowOutcome:
        have = self.images[product.pk]
        has_changed = self._apply_facts(product, row)
        images = self._arrange_images(product, have, row)
        if not has_changed and images == have:
            return RowOutcome(row.sku, Status.UNCHANGED)
        product.updated_at = self.now
        if _derive(product, images):
            self.stale.append(product)
        self.updated.append(product)
        return RowOutcome(row.sku, Status.UPDATED)

    def _apply_facts(self, product: Product, row: ProductRow) -> bool:
        facts: dict[str, object] = dict(row.facts)
        if "category_path" in facts:
            facts["category"] = self.categories.get(str(facts.pop("category_path")))
        changed = {name: value for name, value in facts.items() if getattr(product, name) != value}
        for name, value in changed.items():
            setattr(product, name, value)
        return bool(changed)

    def _arrange_images(self, product: Product, have: list[ProductImage], row: ProductRow) -> list[ProductImage]:
        """The product's pictures as the row wants them; those it already has are kept, wherever they stand now."""
        if row.pictures is None:
            return have
        spare = {_key(image): image for image in have}
        arranged: list[ProductImage] = []
        for position, picture in enumerate(dict.fromkeys(row.pictures)):
            image = spare.pop(_key(picture), None)
            if image is None:
                image = _new_image(product, position, picture)
                self.new_images.append(image)
            elif image.is_lent or image.position != position:
                image.is_lent, image.position = False, position
                self.changed_images.append(image)
            arranged.append(image)
        self.gone_images += spare.values()
        return arranged


def _refuse(row: ProductRow, field_name: str, code: str, message: str) -> RowOutcome:
    return RowOutcome(row.sku, Status.FAILED, (Issue(field_name, code, message),))


def _derive(product: Product, images: Sequence[ProductImage]) -> bool:
    """Set what follows from the facts; True when encoders are shown something else than before."""
    product.plain_colours = " ".join(colours_of(product.attributes))
    content_hash = content_of(product, images).content_hash
    is_stale, product.content_hash = content_hash != product.content_hash, content_hash
    return is_stale


def _key(picture: object) -> str:
    """What makes two pictures of one product the same: where it is fetched from, else what it shows."""
    match picture:
        case UrlPicture(url=url):
            return url
        case StoredPicture(sha256=sha256):
            return sha256
        case ProductImage():
            return picture.source_url or picture.sha256
    raise TypeError(f"{picture!r} must be stored before it is attached.")


def _new_image(product: Product, position: int, picture: object) -> ProductImage:
    if isinstance(picture, StoredPicture):
        return stored_image(product=product, position=position, kept=picture)
    assert isinstance(picture, UrlPicture)
    return ProductImage(product=product, position=position, source_url=picture.url)
