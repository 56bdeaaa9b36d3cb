"""Which of a product's pictures a query means."""

from collections.abc import Collection
from dataclasses import dataclass

from embeddings.layout import IMAGE, LayoutError, Vector, unit
from embeddings.selectors import SpaceView
from embeddings.wire import fetch, to_parameter

# A halfvec rounds lengths, so that the cosine is taken again, not the inner product of what were unit rows.
_BEST = """
SELECT DISTINCT ON (i.product_id) i.product_id, i.file, i.position, 1 - (f.vector <=> query.vector) AS cosine
  FROM (SELECT %s::halfvec AS vector) AS query, catalog_productimage i
  JOIN catalog_product p ON p.id = i.product_id AND p.store_id = %s
  JOIN embeddings_imagefeature f ON f.encoder_id = %s AND f.sha256 = i.sha256
 WHERE i.product_id = ANY(%s) AND i.status = 'ready'
 ORDER BY i.product_id, f.vector <=> query.vector, i.position
"""


@dataclass(frozen=True)
class MatchedPicture:
    """`file` is the picture's storage name, `cosine` that of its features with the query."""

    file: str
    position: int
    cosine: float


def best_pictures(space: SpaceView, query: Vector, product_ids: Collection[int]) -> dict[int, MatchedPicture]:
    """product id -> its picture nearest to the query; of equal ones the first. One query.

    Products of another store, without a ready picture, or whose pictures are not encoded yet are left out; all are
    where the query says nothing of pictures (it is zero).

    Args:
        query: float32[size of the image block], of any length but zero.

    Raises:
        LayoutError: the query does not fit the image block.
    """
    where = space.layout.slice_of(IMAGE)
    if query.shape != (where.stop - where.start,):
        raise LayoutError(f"a query of shape {query.shape} for an image block of {where.stop - where.start}")
    direction = unit(query)
    if not direction.any() or not product_ids:
        return {}
    rows = fetch(_BEST, [to_parameter(direction), space.store_id, space.encoder_id, list(product_ids)])
    return {product_id: MatchedPicture(file, position, cosine) for product_id, file, position, cosine in rows}
