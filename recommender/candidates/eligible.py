"""What of a ranking may be shown."""

from collections.abc import Iterable
from itertools import islice

from catalog.querysets import ProductQuerySet


def first_eligible(ranked: Iterable[int], products: ProductQuerySet | None, *, limit: int) -> list[int]:
    """The first `limit` ids that are among the products, in one query, or two where a filter leaves few of them.

    None is every published product, as all of the ranked are taken to be: cards hide what has been withdrawn.
    """
    if products is None:
        return list(islice(ranked, limit))
    ranked, head = list(ranked), 2 * limit
    best: list[int] = []
    for part in (ranked[:head], ranked[head:]):
        if part and len(best) < limit:
            shown = set(products.filter(pk__in=part).order_by().values_list("pk", flat=True))
            best += [pk for pk in part if pk in shown]
    return best[:limit]
