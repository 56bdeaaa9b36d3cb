import importlib
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test.utils import override_settings

from embeddings import pair_reading
from embeddings.encoders import EncoderUnavailable, cross_encoder
from recommender.matching.asked import read_offer
from recommender.matching.items import Item
from recommender.matching.reading import ReadingRecipe
from recommender.matching.scoring import READ_TOGETHER, save_matcher
from recommender.matching.training import train_matcher
from recommender.models import MatcherUse, MatcherVersion
from recommender.querysets import due_offers
from recommender.services.match_questions import ask
from recommender.services.matchers import (
    NoEarlierVersionError,
    activate_version,
    active_matcher,
    active_version_id,
    add_version,
    check_artifact,
    roll_back,
)
from recommender.services.matching import match_offers
from tests.embeddings.encoders.cross_pairs import RECIPE, make_texts
from tests.recommender.matching.synthetic import QUICK


def test_versions_are_taken_and_given_back_one_by_one(store, other_store):
    first = add_version(store=store, artifact=b"0.8 0.2", metrics={"f1": 0.8})
    second = add_version(store=store, artifact=b"0.7 0.1", metrics={"f1": 0.9})
    assert (first.number, second.number, active_matcher(store).number) == (1, 2, None)
    activate_version(version=first, by="user ann")
    activate_version(version=second, by="user ann")
    assert (active_matcher(store).number, active_matcher(store).matcher.accept_at) == (2, 0.7)
    assert roll_back(store=store) == first
    assert (active_matcher(store).number, active_matcher(store).matcher.accept_at) == (1, 0.8)
    assert roll_back(store=store) is None
    assert (active_matcher(store).number, active_matcher(store).matcher.accept_at) == (None, 0.9)
    with pytest.raises(NoEarlierVersionError):
        roll_back(store=store)
    assert active_matcher(other_store).number is None
    assert MatcherVersion.objects.filter(is_active=True).count() == 0


def test_a_version_that_was_rolled_back_from_is_not_what_the_next_one_replaced(store):
    first, bad, worse = (add_version(store=store, artifact=b"0.8 0.2", metrics={}) for _ in range(3))
    activate_version(version=first, by="user ann")
    for version in (bad, worse):
        activate_version(version=version, by="user ann")
        assert roll_back(store=store) == first
    activate_version(version=bad, by="user ann")
    activate_version(version=first, by="user ann")
    assert [roll_back(store=store) for _ in range(3)] == [bad, first, None]
    activate_version(version=worse, by="user ann")
    activate_version(version=worse, by="user ann")
    assert roll_back(store=store) is None


def test_what_was_put_to_use_before_this_was_remembered_is_gone_back_to(store):
    first, second, undone = (add_version(store=store, artifact=b"0.8 0.2", metrics={}) for _ in range(3))
    for version in (first, second, undone):
        activate_version(version=version, by="user ann")
    roll_back(store=store)
    MatcherUse.objects.all().delete()
    importlib.import_module("recommender.migrations.0016_matcher_uses").remember_uses(apps, None)
    assert MatcherUse.objects.filter(undone_at=None).count() == 2
    assert [roll_back(store=store) for _ in range(2)] == [first, None]


@pytest.fixture(scope="module")
def joined(tiny_encoder: Path) -> bytes:
    texts, labels = make_texts(150)
    reading = ReadingRecipe(str(tiny_encoder), folds=2, training=replace(RECIPE, epochs=4))
    pairs = [(Item(one), Item(other)) for one, other in texts]
    return save_matcher(train_matcher(pairs, labels.tolist(), recipe=QUICK, reading=reading))


@override_settings(KINDRED_MATCHER="recommender.matching.trained.load_matcher")
def test_a_version_with_a_reader_scores_the_offers_of_its_store_alone(
    store, other_store, joined, embedded_shop, other_shop, offers
):
    version = add_version(store=store, artifact=joined, metrics={})
    activate_version(version=version, by="user ann")
    own, theirs = offers("A-1", title="stoneware mug red"), offers("B-1", store=other_store, title="stoneware mug red")
    match_offers(store=store, offer_ids=[own.pk])
    match_offers(store=other_store, offer_ids=[theirs.pk])
    assert active_matcher(store).matcher is active_matcher(store).matcher
    answer = ask(store=store, offer=read_offer(own), photo=None, limit=5)
    assert answer.version == 1
    assert any(READ_TOGETHER in each.contributions for each in own.candidates.all())
    assert not any(READ_TOGETHER in each.contributions for each in theirs.candidates.all())


@override_settings(KINDRED_MATCHER="recommender.matching.trained.load_matcher")
def test_a_version_whose_text_model_is_gone_is_told_when_kept_and_when_asked(
    store, joined, embedded_shop, offers, tmp_path, monkeypatch
):
    file = tmp_path / "matcher"
    file.write_bytes(joined)
    assert check_artifact(file)["pairs"] == 150
    pair_reading._open.cache_clear()
    cross_encoder._open_base.cache_clear()
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if "encoder" not in Path(entry).name])
    importlib.invalidate_caches()
    sys.modules.pop("tiny_reader_model", None)
    with pytest.raises(EncoderUnavailable, match="not installed"):
        check_artifact(file)
    with pytest.raises(CommandError, match="not installed"):
        call_command("matchers", "add", str(file))
    activate_version(version=add_version(store=store, artifact=joined, metrics={}), by="user ann")
    offer = offers("A-1", title="stoneware mug red")
    with pytest.raises(EncoderUnavailable, match="not installed"):
        match_offers(store=store, offer_ids=[offer.pk])
    assert due_offers(store, version_id=active_version_id(store)).filter(pk=offer.pk).exists()
