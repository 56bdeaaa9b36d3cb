import numpy as np
import pytest

from recommender.matching import dictionary as module
from recommender.matching.dictionary import Dictionary, learn_dictionary, offer_words, product_words
from recommender.matching.items import Item

COLOURS = {"blush": "zartrosa", "mustard": "senfgelb", "sage": "salbei", "navy": "marine"}
KINDS = {"mug": "becher", "bowl": "schale", "vase": "blumenvase"}


def product(colour: str, kind: str) -> Item:
    return Item(f"Harbour {kind}, {colour}", attributes={"colour": colour})


PRODUCTS = [product(colour, kind) for colour in COLOURS for kind in KINDS]
LINKS = [
    (Item(f"{KINDS[kind]} {COLOURS[colour]}"), product(colour, kind))
    for colour in COLOURS
    for kind in KINDS
    if (colour, kind) != ("navy", "vase")
]


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return learn_dictionary(LINKS, PRODUCTS)


def test_words_are_told_apart_that_are_never_seen_alone(dictionary):
    for ours, theirs in (COLOURS | KINDS).items():
        meanings = dictionary.read(theirs)
        assert max(meanings, key=meanings.__getitem__) == ours
        assert sum(meanings.values()) < 1
    assert dictionary.translate("Blumenvase marine") == "vase navy"


def test_an_offer_of_words_never_met_together_is_heard(dictionary):
    heard = dictionary.hear(Item("Blumenvase marine"))
    assert heard.best["navy"] > 0.5 > heard.best.get("sage", 0)
    assert heard.mean["vase"] == pytest.approx(heard.best["vase"] / 2)


def test_what_nobody_confirmed_is_read_by_its_spelling(dictionary):
    assert set(dictionary.read("mustrd")) == {"mustard"}  # a short form
    assert set(dictionary.read("harbuor")) == {"harbour"}  # a slip
    assert set(dictionary.read("plaid")) == {"plaid"}  # of a product that came later
    assert dictionary.translate("qqqq") == "qqqq"


def test_without_links_spelling_is_all_there_is():
    dictionary = learn_dictionary([], PRODUCTS)
    assert dictionary.meanings == {}
    assert set(dictionary.read("mug")) == {"mug"}
    assert set(learn_dictionary([], []).read("mug")) == {"mug"}


def test_kept_and_read_again_it_says_the_same(dictionary):
    again = Dictionary.from_json(dictionary.to_json())
    assert again.values == {"colour": [(colour,) for colour in COLOURS]}
    for word in (*KINDS.values(), *COLOURS.values(), "mustrd"):
        assert again.read(word) == pytest.approx(dictionary.read(word), abs=1e-3)


def test_expectation_maximisation_is_that_of_the_paper():
    """One round more, pair by pair and word by word, moves nothing that has settled."""
    offers = [offer_words(offer) for offer, _ in LINKS]
    products = [product_words(item) for _, item in LINKS]
    heard, vocabulary = (sorted({word for text in texts for word in text}) for texts in (offers, products))
    background = np.full(len(vocabulary), 0.1, np.float32)
    prior = np.zeros((len(heard), len(vocabulary)), np.float32)

    def align(rounds: int) -> np.ndarray:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "ROUNDS", rounds)
            marked = module._mark(offers, heard), module._mark(products, vocabulary)
            return module._align(*marked, prior=prior, background=background)

    counts = align(3)
    shares = counts / (counts.sum(axis=1, keepdims=True) + module.SILENT)
    slow = np.zeros_like(counts)
    for said, own in zip(offers, products, strict=True):
        for word in own:
            column = vocabulary.index(word)
            whole = background[column] + sum(shares[heard.index(each), column] for each in said)
            for each in said:
                slow[heard.index(each), column] += shares[heard.index(each), column] / whole
    assert align(4) == pytest.approx(slow, abs=1e-4)


def test_its_size_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "VOCABULARY", 5)
    monkeypatch.setattr(module, "SPOKEN", 3)
    monkeypatch.setattr(module, "MEANINGS", 1)
    monkeypatch.setattr(module, "REMEMBERED", 4)
    dictionary = learn_dictionary(LINKS, PRODUCTS)
    assert len(dictionary.documents) == 5
    assert len(dictionary.meanings) <= 3
    assert all(len(meanings) == 1 for meanings in dictionary.meanings.values())
    for number in range(20):
        dictionary.read(f"word{number}")
    assert len(dictionary._read) <= 4
