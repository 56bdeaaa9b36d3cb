"""Reads of the catalogue for other apps."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef

from catalog.content import ProductContent, compose_content, compose_text
from catalog.images import name_offer_picture
from catalog.models import Category, Offer, Product, ProductImage, Store
from catalog.querysets import ProductQuerySet


@dataclass(frozen=True)
class StoredContent:
    """A product's content with where its pictures lie: `image_files[i]` is the storage name of `image_hashes[i]`.

    `content_hash` is the one the product's row carried at that moment, read before the pictures: content that changes
    in between is labelled with the older hash and therefore read again.
    """

    product_id: int
    content_hash: str
    content: ProductContent
    image_files: tuple[str, ...]


def content_of(product: Product, images: Iterable[ProductImage]) -> ProductContent:
    return compose_content(
        title=product.title,
        description=product.description,
        brand=product.brand,
        category_path=product.category.path if product.category else "",
        attributes=product.attributes,
        image_hashes=[image.sha256 for image in images if image.status == ProductImage.Status.READY],
    )


def stored_contents(product_ids: Iterable[int]) -> list[StoredContent]:
    """What encoders are shown of these products, in two queries. Unknown ids are left out."""
    products = Product.objects.filter(pk__in=list(product_ids)).with_card().order_by("pk")
    return [
        StoredContent(
            product_id=product.pk,
            content_hash=product.content_hash,
            content=content_of(product, product.images.all()),
            image_files=tuple(str(image.file) for image in product.images.all() if image.status == "ready"),
        )
        for product in products
    ]


def shown_pictures(hashes: Collection[str]) -> set[str]:
    """Those of these hashes that a picture of some product or offer has, of whatever store. Two queries."""
    names = {name_offer_picture(sha256): sha256 for sha256 in hashes}
    shown = set(ProductImage.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))
    return shown | {names[name] for name in Offer.objects.filter(image__in=names).values_list("image", flat=True)}


def category_ids_below(store: Store, path: str) -> list[int]:
    """The ids of a category subtree; empty when the store has no such category."""
    return category_subtrees(store, [path])[path]


def category_subtrees(store: Store, paths: Collection[str]) -> dict[str, list[int]]:
    """Each path -> the ids of its subtree; one query, however many are asked for, and none for none."""
    if not paths:
        return {}
    found = Category.objects.of(store).subtrees(paths).values_list("pk", "path")
    return {path: [pk for pk, own in found if own == path or own.startswith(f"{path}/")] for path in paths}


def categories_for_products(store: Store) -> dict[int, str]:
    """id -> path, in order of path, of every category where products belong: a leaf, or one that has products."""
    used = Product.objects.filter(category=OuterRef("pk"))
    below = Category.objects.filter(parent=OuterRef("pk"))
    found = Category.objects.of(store).filter(Exists(used) | ~Exists(below))
    return dict(found.order_by("path").values_list("pk", "path"))


def texts_without_category(product_ids: Iterable[int]) -> dict[int, str]:
    """id -> the text encoders would be shown of the product if it had no category."""
    rows = Product.objects.filter(pk__in=list(product_ids)).values_list(
        "pk", "title", "description", "brand", "attributes"
    )
    return {
        pk: compose_text(title=title, description=description, brand=brand, attributes=attributes)
        for pk, title, description, brand, attributes in rows
    }


def has_supplier(store: Store, slug: str) -> bool:
    return store.suppliers.filter(slug=slug).exists()


def find_store(slug: str) -> Store | None:
    return Store.objects.filter(slug=slug).first()


def list_products(
    store: Store,
    *,
    q: str = "",
    sku: str = "",
    brand: str = "",
    category: str = "",
    min_price: Decimal | None = None,
    max_price: Decimal | None = None,
    available: bool | None = None,
) -> ProductQuerySet:
    """The store's products that fit, published or not."""
    found = Product.objects.of(store).priced(at_least=min_price, at_most=max_price).with_card()
    found = found.select_related("merged_into")
    if q:
        found = found.named_like(q)
    if sku:
        found = found.filter(sku=sku)
    if brand:
        found = found.by_brand(brand)
    if category:
        found = found.in_categories(category_ids_below(store, category))
    if available is not None:
        found = found.available() if available else found.unavailable()
    return found
