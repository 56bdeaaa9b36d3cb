import math
from itertools import combinations, cycle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Product, Store
from catalog.services.categories import ensure_categories
from catalog.services.vocabulary import count_words
from recommender.candidates import lexical
from recommender.candidates.lexical import cover, rank_sets
from recommender.candidates.words import _count_published, words_of
from tests.factories import make_product, make_products
from tests.statements import recorded_statements


def covered(store: Store, text: str, **options) -> dict[str, float]:
    found = cover(store, text, eligible=Product.objects.of(store).published(), **{"limit": 10, **options})
    skus = dict(Product.objects.values_list("pk", "sku"))
    return {skus[pk]: coverage for pk, coverage in found.items()}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("red mug", ["red", "mug"]),
        ("MUGS, red!", ["red", "mug"]),
        ("a mug for the lamp", ["mug", "lamp"]),
        ("stoneware teapot", ["stoneware", "teapot"]),
        ("kitchen", []),
        ("fjord iron", ["fjord", "iron"]),
    ],
)
def test_covers_as_a_slow_twin_does(store: Store, shop: dict[str, Product], text: str, words: list[str]):
    says = {sku: f"{product.title} {product.brand} {product.category.name}".lower() for sku, product in shop.items()}
    having = {word: sum(word in said for said in says.values()) for word in words}
    idf = {word: math.log(1 + (len(shop) - n + 0.5) / (n + 0.5)) for word, n in having.items()}
    expected = {
        sku: sum(idf[word] for word in words if word in said) / sum(idf.values())
        for sku, said in says.items()
        if any(word in said for word in words)
    }
    assert covered(store, text) == pytest.approx(expected)


def test_attributes_and_descriptions_are_read(store: Store):
    make_product(store, sku="a", title="Thing", attributes={"colour": ["crimson", "teal"], "width": 30})
    make_product(store, sku="b", title="Thing", description="For long walks.")
    assert covered(store, "crimson") == {"a": pytest.approx(1)}
    assert covered(store, "walking") == {"b": pytest.approx(1)}


def test_what_has_no_category_is_covered_by_its_own_words(store: Store):
    make_products(
        store, [{"sku": "loose", "title": "brass lamp"}, {"sku": "filed", "title": "lamp", "category": "Oak"}]
    )
    covered = cover(store, "brass oak lamp", limit=10)
    assert covered.keys() == set(Product.objects.of(store).values_list("pk", flat=True))
    assert all(0 < coverage < 1 for coverage in covered.values())


def test_only_what_is_eligible_and_not_excluded(store: Store, other_store: Store, shop: dict[str, Product]):
    make_product(other_store, sku="theirs", title="stoneware mug red")
    make_product(store, sku="hidden", title="stoneware mug red", is_published=False)
    mugs = {"mug-red", "mug-blue", "mug-rose"}
    assert covered(store, "mug").keys() == mugs
    assert covered(store, "mug", exclude=[shop["mug-red"].pk]).keys() == mugs - {"mug-red"}
    assert cover(store, "mug", eligible=Product.objects.of(store).by_brand("Lumo"), limit=5).keys() == {
        shop["mug-rose"].pk
    }
    assert cover(store, "mug", eligible=Product.objects.filter(pk__in=[]), limit=5) == {}


def test_the_page_and_those_asked_for_besides(store: Store, shop: dict[str, Product]):
    assert covered(store, "red mug", limit=1).keys() == {"mug-red"}
    others = [shop["pan-red"].pk, shop["lamp-red"].pk]
    assert covered(store, "red mug", limit=1, also=others).keys() == {"mug-red", "lamp-red"}


@pytest.mark.parametrize("text", ["", "the of a", "???", "'; drop table --", "a & b | !c:*", "\\", "xyzzy"])
def test_nothing_to_go_by_is_nothing_found(store: Store, shop: dict[str, Product], text: str):
    assert covered(store, text) == {}


def test_products_that_came_since_they_were_counted_are_covered_too(store: Store):
    make_product(store, sku="first", title="zanzibar cup")
    assert covered(store, "zanzibar") == {"first": pytest.approx(1)}
    for number in range(3):
        make_product(store, sku=f"later-{number}", title="zanzibar cup")
    assert covered(store, "zanzibar") == dict.fromkeys(["first", "later-0", "later-1", "later-2"], pytest.approx(1))


def slow_coverage(says: dict[int, set[str]], words: list[str]) -> dict[int, float]:
    """By the formula, from every product's words."""
    having = {word: sum(word in said for said in says.values()) for word in words}
    idf = {word: math.log(1 + (len(says) - n + 0.5) / (n + 0.5)) for word, n in having.items()}
    covered = {pk: sum(idf[word] for word in words if word in said) / sum(idf.values()) for pk, said in says.items()}
    return {pk: coverage for pk, coverage in covered.items() if coverage > 0}


class TestInALargeStore:
    """What is large is made small: 400 products, of which 60 may be looked at for a text."""

    WORDS = [f"{letter}{letter}um" for letter in "bcdfghjkmnpqrtvxz"]

    @pytest.fixture
    def says(self, store, monkeypatch) -> dict[int, set[str]]:
        monkeypatch.setattr(lexical, "SMALL_STORE", 20)
        monkeypatch.setattr("recommender.candidates.words.SMALL_STORE", 20)
        monkeypatch.setattr(lexical, "READ_ROWS", 60)
        lexical._plan.cache_clear()
        random = np.random.default_rng(5)
        chances = 0.7 / np.arange(1, len(self.WORDS) + 1)
        rows = [
            [word for word, chance in zip(self.WORDS, chances, strict=True) if random.random() < chance]
            for _ in range(400)
        ]
        products = make_products(
            store, [{"sku": f"p{n}", "title": " ".join(words) or "nil"} for n, words in enumerate(rows)]
        )
        count_words(store_id=store.pk)
        _count_published.cache_clear()
        return {product.pk: set(words) for product, words in zip(products, rows, strict=True)}

    @pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 12])
    def test_the_page_is_as_good_as_when_everything_is_read(self, store, says, size):
        random = np.random.default_rng(size)
        for _ in range(12):
            words = [str(word) for word in random.choice(self.WORDS, size, replace=False)]
            whole = slow_coverage(says, words)
            found = cover(store, " ".join(words), limit=10)
            assert found == pytest.approx({pk: whole[pk] for pk in found})
            best = sorted(whole.values(), reverse=True)[:10]
            assert len(found) == len(best)
            if size <= lexical.COMBINED_WORDS:
                assert list(found.values()) == pytest.approx(best), words
            else:  # combinations of the rarest, without a look at the others
                assert sum(found.values()) >= 0.9 * sum(best), words

    @pytest.mark.parametrize("size", [2, 3, 5])
    def test_what_categories_are_called_counts_as_much(self, store, says, size):
        named = {"bbum": {"bbum"}, "ccum ddum": {"ccum", "ddum"}, "ffum": {"ffum"}, "nil": set()}
        categories = ensure_categories(store=store, paths=set(named))
        for (pk, words), name in zip(says.items(), cycle(named), strict=False):
            Product.objects.filter(pk=pk).update(category=categories[name])
            words |= named[name]
        count_words(store_id=store.pk)
        for words in combinations(self.WORDS[:6], size):
            whole = slow_coverage(says, list(words))
            found = cover(store, " ".join(words), limit=10)
            assert found == pytest.approx({pk: whole[pk] for pk in found})
            assert list(found.values()) == pytest.approx(sorted(whole.values(), reverse=True)[:10]), words

    def test_rows_are_bounded(self, store, says, monkeypatch):
        seen = []
        fetch = lexical._fetch
        monkeypatch.setattr(lexical, "_fetch", lambda *a, **k: seen.append(k.get("look_at", 0)) or fetch(*a, **k))
        for words in combinations(self.WORDS, 2):
            cover(store, " ".join(words), limit=10)
        assert 60 < max(seen) <= 2 * 60

    def test_only_the_lists_of_the_rarest_words_are_gone_through(self, store, says, monkeypatch):
        asked = " ".join(self.WORDS[:6])
        total, words = words_of(store, asked)
        monkeypatch.setattr(lexical, "READ_LISTS", words[0].products + words[1].products)
        lexical._plan.cache_clear()
        _, looks = lexical._plan(tuple(words), total, 10, is_small=False)
        assert all({words[0], words[1]} & set(needed) for needed in looks[0].sets)
        best = sorted(slow_coverage(says, self.WORDS[:6]).values(), reverse=True)[:10]
        assert sum(cover(store, asked, limit=10).values()) >= 0.8 * sum(best)
        lexical._plan.cache_clear()

    def test_filters_leave_the_best_of_what_is_eligible(self, store, says):
        eligible = Product.objects.of(store).published().filter(pk__in=list(says)[::7])
        words = self.WORDS[:4]
        whole = slow_coverage(says, words)
        best = sorted((whole[pk] for pk in list(says)[::7] if pk in whole), reverse=True)[:5]
        found = cover(store, " ".join(words), limit=5, eligible=eligible)
        assert found.keys() <= set(list(says)[::7])
        assert list(found.values()) == pytest.approx(best)

    def test_a_word_that_came_since_is_found_all_the_same(self, store, says):
        new = make_product(store, sku="new", title="zanzibar bbum")
        assert cover(store, "zanzibar", limit=5) == {new.pk: pytest.approx(1)}
        assert next(iter(cover(store, "zanzibar cup", limit=5))) == new.pk

    def test_what_words_are_worth_is_remembered_and_who_has_them_is_not(self, store, says):
        with recorded_statements() as asked_first:
            first = cover(store, self.WORDS[-1], limit=400)
        new = make_product(store, sku="new", title=self.WORDS[-1])
        with recorded_statements() as asked_again:
            again = cover(store, self.WORDS[-1], limit=400)
        assert again == first | {new.pk: pytest.approx(1)}
        reads = [[text for text in asked if "catalog_lexeme" in text] for asked in (asked_first, asked_again)]
        assert [len(read) for read in reads] == [1, 0]


class TestMisspelt:
    @pytest.fixture(autouse=True)
    def counted(self, store, other_store, shop):
        make_product(other_store, sku="theirs", title="chesterfield")
        for each in (store, other_store):
            count_words(store_id=each.pk)

    def test_a_word_nobody_has_is_read_as_the_nearest_and_counts_less(self, store):
        right, wrong = covered(store, "stoneware"), covered(store, "stonewear")
        assert right == dict.fromkeys(["mug-red", "mug-blue", "mug-rose"], pytest.approx(1))
        assert wrong.keys() == right.keys()
        assert all(0.8 < coverage < 0.95 for coverage in wrong.values())

    def test_beside_words_that_are_right(self, store):
        assert next(iter(covered(store, "blue stonewrae"))) == "mug-blue"
        assert covered(store, "stoneware stonewrae") == covered(store, "stoneware")

    def test_category_names_can_be_meant(self, store):
        assert covered(store, "kithcen") == {}  # the name of no product's own category
        assert covered(store, "lihgting").keys() == {"lamp-red", "lamp-blue", "lamp-gone"}

    @pytest.mark.parametrize("text", ["chesterfeild", "mgu", "xylophone"])
    def test_only_from_the_stores_own_words_and_only_what_is_near(self, store, text):
        assert covered(store, text) == {}


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=5), st.floats(0, 1))
def test_who_has_a_set_is_better_covered_than_who_has_none(shares, most):
    idfs = [-math.log(share) + 0.001 for share in shares]
    sets, others = rank_sets(shares, idfs, most=most)
    everything = [c for size in range(1, len(shares) + 1) for c in combinations(range(len(shares)), size)]
    having = [c for c in everything if any(set(needed) <= set(c) for needed in sets)]
    value = {c: sum(idfs[place] for place in c) for c in everything}
    expected = sum(math.prod(s if p in c else 1 - s for p, s in enumerate(shares)) for c in having)
    assert len(having) == 1 or expected <= most + 1e-9
    assert {*having, *others} == set(everything) and len(having) + len(others) == len(everything)
    assert min(value[c] for c in having) >= max((value[c] for c in others), default=0) - 1e-9
    assert not any(set(a) < set(b) for a in sets for b in sets)
