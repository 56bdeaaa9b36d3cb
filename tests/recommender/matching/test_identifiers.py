from recommender.matching.contract import Candidate, Verdict
from recommender.matching.identifiers import MAX_NAMED, MAX_NUMBERED, Identifiers, Named, find_named, weigh
from tests.factories import make_product, make_products
from tests.statements import recorded_statements

GTIN = "00036000291452"
ACCEPTED, ASKED = Verdict("accept", 1, "model"), Verdict("review", None, "model")


def candidate(pk: int, probability: float, **more: object) -> Candidate:
    return Candidate(pk, probability, {}, **more)


def test_named_by_gtin_and_by_number_with_brand(store, other_store):
    both = make_product(store, sku="both", gtin=GTIN, mpn="ab-1", brand="Fjord & Co")
    number = make_product(store, sku="number", mpn="AB-1", brand="FJORD CO.")
    make_product(store, sku="other-brand", mpn="AB-1", brand="Lumo")
    make_product(store, sku="no-brand", mpn="AB-1")
    make_product(other_store, sku="theirs", gtin=GTIN, mpn="AB-1", brand="Fjord & Co")
    asked = [
        Identifiers(gtin=GTIN),
        Identifiers(gtin=GTIN, mpn="AB-1", brand="fjord+co"),
        Identifiers(gtin="00036000291453"),
        Identifiers(mpn="AB-1"),
        Identifiers(brand="Fjord & Co"),
        Identifiers(),
        Identifiers(gtin="00012345678905", mpn="Ab-1", brand="Fjord Co"),
    ]
    with recorded_statements() as statements:
        found = find_named(store, asked)
    assert len(statements) == 2
    names = {both.pk: "both", number.pk: "number"}
    assert [{names[pk]: kinds for pk, kinds in each.products.items()} for each in found] == [
        {"both": ("gtin",)},
        {"both": ("gtin", "mpn"), "number": ("mpn",)},
        {},
        {},
        {},
        {},
        {"both": ("mpn",), "number": ("mpn",)},
    ]
    assert [{names[pk] for pk in each.contradicted} for each in found] == [set()] * 6 + [{"both"}]


def test_nothing_named_asks_nothing(store):
    with recorded_statements() as statements:
        assert find_named(store, [Identifiers(brand="Fjord"), Identifiers(gtin="123")]) == [Named({}), Named({})]
    assert statements == []


def test_what_too_many_products_have_names_none_of_them(store):
    rows = [{"sku": f"g{n}", "title": "lamp", "gtin": GTIN} for n in range(MAX_NAMED + 1)]
    rows += [{"sku": f"m{n}", "title": "lamp", "mpn": "n/a", "brand": "Fjord"} for n in range(MAX_NAMED + 1)]
    rows += [{"sku": f"o{n}", "title": "lamp", "mpn": "N/A", "brand": "Lumo"} for n in range(MAX_NAMED)]
    others = [product.pk for product in make_products(store, rows)[-MAX_NAMED:]]
    of_lumo = Identifiers(gtin=GTIN, mpn="n/a", brand="lumo")
    named = Named(dict.fromkeys(others, ("mpn",)), frozenset())
    assert find_named(store, [Identifiers(gtin=GTIN, mpn="N/A", brand="Fjord"), of_lumo]) == [Named({}), named]
    brands = MAX_NUMBERED - 2 * MAX_NAMED - 1
    make_products(store, [{"sku": f"b{n}", "title": "lamp", "mpn": "n/a", "brand": f"b{n}"} for n in range(brands)])
    assert find_named(store, [of_lumo]) == [named]
    make_product(store, sku="last", title="lamp", mpn="n/a", brand="Last")
    assert find_named(store, [of_lumo]) == [Named({})]  # whatever the brand: a word for "none"


def test_what_identifiers_make_of_the_models_verdict():
    likely, unlikely = [candidate(1, 0.95), candidate(2, 0.5)], [candidate(2, 0.5), candidate(1, 0.2)]

    def kind(
        named: Named, candidates: list[Candidate], judged: Verdict = ASKED, *, is_weighed: bool = False
    ) -> tuple[str, int | None]:
        verdict = weigh(named, candidates, judged, accept_at=0.95, is_weighed=is_weighed)
        return verdict.kind, verdict.product_id

    one = Named({1: ("gtin",)})
    assert kind(one, likely) == ("accept", 1)
    assert kind(one, [candidate(1, 0.94)]) == ("review", None)
    assert kind(one, [candidate(1, 0.96), candidate(2, 0.96)]) == ("accept", 1)
    assert kind(one, [candidate(2, 0.97), candidate(1, 0.96)]) == ("review", None)
    assert kind(one, unlikely) == ("review", None)
    assert kind(one, []) == ("review", None)
    assert kind(Named({2: ("gtin",)}), likely, ACCEPTED) == ("review", None)
    assert kind(Named({1: ("gtin",), 2: ("mpn",)}), likely, ACCEPTED) == ("review", None)
    assert kind(Named({1: ("mpn",)}, frozenset({1})), likely, ACCEPTED) == ("review", None)
    assert kind(Named({}), likely, ACCEPTED) == ("accept", 1)
    assert kind(Named({}), [candidate(1, 0.9, has_other_gtin=True)], ACCEPTED) == ("review", None)
    assert kind(Named({2: ("gtin",)}), likely, ACCEPTED, is_weighed=True) == ("accept", 1)
    assert kind(Named({2: ("gtin",)}), likely, is_weighed=True) == ("review", None)
    assert kind(Named({1: ("gtin",), 2: ("mpn",)}), likely, ACCEPTED, is_weighed=True) == ("review", None)
    # Sizes share the maker's number, and the GTIN says which.
    assert kind(Named({1: ("gtin", "mpn"), 2: ("mpn",)}, frozenset({2})), likely) == ("accept", 1)
    assert kind(Named({1: ("gtin", "mpn"), 2: ("gtin", "mpn")}), likely) == ("review", None)
