"""What the pipeline promises, whatever is asked of it: generated questions against a store of every kind of product."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count, cycle
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from catalog.models import Product
from embeddings.layout import LayoutError, Vector, Weights
from embeddings.selectors import term_of_vector, vectors_of
from recommender import pipeline, rules
from recommender.filter_language import FilterError, parse_filters
from recommender.filters import Filters
from recommender.mix import BLOCK_WEIGHTS
from recommender.questions import Answer, Question
from recommender.rule_facts import RuleFacts
from recommender.services.rankings import ShownRanking, write_rankings
from recommender.services.rules import create_rule
from recommender.wishes import Asked, anchors_of
from tests.factories import make_image
from tests.recommender.bazaar import Bazaar, rolled_back, trees

pytestmark = pytest.mark.django_db

EVERYTHING = 100
PHOTO = Image.open(io.BytesIO(make_image("#d02020")))
names = count(1)


def holds(examples: int) -> Any:
    """Generated questions, the same in every run."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


@pytest.fixture(autouse=True)
def read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules are read anew each time."""
    monkeypatch.setattr(rules, "REMEMBERED_SECONDS", 1e-9)


@pytest.fixture
def plain(bazaars: dict[str, Bazaar]) -> Bazaar:
    return bazaars["plain"]


@pytest.fixture
def joint(bazaars: dict[str, Bazaar]) -> Bazaar:
    return bazaars["joint"]


def skus(answer: Answer) -> list[str]:
    return [result.card.sku for result in answer.results]


def only(**blocks: float) -> dict[str, float]:
    """Every weight, whatever a scenario would have; those not named are 0."""
    rest = ("lexical", "personal", "popular", "again", "together")
    return {**dict.fromkeys((*BLOCK_WEIGHTS, *rest), 0.0), **blocks}


# --- the questions ---------------------------------------------------------------------------------------------------

SEARCHES = ("words", "misspelt", "words not", "like", "photo", "photo and words")
FILLED_UP = ("similar", "together", "home", "product", "basket", "stranger")
ENDPOINTS = (*SEARCHES, *FILLED_UP)


def ask(bazaar: Bazaar, endpoint: str, question: Question) -> Answer:
    product = bazaar["mug-white"]
    match endpoint:
        case "similar":
            return pipeline.find_similar(replace(question, scenario="similar"), product=product)
        case "together":
            return pipeline.find_companions(replace(question, scenario="together"), product=product)
        case "home" | "stranger":
            name = question.shopper_id if endpoint == "home" else "nobody"
            return pipeline.recommend(replace(question, scenario="home", shopper_id=name))
        case "product":
            return pipeline.recommend(replace(question, scenario="product"), beside=[product])
        case "basket":
            return pipeline.recommend(replace(question, scenario="basket"), beside=[product, bazaar["mug-red"]])
    asked = {
        "words": Asked(text="red lamp"),
        "misspelt": Asked(text="vase grene"),
        "words not": Asked(text="lamp for the garden", not_text="blue"),
        "like": Asked(text="lamp", like=[product], unlike=[bazaar["vase-red"]]),
        "photo": Asked(photo=lambda: PHOTO, unlike=[bazaar["lamp-red"]]),
        "photo and words": Asked(text="blue rug", not_text="green", photo=lambda: PHOTO),
    }[endpoint]
    return pipeline.search(replace(question, scenario="search"), asked)


NAMED: Mapping[str, set[str]] = {
    "similar": {"mug-white"},
    "together": {"mug-white"},
    "product": {"mug-white"},
    # A basket's variants are as good as bought.
    "basket": {"mug-white", "mug-red", "mug-blue", "mug-green"},
    "like": {"mug-white", "vase-red"},
    "photo": {"lamp-red"},
}
weights = st.sampled_from([0.0, 0.2, 1.0, 3.0])


@st.composite
def questions(draw: Any) -> dict[str, Any]:
    """What every endpoint takes, but store, limit and place."""
    try:
        filters = parse_filters(draw(st.one_of(st.just({}), trees)))
    except FilterError:  # too deep
        filters = Filters()
    return {
        "filters": filters,
        "shopper_id": draw(st.sampled_from(["", "ann", "bob", "nobody"])),
        "weights": draw(st.dictionaries(st.sampled_from(sorted(only())), weights, max_size=3)),
        "diversity": draw(st.sampled_from([None, 0.0, 0.3, 1.0])),
        "collapse": draw(st.booleans()),
        "sort": draw(st.sampled_from(["relevance", "relevance", "price", "-price", "newest"])),
        "facets": draw(st.sampled_from([(), (), ("brand", "price", "attributes.colour")])),
        "explain": draw(st.booleans()),
        "seed": draw(st.sampled_from(["", "monday"])),
    }


CONDITIONS = ({"brand": "Lumo"}, {"category": "Kitchen"}, {"attributes": {"colour": "red"}}, {"price": {"max": 20}})
rule_books = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["boost", "bury"]),
                "condition": st.sampled_from(CONDITIONS),
                "value": st.sampled_from([0.3, 1.0]),
            }
        ),
        st.fixed_dictionaries(
            {"kind": st.just("quota"), "condition": st.sampled_from(CONDITIONS), "value": st.sampled_from([1.0, 2.0])}
        ),
        st.fixed_dictionaries({"kind": st.just("exclude"), "condition": st.sampled_from(CONDITIONS)}),
        st.fixed_dictionaries(
            {
                "kind": st.just("pin"),
                "sku": st.sampled_from(["pan-red", "rug-blue", "mug-blue", "mug-white", "vase-pink", "late-vase"]),
                "position": st.integers(1, 9),
            }
        ),
    ),
    max_size=3,
)


def set_rules(bazaar: Bazaar, book: list[dict[str, Any]]) -> None:
    for rule in book:
        create_rule(store=bazaar.store, facts=RuleFacts(name=f"rule {next(names)}", **rule), by="ann")


def try_to_ask(bazaar: Bazaar, endpoint: str, question: Question) -> Answer | None:
    """None where the weights leave nothing to go by, and that was said."""
    try:
        return ask(bazaar, endpoint, question)
    except LayoutError as error:
        assert "weight" in str(error)
        return None


def eligible(bazaar: Bazaar, filters: Filters, book: list[dict[str, Any]] = ()) -> set[str]:  # type: ignore[assignment]
    products = filters.narrow(Product.objects.of(bazaar.store).published(), store=bazaar.store)
    for rule in book:
        if rule["kind"] == "exclude":
            gone = parse_filters(rule["condition"]).narrow(Product.objects.of(bazaar.store), store=bazaar.store)
            products = products.exclude(pk__in=gone.values("pk"))
    return set(products.values_list("sku", flat=True))


def hidden_from(bazaar: Bazaar, endpoint: str, shopper: str) -> set[str]:
    """What policies hide: what was bought, and what was disliked."""
    if endpoint not in ("home", "product", "basket"):
        return set()
    return {"ann": {"pan-blue"}, "bob": {"mug-white", "rug-blue"}}.get(shopper, set())


def slots(bazaar: Bazaar, found: set[str], *, collapse: bool) -> set[str]:
    """Each a product, or a variant group where those fold into one."""
    if not collapse:
        return found
    return {bazaar[sku].variant_group or sku for sku in found}


# --- 1: weights and scores -------------------------------------------------------------------------------------------


def pure_order(bazaar: Bazaar, query: Vector, *, without: set[str]) -> list[str]:
    """By the inner product with the query in half precision, ties by id."""
    asked = query.astype(np.float16).astype(np.float64)
    vectors = vectors_of(bazaar.space, [bazaar[sku].pk for sku in bazaar.embedded if sku not in without])
    raw = {pk: float(np.float32(vector.astype(np.float64) @ asked)) for pk, vector in vectors.items()}
    names = {product.pk: sku for sku, product in bazaar.products.items()}
    return [names[pk] for pk in sorted(raw, key=lambda pk: (-raw[pk], pk))]


@pytest.mark.parametrize("kind", ["plain", "joint"])
@pytest.mark.parametrize("block", ["visual", "textual"])
@pytest.mark.parametrize("sku", ["mug-pink", "lamp-twin-3", "pan-red"])
def test_one_weight_alone_is_the_pure_order(bazaars, kind, block, sku):
    bazaar = bazaars[kind]
    vector = vectors_of(bazaar.space, [bazaar[sku].pk])[bazaar[sku].pk]
    alone = Weights(**{"visual": 0.0, "textual": 0.0, block: 1.0})
    (anchor,) = anchors_of(bazaar.space, [term_of_vector(bazaar.space, vector)], alone)
    question = Question(bazaar.store, weights=only(**{block: 1.0}), limit=EVERYTHING, collapse=False)
    answer = pipeline.find_similar(question, product=bazaar[sku])
    compared = [result for result in answer.results if result.card.sku in bazaar.embedded]
    assert [result.card.sku for result in compared] == pure_order(bazaar, anchor.query.vector, without={sku})
    stored = vectors_of(bazaar.space, [result.product_id for result in compared])
    scores = anchor.score(np.stack([stored[result.product_id] for result in compared]))
    np.testing.assert_allclose([result.score for result in compared], scores, atol=1e-5)


SHARES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)


def scores_by_share(bazaar: Bazaar, one: str, other: str) -> dict[str, list[float]]:
    """sku -> its score beside a lamp as weight moves from one signal to the other."""
    scores: dict[str, list[float]] = {}
    for share in SHARES:
        mixed = only(**{one: 1 - share, other: share})
        question = Question(bazaar.store, weights=mixed, shopper_id="ann", limit=EVERYTHING, collapse=False)
        for result in pipeline.find_similar(question, product=bazaar["lamp-twin-3"]).results:
            if result.card.sku in bazaar.embedded:
                scores.setdefault(result.card.sku, []).append(result.score)
    return scores


@pytest.mark.parametrize("kind", ["plain", "joint"])
@pytest.mark.parametrize(("one", "other"), [("visual", "textual"), ("textual", "visual")])
def test_a_score_moves_from_one_pure_end_to_the_other(bazaars, kind, one, other):
    """Never to and fro; half precision rounds scores by some 1e-4."""
    for sku, scores in scores_by_share(bazaars[kind], one, other).items():
        assert len(scores) == len(SHARES), sku
        steps = np.diff(scores)
        assert (steps >= -1e-3).all() or (steps <= 1e-3).all(), (sku, scores)


def test_no_signal_brings_more_than_its_share(plain):
    for share in SHARES[1:-1]:
        mixed = only(textual=1 - share, personal=share)
        question = Question(
            plain.store, weights=mixed, shopper_id="ann", limit=EVERYTHING, collapse=False, explain=True
        )
        for result in pipeline.find_similar(question, product=plain["rug-red"]).results:
            if result.card.sku in plain.embedded:
                assert result.explanation.contributions.get("personal", 0.0) <= share + 1e-9
                assert result.explanation.contributions.get("textual", 0.0) <= 1 - share + 1e-9


@holds(60)
@given(data=st.data())
def test_contributions_add_up_to_the_score(data, bazaars):
    bazaar = bazaars[data.draw(st.sampled_from(["plain", "joint"]))]
    book = data.draw(rule_books)
    asked = replace(Question(bazaar.store, **data.draw(questions())), explain=True)
    page = replace(asked, limit=data.draw(st.sampled_from([3, 12])), min_score=data.draw(st.sampled_from([0.0, 0.3])))
    endpoint = data.draw(st.sampled_from(ENDPOINTS))
    with rolled_back():
        set_rules(bazaar, book)
        if data.draw(st.booleans()):
            show(bazaar, "ann", ["mug-pink", "lamp-red", "lantern-pink"], times=5)
        answer = try_to_ask(bazaar, endpoint, page)
    for result in answer.results if answer else ():
        assert -1e-9 <= result.score <= 1 + 1e-9
        contributions = result.explanation.contributions
        assert sum(contributions.values()) == pytest.approx(result.score, abs=1e-6)
        assert all(abs(value) <= 1.5 for value in contributions.values()), contributions
        assert result.explanation.reason and result.explanation.sentence
        assert result.score >= page.min_score or result.explanation.reason == "pinned" or book


def show(bazaar: Bazaar, shopper: str, shown: list[str], *, times: int) -> None:
    ids = [bazaar[sku].pk for sku in shown]
    rankings = [
        ShownRanking(id=uuid4(), store_id=bazaar.store.pk, scenario="home", product_ids=ids, scores=[0.5] * len(ids))
        for _ in range(times)
    ]
    write_rankings(rankings=[replace(ranking, shopper=shopper) for ranking in rankings])


# --- 2: full pages ---------------------------------------------------------------------------------------------------


@holds(60)
@given(data=st.data())
def test_a_page_is_full_whenever_enough_is_eligible(data, bazaars):
    bazaar = bazaars[data.draw(st.sampled_from(["plain", "joint"]))]
    book = [rule for rule in data.draw(rule_books) if rule["kind"] != "quota"]
    question = Question(bazaar.store, **data.draw(questions()), limit=data.draw(st.sampled_from([1, 5, 12, 40])))
    endpoint = data.draw(st.sampled_from(FILLED_UP))
    with rolled_back():
        set_rules(bazaar, book)
        left = eligible(bazaar, question.filters, book) - NAMED.get(endpoint, set())
        left -= variants_of_named(bazaar, endpoint) | hidden_from(bazaar, endpoint, question.shopper_id)
        answer = try_to_ask(bazaar, endpoint, question)
    if answer:
        page = skus(answer)
        possible = slots(bazaar, left, collapse=question.collapse)
        assert len(page) == min(question.limit, len(possible))
        assert len(slots(bazaar, set(page), collapse=question.collapse)) == len(page) == len(set(page))
        assert set(page) <= left


def variants_of_named(bazaar: Bazaar, endpoint: str) -> set[str]:
    named = NAMED.get(endpoint, set()) - {"vase-red", "lamp-red"}  # those not to be like
    groups = {bazaar[sku].variant_group for sku in named} - {""}
    return {sku for sku, product in bazaar.products.items() if product.variant_group in groups}


@holds(40)
@given(data=st.data())
def test_search_is_never_filled_up(data, bazaars):
    bazaar = bazaars[data.draw(st.sampled_from(["plain", "joint"]))]
    question = Question(bazaar.store, **data.draw(questions()), limit=EVERYTHING)
    endpoint = data.draw(st.sampled_from(["words", "like", "misspelt"]))
    answer = try_to_ask(bazaar, endpoint, question)
    if answer:
        assert answer.fallback is None
        # Without a vector, and without the words.
        assert {"misspelt": "late-lamp"}.get(endpoint, "late-vase") not in skus(answer)


# --- 3: pages --------------------------------------------------------------------------------------------------------


def turn_pages(bazaar: Bazaar, endpoint: str, question: Question, sizes: Iterator[int], between: Any) -> list[str]:
    """Everything a reader sees who goes on until there is no next page."""
    seen: list[str] = []
    for _ in range(60):
        answer = ask(bazaar, endpoint, replace(question, limit=next(sizes)))
        seen += skus(answer)
        if answer.next is None:
            return seen
        question = replace(question, place=answer.next)
        between()
    raise AssertionError("there is always another page")


@holds(40)
@given(data=st.data())
def test_pages_show_everything_once(data, bazaars):
    bazaar = bazaars[data.draw(st.sampled_from(["plain", "joint"]))]
    book, given_question = data.draw(rule_books), data.draw(questions())
    question = Question(bazaar.store, **given_question)
    endpoint = data.draw(st.sampled_from(FILLED_UP))
    sizes = cycle(data.draw(st.lists(st.sampled_from([1, 2, 3, 7, 20]), min_size=1, max_size=3)))
    happenings = data.draw(st.lists(st.sampled_from(["view", "price", "nothing"]), min_size=1, max_size=3))
    if question.filters != Filters() or question.sort != "relevance":
        happenings = [happening for happening in happenings if happening != "price"] or ["nothing"]
    turn = cycle(happenings)

    def between() -> None:
        match next(turn):
            case "view":
                bazaar.happens(question.shopper_id or "ann", "view", "vase-red", "rug-green")
            case "price":
                Product.objects.filter(store=bazaar.store, sku__startswith="lamp").update(price=F("price") * 2)

    with rolled_back():
        if any(rule.get("condition", {}).get("price") for rule in book):
            turn = cycle(["nothing"])
        set_rules(bazaar, book)
        left = eligible(bazaar, question.filters, book) - NAMED.get(endpoint, set())
        left -= variants_of_named(bazaar, endpoint) | hidden_from(bazaar, endpoint, question.shopper_id)
        try:
            seen = turn_pages(bazaar, endpoint, question, sizes, between)
        except LayoutError:
            return
    assert len(seen) == len(set(seen))
    assert slots(bazaar, set(seen), collapse=question.collapse) == slots(bazaar, left, collapse=question.collapse)
    assert len(seen) == len(slots(bazaar, set(seen), collapse=question.collapse))


@holds(25)
@given(data=st.data())
def test_pages_of_a_search_show_what_one_long_page_does(data, bazaars):
    bazaar = bazaars[data.draw(st.sampled_from(["plain", "joint"]))]
    question = Question(bazaar.store, **data.draw(questions()))
    book = [rule for rule in data.draw(rule_books) if rule["kind"] != "quota"]
    endpoint = data.draw(st.sampled_from(SEARCHES))
    sizes = cycle(data.draw(st.lists(st.sampled_from([1, 3, 7, 20]), min_size=1, max_size=3)))
    with rolled_back():
        set_rules(bazaar, book)
        try:
            whole = skus(ask(bazaar, endpoint, replace(question, limit=EVERYTHING)))
            seen = turn_pages(bazaar, endpoint, question, sizes, lambda: None)
        except LayoutError:
            return
    assert len(seen) == len(set(seen)) == len(whole)
    if not question.collapse:
        assert set(seen) == set(whole)
    # Spread and pinned pages are arranged by the page, others are one long one cut up.
    if not (book or question.diversity):
        assert seen == whole


# --- 4: rules --------------------------------------------------------------------------------------------------------


@holds(60)
@given(data=st.data())
def test_quotas_and_pins_are_honoured_and_strangers_stay_out(data, bazaars):
    bazaar = bazaars[data.draw(st.sampled_from(["plain", "joint"]))]
    book = data.draw(rule_books)
    question = Question(bazaar.store, **data.draw(questions()), limit=data.draw(st.sampled_from([2, 6, 12])))
    endpoint = data.draw(st.sampled_from(ENDPOINTS))
    with rolled_back():
        set_rules(bazaar, book)
        left = eligible(bazaar, question.filters, book) - NAMED.get(endpoint, set())
        left -= variants_of_named(bazaar, endpoint) | hidden_from(bazaar, endpoint, question.shopper_id)
        counted = {n: eligible(bazaar, parse_filters(rule.get("condition", {}))) for n, rule in enumerate(book)}
        answer = try_to_ask(bazaar, endpoint, question)
    if answer is None:
        return
    page = skus(answer)
    assert set(page) <= left
    pins = expected_pins(book, left) if question.sort == "relevance" else {}
    for at, sku in pins.items():
        # A hole before a pin is closed by the pin.
        if at <= len(page):
            assert page[at - 1] == sku or len(page) < question.limit
    for number, rule in enumerate(book):
        if rule["kind"] == "quota":
            pinned_here = {sku for at, sku in pins.items() if at <= question.limit}
            most = max(rule["value"], len(pinned_here & counted[number]))
            assert len(counted[number] & set(page)) <= most


def expected_pins(book: list[dict[str, Any]], left: set[str]) -> dict[int, str]:
    """position -> product: the latest rule prevails at a position, a product has the first place it is given."""
    placed: dict[int, str] = {}
    for rule in reversed(book):
        if rule["kind"] == "pin" and rule["position"] not in placed and rule["sku"] in left - set(placed.values()):
            placed[rule["position"]] = rule["sku"]
    return placed
