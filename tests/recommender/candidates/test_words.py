from collections.abc import Callable
from types import SimpleNamespace

import pytest

from catalog.models import Store
from catalog.services.vocabulary import count_words
from catalog.thesaurus import NEAR, SAME
from recommender.candidates import lexical, words
from recommender.candidates.lexical import cover
from recommender.candidates.words import FRESH_SECONDS, MAX_RELATED, words_of
from tests.factories import make_product
from tests.statements import recorded_statements

FURNITURE = {"sofa": "Linen sofa", "couch": "Leather couch", "stool": "Oak stool", "lamp": "Brass lamp"}


@pytest.fixture
def furniture(store: Store) -> dict[str, int]:
    made = {sku: make_product(store, sku=sku, title=title).pk for sku, title in FURNITURE.items()}
    count_words(store_id=store.pk)
    return made


def test_the_shops_word_for_what_was_asked(store, furniture):
    assert cover(store, "settee", limit=10) == dict.fromkeys(
        [furniture["sofa"], furniture["couch"]], pytest.approx(NEAR)
    )
    assert cover(store, "couch", limit=10) == {
        furniture["couch"]: pytest.approx(1),
        furniture["sofa"]: pytest.approx(SAME),
    }


def test_all_that_answer_a_word_are_counted_as_one(store, furniture):
    total, [word] = words_of(store, "couches")
    assert (total, word.lexeme, word.products) == (4, "couch", 2)
    assert {form.lexeme: form.credit for form in word.forms} == {"couch": 1, "sofa": SAME}


def test_words_as_they_are(store, furniture):
    assert cover(store, "settee", limit=10, very=True) == {}
    assert cover(store, "couch", limit=10, very=True) == {furniture["couch"]: pytest.approx(1)}


def test_a_word_near_in_meaning_comes_before_one_near_in_letters(store, furniture):
    make_product(store, sku="willow", title="Willow tray")
    cushion = make_product(store, sku="cushion", title="Feather cushion")
    count_words(store_id=store.pk)
    assert cover(store, "pillow", limit=10) == {cushion.pk: pytest.approx(NEAR)}


def test_by_the_name_of_a_category(store, furniture):
    sofa = make_product(store, sku="filed", title="The Friday", category="Sofas")
    count_words(store_id=store.pk)
    assert sofa.pk in cover(store, "settee", limit=10)


def test_only_words_that_the_store_itself_uses(store, other_store, furniture):
    make_product(other_store, sku="theirs", title="Canvas rucksack backpack")
    for each in (store, other_store):
        count_words(store_id=each.pk)
    assert cover(store, "knapsack", limit=10) == {}
    _, [word] = words_of(store, "knapsack")
    assert [form.lexeme for form in word.forms] == ["knapsack"]


def test_not_all_kinds_of_a_thing_are_looked_for(store):
    kinds = ["bottle", "bowl", "jar", "pitcher", "pot", "basin", "barrel", "tub", "urn", "vase", "drum", "tank"]
    for number, kind in enumerate(kinds, 1):
        for each in range(number):
            make_product(store, sku=f"{kind}-{each}", title=kind)
    count_words(store_id=store.pk)
    _, [word] = words_of(store, "vessel")
    assert len(word.forms) == 1 + MAX_RELATED
    assert "drum" in {form.lexeme for form in word.forms}  # which many products are


class TestInALargeStore:
    @pytest.fixture(autouse=True)
    def small_is_large(self, furniture, monkeypatch):
        for module in (lexical, words):
            monkeypatch.setattr(module, "SMALL_STORE", 2)
        words._count_published.cache_clear()
        for memory in (words._texts, words._forms, words._lost, words._meant):
            memory.clear()

    @pytest.fixture
    def at(self, monkeypatch) -> Callable[[float], None]:
        """Sets the clock so many seconds ahead of a moment that is not close to the next minute."""
        started = 60.0 * 1_000_000

        def advance(seconds: float) -> None:
            monkeypatch.setattr(words, "time", SimpleNamespace(monotonic=lambda: started + seconds))

        advance(0)
        return advance

    def test_it_is_answered_the_same(self, store, furniture):
        assert cover(store, "settee", limit=10).keys() == {furniture["sofa"], furniture["couch"]}
        assert next(iter(cover(store, "leather settee", limit=10))) == furniture["couch"]

    def test_a_word_answered_by_others_is_remembered_and_found_when_it_comes(self, store, furniture):
        before = cover(store, "settee", limit=10)
        new = make_product(store, sku="new", title="Velvet settee")
        with recorded_statements() as asked:
            after = cover(store, "settee", limit=10)
        assert after == before | {new.pk: pytest.approx(1)}
        assert not any("catalog_lexeme" in text for text in asked)

    def test_words_that_are_known_are_not_read_again_for_another_text(self, store, furniture):
        for text in ("leather", "couch"):
            cover(store, text, limit=10)
        with recorded_statements() as asked:
            words_of(store, "a leather couch")
        assert [text for text in asked if "catalog_" in text] == []
        assert words_of(store, "a leather couch") == words_of(store, "couch in leather")

    def test_what_a_category_is_called_is_seen_soon(self, store, furniture, at):
        assert cover(store, "leather friday", limit=10).keys() == {furniture["couch"]}
        filed = make_product(store, sku="filed", title="The Thing", category="Fridays")
        at(FRESH_SECONDS)
        assert cover(store, "leather friday", limit=10).keys() == {furniture["couch"], filed.pk}
        filed.category.name = "Leather"
        filed.category.save()
        at(2 * FRESH_SECONDS)
        assert cover(store, "leather", limit=10).keys() == {furniture["couch"], filed.pk}

    def test_a_word_that_nothing_had_is_found_soon_after_it_came(self, store, furniture, at):
        assert cover(store, "zanzibar", limit=10) == {}
        new = make_product(store, sku="new", title="Zanzibar")
        with recorded_statements() as asked:
            cover(store, "zanzibar lamp", limit=10)
        assert not any("count(*)" in text for text in asked)
        at(FRESH_SECONDS)
        assert cover(store, "zanzibar", limit=10) == {new.pk: pytest.approx(1)}

    def test_what_was_meant_is_remembered(self, store, furniture):
        assert cover(store, "lether", limit=10).keys() == {furniture["couch"]}
        with recorded_statements() as asked:
            assert cover(store, "lether", limit=10).keys() == {furniture["couch"]}
        assert not any("deletions" in text for text in asked)

    def test_nothing_is_remembered_of_another_store(self, store, other_store, furniture):
        theirs = [make_product(other_store, sku=f"c{n}", title="Leather couch").pk for n in range(3)]
        count_words(store_id=other_store.pk)
        assert cover(store, "leather couch", limit=10).keys() >= {furniture["couch"]}
        assert cover(other_store, "leather couch", limit=10).keys() == set(theirs)

    def test_memory_is_bounded(self, store, furniture, monkeypatch):
        monkeypatch.setattr(words, "MOST_REMEMBERED", 3)
        for text in ("sofa", "couch", "stool", "lamp", "oak", "brass"):
            cover(store, text, limit=10)
        assert all(len(memory) <= 3 for memory in (words._texts, words._forms, words._lost, words._meant))

    def test_the_word_itself_comes_before_others_that_answer_it(self, store, furniture, monkeypatch):
        monkeypatch.setattr(words, "PLENTY", 100)
        for number in range(20):
            make_product(store, sku=f"more-{number}", title="couch")
        settee = make_product(store, sku="settee", title="settee")
        count_words(store_id=store.pk)
        assert next(iter(cover(store, "settee", limit=2))) == settee.pk

    def test_a_word_that_plenty_have_needs_no_others(self, store, furniture, monkeypatch):
        monkeypatch.setattr(words, "PLENTY", 1)
        assert cover(store, "couch", limit=10) == {furniture["couch"]: pytest.approx(1)}
        _, [word] = words_of(store, "settee")  # nobody's own: the first that will do
        assert len(word.forms) == 2
