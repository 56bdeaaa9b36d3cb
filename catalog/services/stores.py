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
