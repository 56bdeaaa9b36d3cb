"""How often each question asks the database: at most so often, whatever the page's length, the shop and the filters.

Fewer where a step has nothing to do: no word matched, the first fallback filled the page. What is asked once a minute
does not count: of a few tries, the cheapest does.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Store
from catalog.services.stores import create_store
from embeddings.layout import Layout
from embeddings.models import EmbeddingSpace
from embeddings.services import embed_stale
from recommender.services.behaviour import refresh_behaviour
from tests.factories import Api, make_image, make_products
from tests.recommender.conftest import COLOURS, embed
from tests.statements import recorded_statements
from tests.synthetic import fill_store

pytestmark = pytest.mark.usefixtures("clock")

PHOTO = make_image(COLOURS["mug-red"])
TREE = {
    "any": [{"category": "Kitchen"}, {"category": ["Lighting", "Gifts"]}, {"brand": ["Fjord", "Lumo"]}],
    "price": {"max": 500},
    "not": {"attributes": {"colour": "black"}},
}
VARIATIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "short page": {"limit": 1},
    "long page": {"limit": 20},
    "diverse": {"diversity": 0.5},
    "narrowed": {"brand": "Fjord", "max_price": 500, "available": "true"},
    "narrowed to a category": {"category": "Kitchen"},
    "narrowed by a tree": {"filters": json.dumps(TREE)},
    "explained": {"explain": "true"},
    "counted": {"facets": ["brand", "price", "attributes.colour"]},
    "sorted": {"sort": "price"},
    "with variants": {"collapse": "false"},
}


Question = Callable[..., Any]


def similar(api: Api, **query: Any) -> Any:
    return api.get("/api/v1/products/mug-0/similar/", **query)


def bought_together(api: Api, **query: Any) -> Any:
    return api.get("/api/v1/products/mug-0/bought-together/", **query)


def home(api: Api, **query: Any) -> Any:
    return api.get("/api/v1/recommendations/", shopper="ann", **query)


def home_of_a_stranger(api: Api, **query: Any) -> Any:
    return api.get("/api/v1/recommendations/", shopper="nobody", **query)


def product_page(api: Api, **query: Any) -> Any:
    return api.get("/api/v1/recommendations/", shopper="ann", scenario="product", sku="mug-0", **query)


def basket(api: Api, **query: Any) -> Any:
    return api.get("/api/v1/recommendations/", shopper="ann", scenario="basket", basket=["mug-0", "mug-9"], **query)


def search(api: Api, **query: Any) -> Any:
    return api.get("/api/v1/search/", q="stoneware mug", **query)


def composed_search(api: Api, **query: Any) -> Any:
    question = {"text": "stoneware mug", "negative_text": "glass", "like": ["mug-0", "mug-5"], "unlike": ["mug-7"]}
    return api.get("/api/v1/search/", **question, **query)


def search_by_photo(api: Api, **query: Any) -> Any:
    return api.upload("/api/v1/search/", image=SimpleUploadedFile("photo.jpg", PHOTO), **query)


def more(*names: str) -> dict[str, int]:
    """Variations that take a statement more: a category's paths are looked up, all of a request at once; facets are
    counted; vectors that scoring did without are read to diversify or explain."""
    return dict.fromkeys(("narrowed to a category", "narrowed by a tree", "counted", *names), 1)


# What is popular is looked up where a page is narrowed, and so is what a shopper comes back to.
NARROWED = {"narrowed": 1, "narrowed to a category": 2, "narrowed by a tree": 2}
NARROWED_TWICE = {name: count + 1 for name, count in NARROWED.items()}
# The question, the statements that it takes, and how many more its variations take. A stranger's page is filled up
# where too little is popular. Three of a page under a policy go together: whose it is, what they don't want, what they
# were shown.
BUDGETS: list[tuple[Question, int, dict[str, int]]] = [
    (similar, 6, more("diverse", "explained")),
    (bought_together, 8, more("explained")),
    (home, 10, more("explained") | NARROWED_TWICE),
    (home_of_a_stranger, 8, more() | {"long page": 3, "narrowed": 3}),
    (product_page, 12, more("explained")),
    (basket, 13, more("explained") | NARROWED),
    (search, 9, more()),
    (composed_search, 15, more("explained")),
    (search_by_photo, 4, more("diverse", "explained")),
]


def count_statements(ask: Question, api: Api, **query: Any) -> int:
    return min(_count_once(ask, api, query) for _ in range(3))


def _count_once(ask: Question, api: Api, query: dict[str, Any]) -> int:
    with recorded_statements() as statements:
        answer = ask(api, **query)
    assert answer.status_code == 200, answer.content
    return len(statements)


def fill(store: Store, *, start: int) -> list[str]:
    """Products enough for every page that is asked for, so that nothing is filled up."""
    brands = ("Fjord", "Lumo")
    rows = [
        {"sku": f"mug-{n}", "title": f"stoneware mug {n}", "category": f"Kitchen/{n % 5}", "brand": brands[n % 2]}
        | {"price": 10 + n, "images": [make_image(COLOURS["mug-red"], mark=n)]}
        for n in range(start, start + 60)
    ]
    make_products(store, rows)
    return [row["sku"] for row in rows]


@pytest.fixture
def busy_shop(store: Store, happens: Callable[..., Any]) -> EmbeddingSpace:
    """Sixty products, a shopper of some history, and baskets that were learned from."""
    fill(store, start=0)
    space = embed(store)
    happens("ann", "click", "mug-1", "mug-2")
    happens("ann", "purchase", "mug-3")
    happens("ann", "dislike", "mug-4")
    for number in range(8):
        happens(f"buyer-{number}", "purchase", "mug-0", "mug-9", f"mug-{20 + number}")
    assert refresh_behaviour(store=store)
    return space


@pytest.mark.parametrize(("ask", "plain", "others"), BUDGETS, ids=[ask.__name__ for ask, *_ in BUDGETS])
def test_a_question_costs_at_most_so_many_queries(
    *,
    api: Api,
    store: Store,
    busy_shop: EmbeddingSpace,
    happens: Callable[..., Any],
    ask: Question,
    plain: int,
    others: dict[str, int],
) -> None:
    budgets = {name: plain + others.get(name, 0) for name in VARIATIONS}
    small = {name: count_statements(ask, api, **query) for name, query in VARIATIONS.items()}
    more = fill(store, start=60)
    embed_stale(busy_shop)
    happens("ann", "view", *more)
    large = {name: count_statements(ask, api, **query) for name, query in VARIATIONS.items()}
    assert {name: max(small[name], large[name], budget) for name, budget in budgets.items()} == budgets
    assert max(*small.values(), *large.values()) == max(budgets.values())


@pytest.mark.parametrize(
    ("ask", "plain"), [(ask, plain) for ask, plain, _ in BUDGETS], ids=[ask.__name__ for ask, *_ in BUDGETS]
)
def test_a_later_page_costs_two_more_at_most(api: Api, busy_shop: EmbeddingSpace, ask: Question, plain: int) -> None:
    """What was shown hides its variants, which are looked up, and so is what words were refined by."""
    cursor = ask(api, limit=3).json()["next_cursor"]
    assert count_statements(ask, api, limit=3, cursor=cursor) <= plain + 2


def test_a_score_that_nothing_reaches_ends_the_search(api: Api, busy_shop: EmbeddingSpace) -> None:
    assert count_statements(search_by_photo, api, min_score=0.99, limit=20) <= 5


def test_the_index_costs_its_settings_and_no_more(make_key: Callable[..., str]) -> None:
    """Above the size up to which everything is ordered exactly: the scan has settings of its own."""
    large = create_store(slug="large")
    fill_store(large, Layout.of(image=16, text=16), count=4_000)
    large_api = Api(make_key(["read"], store=large))

    def similar_to_one_of_many(api: Api, **query: Any) -> Any:
        return api.get("/api/v1/products/SYN-7/similar/", **query)

    counts = {limit: count_statements(similar_to_one_of_many, large_api, limit=limit) for limit in (1, 10, 100)}
    assert set(counts.values()) == {7}
