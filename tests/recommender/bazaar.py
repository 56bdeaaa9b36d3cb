"""Two stores with every kind of product there is, made once for a module, and trees to narrow them by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

from catalog.models import Product, Store
from catalog.services.stores import create_store
from embeddings.selectors import SpaceView, active_space, vectors_of
from embeddings.services import embed_stale
from embeddings.spaces import create_space, finish_building
from recommender.behaviour.companions import Pair
from recommender.services.behaviour import replace_companions
from recommender.services.events import NewEvent, record_events
from tests.factories import make_image, make_products

COLOURS = {"red": "#e01010", "blue": "#1020e0", "green": "#10c020", "white": "#f0f0f0", "pink": "#ffb0c0"}
# kind -> category
KINDS = {
    "mug": "Kitchen/Mugs",
    "pan": "Kitchen/Pans",
    "lamp": "Lighting/Desk lamps",
    "lantern": "Lighting/Lanterns",
    "rug": "Textiles",
    "vase": "",
}
BRANDS = ("Fjord", "Lumo", "")
_numbers = count(1)


@dataclass(frozen=True)
class Bazaar:
    """`latecomers` are published and not embedded; `hidden` are not published. `products` are all, by sku."""

    store: Store
    products: dict[str, Product]

    def __getitem__(self, sku: str) -> Product:
        return self.products[sku]

    @property
    def space(self) -> SpaceView:
        space = active_space(self.store)
        assert space
        return space

    @property
    def published(self) -> set[str]:
        return {sku for sku, product in self.products.items() if product.is_published}

    @property
    def embedded(self) -> list[str]:
        """Published and with a vector, by id."""
        known = vectors_of(self.space, [product.pk for product in self.products.values()])
        shown = [product for product in self.products.values() if product.is_published and product.pk in known]
        return [product.sku for product in sorted(shown, key=lambda product: product.pk)]

    def happens(self, shopper: str, kind: str, *skus: str, at: datetime | None = None) -> None:
        more = {} if at is None else {"at": at}
        rows = [NewEvent(event_id=f"b{next(_numbers)}", shopper=shopper, sku=sku, kind=kind, **more) for sku in skus]
        assert record_events(store=self.store, events=dict(enumerate(rows))).accepted == len(skus)


@contextmanager
def rolled_back() -> Iterator[None]:
    """What happens in it has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def open_bazaar(slug: str, *, encoder: str) -> Bazaar:
    store = create_store(slug=slug, name=slug)
    rows = _rows()
    products = make_products(store, rows)
    space = create_space(store=store, encoder=encoder)
    embed_stale(space)
    assert finish_building(space)
    products += make_products(store, [_row("late", kind, colour, n) for n, (kind, colour) in enumerate(_LATE)])
    bazaar = Bazaar(store, {product.sku: product for product in products})
    _let_shoppers_in(bazaar)
    return bazaar


_LATE = (("mug", "red"), ("lamp", "blue"), ("vase", "white"))


def _rows() -> list[dict[str, Any]]:
    """36 products: six kinds in five colours and a twin; some are variants, some lack a picture, a price or a text."""
    rows = [
        _row("shelf", kind, colour, n * len(COLOURS) + m)
        for n, kind in enumerate(KINDS)
        for m, colour in enumerate(COLOURS)
    ]
    for number, row in enumerate(rows):
        if number % 7 == 3:
            row["images"] = []
        if number % 9 == 4:
            row.pop("price")
        if row["sku"].startswith("rug"):
            row["variant_group"] = "rugs"
        if row["sku"] in ("mug-red", "mug-blue", "mug-green"):
            row["variant_group"] = "mugs"
        if row["sku"] in ("lamp-pink", "vase-pink"):
            row["is_published"] = False
        if row["sku"] in ("pan-red", "lantern-blue"):
            row["images"].append(make_image(COLOURS["green"], mark=number))
    # The same to every encoder.
    twin = next(row for row in rows if row["sku"] == "lamp-white")
    return [*rows, *(twin | {"sku": f"lamp-twin-{n}"} for n in range(6))]


def _row(where: str, kind: str, colour: str, number: int) -> dict[str, Any]:
    return {
        "sku": f"{kind}-{colour}" if where == "shelf" else f"{where}-{kind}",
        "title": f"{kind} {colour} model{number}",
        "description": f"A {colour} {kind} for {'home' if number % 2 else 'garden'}.",
        "category": KINDS[kind],
        "brand": BRANDS[number % len(BRANDS)],
        "price": 5 + number * 3 % 40,
        "attributes": {"colour": [colour, "grey"] if number % 4 == 0 else colour, "width_cm": 10 + number},
        "availability": "out_of_stock" if number % 11 == 5 else "in_stock",
        "images": [make_image(COLOURS[colour], mark=number)],
    }


def _let_shoppers_in(bazaar: Bazaar) -> None:
    bazaar.happens("ann", "view", "lamp-red", "lamp-blue", "lamp-green", "mug-white", "mug-pink")
    bazaar.happens("ann", "purchase", "pan-blue")
    bazaar.happens("bob", "view", "rug-red", "vase-green", "lamp-twin-2")
    bazaar.happens("bob", "dislike", "mug-white", "rug-blue")
    for shopper in ("cia", "dan", "eve"):
        bazaar.happens(shopper, "purchase", "lantern-red", "vase-red")
    couples = [("mug-white", "pan-green", 0.9), ("mug-white", "late-mug", 0.6), ("lamp-red", "lantern-red", 0.4)]
    pairs = [Pair(bazaar[one].pk, bazaar[other].pk, score, 3) for one, other, score in couples]
    replace_companions(store=bazaar.store, pairs=pairs)


_leaves = st.one_of(
    st.fixed_dictionaries({"brand": st.sampled_from(["Fjord", "Lumo", "nobody"])}),
    st.fixed_dictionaries({"category": st.sampled_from(["Kitchen", "Kitchen/Mugs", "Lighting", "Textiles", "None"])}),
    st.fixed_dictionaries({"price": st.fixed_dictionaries({"min": st.integers(0, 45)})}),
    st.fixed_dictionaries({"price": st.fixed_dictionaries({"max": st.integers(0, 45)})}),
    st.fixed_dictionaries({"availability": st.sampled_from(["in_stock", "out_of_stock"])}),
    st.fixed_dictionaries({"attributes": st.fixed_dictionaries({"colour": st.sampled_from([*COLOURS, "grey"])})}),
    st.fixed_dictionaries(
        {"attributes": st.fixed_dictionaries({"width_cm": st.fixed_dictionaries({"min": st.integers(5, 50)})})}
    ),
    st.just({}),
)
trees = st.recursive(
    _leaves,
    lambda inner: st.dictionaries(
        st.sampled_from(["all", "any", "not"]), st.lists(inner, min_size=1, max_size=2), min_size=1, max_size=2
    ),
    max_leaves=4,
)
