from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.text import slugify

from catalog.models import Category, Product, Store
from catalog.services.content import refresh_content
from catalog.services.stores import lock_store


class CategoryPathTakenError(Exception):
    """Another category of the store has this path."""


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


@transaction.atomic
def save_category(
    *, store: Store, name: str, parent: Category | None = None, category: Category | None = None
) -> Category:
    """Create, rename or move a category; everything below it follows, and its products' content with it."""
    lock_store(store.pk)
    path = f"{parent.path}/{name}" if parent else name
    if Category.objects.of(store).filter(path=path).exclude(pk=category.pk if category else None).exists():
        raise CategoryPathTakenError(path)
    category = category or Category(store=store)
    old_path = category.path if category.pk else ""
    category.name, category.parent, category.path = name, parent, path
    category.slug = _slug(name)
    category.save()
    if old_path and old_path != path:
        below = Category.objects.of(store).filter(path__startswith=f"{old_path}/")
        below.update(path=Concat(Value(path), Substr(F("path"), len(old_path) + 1)))
        refresh_content(store_id=store.pk, product_ids=_product_ids(store, path))
    return category


@transaction.atomic
def delete_category(*, category: Category) -> None:
    """Delete the category and everything below it; its products stay, without a category."""
    lock_store(category.store_id)
    product_ids = _product_ids(category.store, category.path)
    Category.objects.of(category.store).subtree(category.path).delete()
    refresh_content(store_id=category.store_id, product_ids=product_ids)


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
