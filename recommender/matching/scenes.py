"""What the pictures of one source have in common, taken off before they are compared. Pure.

A supplier photographs everything on the same table under the same lamp, and the shop in its own studio; of two
pictures' likeness that is the part which says nothing of the thing. Each source's mean is what its pictures share, and
what is left of two pictures is compared: domain adaptation by first moments, which needs to know no offer's product
(the mean alone of CORAL, Sun et al. 2016, arXiv:1511.05547, or of i-vectors' domains, Garcia-Romero 2014).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.normalize import normalize_slug
from embeddings.layout import Vector, unit
from recommender.matching.features import MISSING
from recommender.matching.items import Item

# Pictures from which on a supplier's mean is its own; before that it is taken to be like all.
LEAST_PICTURES = 5
# Whose mean is the shop's own, and that of all suppliers.
SHOP, EVERYBODY = "shop", "suppliers"
# What the names of arrays begin with in a matcher's file.
COMMON, SUPPLIER = "scene.common.", "scene.of."


@dataclass(frozen=True, eq=False)
class Scenes:
    """Means of unit rows: `common` has SHOP and EVERYBODY or nothing, `suppliers` those with enough pictures."""

    common: Mapping[str, Vector] = field(default_factory=dict)
    suppliers: Mapping[str, Vector] = field(default_factory=dict)

    def see(self, offer: Item) -> Vector | None:
        """What is the offer's picture's own; None where that can't be told: no picture, or one of another encoder."""
        scene = self.suppliers.get(offer.supplier, self.common.get(EVERYBODY))
        picture = offer.image_vector
        if picture is None or scene is None or picture.shape != scene.shape or not picture.any():
            return None
        return unit(picture - scene)

    def compare(self, seen: Vector | None, product: Item) -> float:
        """Cosine of what `see` told with the same of the product's nearest picture; below 0 says no more than 0."""
        if seen is None or not product.pictures:
            return MISSING
        own = np.stack(product.pictures) - self.common[SHOP]
        lengths = np.linalg.norm(own, axis=1)
        return float(np.clip((own @ seen / np.maximum(lengths, 1e-6)).max(), 0, 1))

    def arrays(self) -> dict[str, NDArray[np.float16]]:
        """By the names they have in a matcher's file."""
        named = {COMMON + name: row for name, row in self.common.items()}
        named |= {SUPPLIER + name: row for name, row in self.suppliers.items()}
        return {name: row.astype(np.float16) for name, row in named.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Scenes:
        """Others' arrays are left alone; none of these, as in matchers learned before there were any, is no scene.
        Raises ValueError."""
        # Matchers learned before suppliers' slugs were spelt alike may have capitals.
        found = [
            {
                normalize_slug(name.removeprefix(prefix)): row.astype(np.float32)
                for name, row in arrays.items()
                if name.startswith(prefix)
            }
            for prefix in (COMMON, SUPPLIER)
        ]
        rows = [row for part in found for row in part.values()]
        if rows and (found[0].keys() != {SHOP, EVERYBODY} or len({row.shape for row in rows}) > 1 or rows[0].ndim != 1):
            raise ValueError("its suppliers' scenes don't fit together.")
        if not all(np.isfinite(row).all() for row in rows):
            raise ValueError("its suppliers' scenes are no numbers.")
        return cls(*found)


def learn_scenes(offers: Iterable[Item], products: Iterable[Item]) -> Scenes:
    """`products` may name one more than once; it counts once."""
    taken: dict[str, list[Vector]] = defaultdict(list)
    for offer in offers:
        if offer.image_vector is not None:
            taken[offer.supplier].append(offer.image_vector)
    everybody = [picture for own in taken.values() for picture in own]
    shown = [picture for product in {id(each): each for each in products}.values() for picture in product.pictures]
    if not everybody or not shown:
        return Scenes()
    common = {SHOP: _mean(shown), EVERYBODY: _mean(everybody)}
    return Scenes(common, {name: _mean(own) for name, own in taken.items() if len(own) >= LEAST_PICTURES})


def _mean(pictures: list[Vector]) -> Vector:
    """Of half precision, as it is kept."""
    return np.mean(pictures, axis=0).astype(np.float16).astype(np.float32)
