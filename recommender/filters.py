"""What a storefront may narrow an answer to; the same for every endpoint."""

from dataclasses import dataclass
from decimal import Decimal

from catalog.models import Store
from catalog.querysets import ProductQuerySet
from catalog.selectors import category_ids_below


@dataclass(frozen=True)
class Filters:
    """All that are given hold at once. A product without a price is in no price range.

    `category` is a path, `Kitchen/Mugs`, and means everything below it too. What no product has, an unknown category or
    brand, is no error: it leaves nothing, and the answer is an empty page.
    """

    category: str | None = None
    brand: str | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    available: bool | None = None

    def narrow(self, products: ProductQuerySet, *, store: Store) -> ProductQuerySet:
        """One extra query, for the category's subtree, if there is a category."""
        if self.category is not None:
            category_ids = category_ids_below(store, self.category)
            if not category_ids:
                return products.none()
            products = products.in_categories(category_ids)
        if self.brand is not None:
            products = products.by_brand(self.brand)
        if self.available is not None:
            products = products.available() if self.available else products.unavailable()
        return products.priced(at_least=self.min_price, at_most=self.max_price)
