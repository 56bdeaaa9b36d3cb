import pytest

from catalog.models import Store
from catalog.services.vocabulary import count_words
from catalog.thesaurus import NEAR, SAME
from recommender.candidates import lexical, words
from recommender.candidates.lexical import cover
from recommender.candidates.words import MAX_RELATED, words_of
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
        words._remembered.clear()

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

    def test_a_word_that_plenty_have_needs_no_others(self, store, furniture, monkeypatch):
        monkeypatch.setattr(words, "PLENTY", 1)
        assert cover(store, "couch", limit=10) == {furniture["couch"]: pytest.approx(1)}
        _, [word] = words_of(store, "settee")  # nobody's own: the first that will do
        assert len(word.forms) == 2
