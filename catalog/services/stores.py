from django.db import IntegrityError, transaction

from catalog.models import Store


class StoreExistsError(Exception):
    """The slug is taken."""


def create_store(*, slug: str, name: str = "") -> Store:
    """Raises StoreExistsError when the slug is taken, ValidationError when it is not a slug."""
    store = Store(slug=slug, name=name or slug.replace("-", " ").replace("_", " ").title())
    store.clean_fields()
    try:
        with transaction.atomic():
            store.save(force_insert=True)
    except IntegrityError as error:
        raise StoreExistsError(slug) from error
    return store


def lock_store(store_id: int) -> None:
    """Let one writer at a time into a store's catalogue, until the transaction ends.

    Every service that writes products, pictures or categories takes this lock first, so none of them can deadlock or
    meet a row another is just creating.
    """
    Store.objects.select_for_update(no_key=True).values_list("pk").get(pk=store_id)
