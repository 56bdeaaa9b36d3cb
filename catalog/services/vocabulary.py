"""The words of a store with how many products have each: what is rare in it, and what a misspelling meant."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from catalog.models import Lexeme, Product, Store, Vocabulary
from catalog.spelling import deletions

# The most frequent ones. A word beyond is counted when it is asked for, and no misspelling is believed to mean it.
MAX_WORDS = 100_000
MAX_LENGTH = 64
RECOUNT_AFTER = timedelta(minutes=10)
# Earlier, when the store has grown or shrunk by so much: a shop that is being filled.
CHANGED_SHARE = 0.2
_BATCH = 5_000

_COUNT = """
SELECT word, ndoc FROM ts_stat(format($statement$
    SELECT p.lexemes || coalesce(to_tsvector('english', c.name), '')
      FROM catalog_product p LEFT JOIN catalog_category c ON c.id = p.category_id
     WHERE p.store_id = %%s AND p.is_published
$statement$, %s::bigint)) WHERE length(word) <= %s ORDER BY ndoc DESC, word LIMIT %s
"""


def due_stores(now: datetime) -> list[int]:
    """Ids of stores whose words were never counted, or too long ago, or when they had far fewer or more products."""
    counted = {vocabulary.store_id: vocabulary for vocabulary in Vocabulary.objects.all()}
    published = Count("products", filter=Q(products__is_published=True))
    sizes = Store.objects.annotate(size=published).order_by("pk").values_list("pk", "size")
    return [pk for pk, size in sizes if _is_due(counted.get(pk), size, now)]


@transaction.atomic
def count_words(*, store_id: int) -> int:
    """Count anew, writing only what differs; how many words there are.
    100,000 products took 20 s the first time and 5 s again, on a machine with other work.

    Does nothing (0) for a store that is gone, and while another process is counting it.
    """
    if not Store.objects.filter(pk=store_id).exists():
        return 0
    Vocabulary.objects.bulk_create([Vocabulary(store_id=store_id)], ignore_conflicts=True)
    vocabulary = Vocabulary.objects.select_for_update(skip_locked=True).filter(store_id=store_id).first()
    if vocabulary is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [store_id, MAX_LENGTH, MAX_WORDS])
        counts: dict[str, int] = dict(cursor.fetchall())
    known = dict(Lexeme.objects.filter(store_id=store_id).values_list("word", "products"))
    Lexeme.objects.filter(store_id=store_id, word__in=known.keys() - counts.keys()).delete()
    changed = [word for word, count in counts.items() if known.get(word) != count]
    Lexeme.objects.bulk_create(
        [Lexeme(store_id=store_id, word=word, products=counts[word], deletions=deletions(word)) for word in changed],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["store", "word"],
        update_fields=["products"],
    )
    vocabulary.products = Product.objects.filter(store_id=store_id).published().count()
    vocabulary.counted_at = timezone.now()
    vocabulary.save()
    return len(counts)


def _is_due(vocabulary: Vocabulary | None, size: int, now: datetime) -> bool:
    if vocabulary is None or vocabulary.counted_at is None:
        return size > 0
    is_old = now - vocabulary.counted_at >= RECOUNT_AFTER
    return is_old or abs(size - vocabulary.products) > CHANGED_SHARE * vocabulary.products
