from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.text import slugify

from catalog.models import Category, Product, Store
from catalog.services.content import refresh_content
from catalog.services.stores import lock_store

PATH_LIMIT = 600


class CategoryRefused(ValueError):  # noqa: N818  (it is a verdict)
    """Why a category can't be as wished; `field` names the culprit."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def ensure_categories(*, store: Store, paths: Iterable[str]) -> dict[str, Category]:
    """The store's category at each path, created with its ancestors where missing. Call it under `lock_store`."""
    wanted = {path for path in paths if path}
    lineage = {ancestor for path in wanted for ancestor in _lineage(path)}
    known = {category.path: category for category in Category.objects.of(store).filter(path__in=lineage)}
    missing = sorted(lineage - known.keys(), key=lambda path: (path.count("/"), path))
    while missing:  # one statement for each level of the tree
        depth = missing[0].count("/")
        level = [path for path in missing if path.count("/") == depth]
        for category in Category.objects.bulk_create([_category(store, path, known) for path in level]):
            known[category.path] = category
        missing = missing[len(level) :]
    return {path: known[path] for path in wanted}


def own_category(*, store_id: int, category_id: int | None) -> Category | None:
    """The category as it is stored, if it still is. Raises CategoryRefused for another store's."""
    category = None if category_id is None else Category.objects.filter(pk=category_id).first()
    if category and category.store_id != store_id:
        raise CategoryRefused("category", "The category belongs to another store.")
    return category


def check_category(*, store: Store, name: str, parent: Category | None, category: Category | None = None) -> str:
    """The path the category will have. Raises CategoryRefused."""
    if "/" in name or not name.strip():
        raise CategoryRefused("name", "A name is not empty and has no slash.")
    if parent and parent.store_id != store.pk:
        raise CategoryRefused("parent", "The parent belongs to another store.")
    if parent and category and f"{parent.path}/".startswith(f"{category.path}/"):
        raise CategoryRefused("parent", "A category can't stand below itself.")
    path = f"{parent.path}/{name}" if parent else name
    if len(path) > PATH_LIMIT:
        raise CategoryRefused("name", f"The whole path may have {PATH_LIMIT} characters.")
    twin = Category.objects.of(store).filter(path=path).first()
    if twin and twin != category:
        raise CategoryRefused("name", "There is such a category already.")
    return path


@transaction.atomic
def save_category(
    *, store: Store, name: str, parent: Category | None = None, category: Category | None = None
) -> Category:
    """Create, rename or move a category; everything below it follows, and its products' content with it.

    `category` is the stored one, as yet unchanged. Raises CategoryRefused, Category.DoesNotExist.
    """
    lock_store(store.pk)
    for read in (category, parent):
        if read:
            read.refresh_from_db()
    path = check_category(store=store, name=name, parent=parent, category=category)
    category = category or Category(store=store)
    old_path = category.path if category.pk else ""
    category.name, category.parent, category.path, category.slug = name, parent, path, _slug(name)
    category.save()
    if old_path and old_path != path:
        below = Category.objects.of(store).filter(path__startswith=f"{old_path}/")
        below.update(path=Concat(Value(path), Substr(F("path"), len(old_path) + 1)))
        refresh_content(store_id=store.pk, product_ids=_product_ids(store, path))
    return category


@transaction.atomic
def delete_category(*, category: Category) -> None:
    """Delete the category and everything below it; its products stay, without a category. Said again, nothing
    happens."""
    lock_store(category.store_id)
    stored = Category.objects.filter(pk=category.pk).select_related("store").first()
    if stored is None:
        return
    product_ids = _product_ids(stored.store, stored.path)
    Category.objects.of(stored.store).subtree(stored.path).delete()
    refresh_content(store_id=stored.store_id, product_ids=product_ids)


def _product_ids(store: Store, path: str) -> list[int]:
    categories = Category.objects.of(store).subtree(path)
    return list(Product.objects.filter(category__in=categories).values_list("pk", flat=True))


def _lineage(path: str) -> list[str]:
    names = path.split("/")
    return ["/".join(names[: depth + 1]) for depth in range(len(names))]


def _category(store: Store, path: str, known: dict[str, Category]) -> Category:
    parent_path, _, name = path.rpartition("/")
    return Category(store=store, parent=known.get(parent_path), name=name, slug=_slug(name), path=path)


def _slug(name: str) -> str:
    return slugify(name)[:200] or "category"
