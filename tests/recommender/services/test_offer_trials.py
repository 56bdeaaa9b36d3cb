"""Matching tried on a store's own offers, with the truth beside them."""

from pathlib import Path

import pytest

from catalog.models import Offer, Product
from catalog.services.stores import create_store
from embeddings import inference
from embeddings.selectors import require_active_space
from recommender.matching.choosing_training import deal_folds
from recommender.matching.judging import gather
from recommender.matching.offer_reports import report_offers
from recommender.matching.training import Recipe, TooFewPairs
from recommender.services.matching import match_due
from recommender.services.offer_trials import (
    BOTH,
    IMAGE_ONLY,
    TEXT_ONLY,
    WAYS,
    MalformedTruth,
    know_decided,
    know_offers,
    line_up_offers,
    read_catalogue,
    read_truth,
    try_offers,
)
from tests.factories import make_products
from tests.recommender.conftest import KINDS, LINES, embed
from tests.recommender.matching.synthetic import QUICK


def test_what_is_learned_on_some_products_holds_for_the_others(store, truth):
    known = know_offers(store, truth)
    outcomes = try_offers(store, known, way=BOTH, folds=4, seed=3, learned=known)
    report = report_offers(outcomes, seed=3)
    assert (report.offers, report.matches) == (80, 60)
    assert report.blocking_recall == 1
    assert report.ranked_first > 0.9
    assert not Offer.objects.exclude(product=None).exists()  # it is a trial: nothing is linked


def test_a_family_and_what_is_nearest_to_it_are_never_parted(store, truth):
    known = know_offers(store, truth)
    groups = {each.group for each in known}
    assert groups == {f"family {line}-{kind}" for line in LINES for kind in KINDS}
    folds = deal_folds([each.group for each in known], count=4, seed=3)
    for group in groups:
        own = [fold for fold, each in zip(folds, known, strict=True) if each.group == group]
        assert len(own) >= 3
        assert len(set(own)) == 1


def test_nothing_of_a_folds_products_is_learned_from(store, truth, monkeypatch):
    known = know_offers(store, truth)
    learned = []
    from recommender.services import offer_trials

    train = offer_trials.train_chooser

    def listen(lineups, **options):
        learned.append(lineups)
        return train(lineups, **options | {"recipe": Recipe(rounds=5, ensembles=1)})

    monkeypatch.setattr(offer_trials, "train_chooser", listen)
    try_offers(store, known, way=BOTH, folds=4, seed=3, learned=known)
    folds = deal_folds([each.group for each in known], count=4, seed=3)
    assert len(learned) == 4
    for fold, lineups in enumerate(learned):
        away = {each.group.removeprefix("family ") for own, each in zip(folds, known, strict=True) if own == fold}
        assert away.isdisjoint(lineup.group.removeprefix("family ") for lineup in lineups)
        assert away.isdisjoint(product.variant_group for lineup in lineups for product in lineup.products)


def test_without_pictures_and_without_words_nothing_else_is_left(store, truth):
    known = know_offers(store, truth)
    assert WAYS[TEXT_ONLY](known[0].seen).image_vector is None
    silent = WAYS[IMAGE_ONLY](known[0].seen)
    assert (silent.item.title, silent.item.gtin, silent.text_vector) == ("", "", None)


def test_another_stores_offers_and_products_are_never_read(store, truth):
    other = create_store(slug="other")
    with pytest.raises(MalformedTruth, match="None of these offers"):
        know_offers(other, truth)
    [foreign] = make_products(other, [{"sku": "foreign", "title": "harbour mug, blush"}])
    with pytest.raises(MalformedTruth, match="no product 'foreign'"):
        know_offers(store, {("nord", "A-0"): "foreign"})
    lineups = line_up_offers(store, know_offers(store, truth))
    titles = {product.title for lineup in lineups for product in lineup.products}
    assert titles <= set(Product.objects.of(store).values_list("title", flat=True))
    assert len(read_catalogue(store)) == 60
    assert foreign.pk not in {each.product_id for each in know_offers(store, truth)}


def test_too_many_offers_are_refused_before_they_are_read(store, truth, monkeypatch):
    monkeypatch.setattr("recommender.services.offer_trials.MOST_OFFERS", 79)
    with pytest.raises(MalformedTruth, match="at most 79"):
        know_offers(store, truth)


def test_a_product_is_one_object_in_all_line_ups(store, truth):
    lineups = line_up_offers(store, know_offers(store, truth))
    products = {id(product) for lineup in lineups for product in lineup.products}
    assert len(products) == len({product.title for lineup in lineups for product in lineup.products})


def test_candidates_are_gathered_once_for_groups_trial_and_training(store, truth, monkeypatch):
    """But anew where offers are looked at in another way: without words others are found."""
    from recommender.services import offer_trials

    asked: list[int] = []

    def listen(store, space, offers, **more):
        asked.append(len(offers))
        return gather(store, space, offers, **more)

    monkeypatch.setattr(offer_trials, "gather", listen)
    known = know_offers(store, truth)
    assert sum(asked) == len(truth)
    lineups = line_up_offers(store, known)
    try_offers(store, known, way=BOTH, folds=4, seed=3, learned=known, recipe=QUICK)
    assert sum(asked) == len(truth)
    again = [each.gathered.sources for each in know_offers(store, truth)]
    assert [each.gathered.sources for each in known] == again
    assert [len(lineup.products) for lineup in lineups] == [len(each) for each in again]
    asked.clear()
    with pytest.raises(TooFewPairs):  # nothing is found without words and pictures
        try_offers(store, known, way=IMAGE_ONLY, folds=4, seed=3, learned=known, recipe=QUICK)
    assert sum(asked) == len(truth)


def test_too_few_offers_are_refused(store, truth):
    few = dict(list(truth.items())[:10])
    known = know_offers(store, few)
    with pytest.raises(TooFewPairs):
        try_offers(store, known, way=BOTH, folds=2, seed=3, learned=known)


def test_offers_are_asked_about_that_nothing_is_learned_from_and_the_other_way_round(store, truth, monkeypatch):
    fresh, others = dict(list(truth.items())[::8]), {key: truth[key] for at, key in enumerate(truth) if at % 8}
    asked, taught = know_offers(store, fresh), know_offers(store, others)
    learned = []
    from recommender.services import offer_trials

    train = offer_trials.train_chooser

    def listen(lineups, **options):
        learned.append(lineups)
        return train(lineups, **options)

    monkeypatch.setattr(offer_trials, "train_chooser", listen)
    outcomes = try_offers(store, asked, way=BOTH, folds=5, seed=3, learned=taught)
    assert [each.wanted for each in outcomes] == [each.product_id for each in asked]
    assert report_offers(outcomes, seed=3).ranked_first > 0.9
    folds = deal_folds([each.group for each in asked], count=5, seed=3)
    titles = {each.seen.item.title for each in taught}
    for fold, lineups in enumerate(learned):
        away = {each.group for own, each in zip(folds, asked, strict=True) if own == fold}
        assert {lineup.offer.title for lineup in lineups} <= titles
        assert len(lineups) == sum(each.group not in away for each in taught)
        assert away.isdisjoint(f"family {product.variant_group}" for lineup in lineups for product in lineup.products)


def test_a_file_of_truth_is_read_or_refused(tmp_path: Path):
    path = tmp_path / "truth.csv"
    path.write_text("supplier,supplier_sku,sku,why\nnord,1,mug,x\nnord,2,,\n")
    assert read_truth(path) == {("nord", "1"): "mug", ("nord", "2"): ""}
    more = tmp_path / "more.csv"
    more.write_text("supplier,supplier_sku,sku\nnord,2,cup\nSud,1,mug\n")
    assert read_truth(path, more) == {("nord", "1"): "mug", ("nord", "2"): "cup", ("sud", "1"): "mug"}
    path.write_text("supplier,sku\n")
    with pytest.raises(MalformedTruth, match="no column supplier_sku"):
        read_truth(path)


def test_what_people_decided_is_known_as_from_a_file_and_asks_no_encoder(store, truth):
    embed(store)
    match_due(store=store)
    known = know_offers(store, truth)
    products = dict(Product.objects.values_list("sku", "pk"))
    rows = Offer.objects.order_by("pk").values_list("pk", "supplier__slug", "supplier_sku")
    answers = {pk: products.get(truth[slug, number]) for pk, slug, number in rows}
    model = inference.model_of(require_active_space(store))
    asked = model.text_calls, model.image_calls
    decided = know_decided(store, answers)
    assert (model.text_calls, model.image_calls) == asked
    assert [(each.product_id, each.group) for each in decided.values()] == [
        (each.product_id, each.group) for each in known
    ]
    assert [str(lineup.offer.text_vector) for lineup in line_up_offers(store, list(decided.values()))] == [
        str(lineup.offer.text_vector) for lineup in line_up_offers(store, known)
    ]
    assert know_decided(create_store(slug="other"), answers) == {}
