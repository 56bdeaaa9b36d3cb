import json

import pytest
from django.core.management import CommandError, call_command

from recommender.models import MatcherVersion
from recommender.services.matchers import LearnedFrom, activate_version, active_matcher, add_version


def test_offers_are_matched_here_and_now(store, embedded_shop, offers, capsys):
    offers("A-1", title="stoneware mug red")
    offers("A-2", title="garden hose twenty metres")
    call_command("match_offers")
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "matched": 2,
        "linked": 1,
        "new": 1,
        "claimed_by_others": 0,
    }
    call_command("match_offers")
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"matched": 0, "claimed_by_others": 0}


def test_versions_are_kept_used_and_given_back(store, tmp_path, capsys):
    file = tmp_path / "matcher"
    file.write_text("0.8 0.2")
    call_command("matchers", "add", str(file))
    assert active_matcher(store).number is None
    call_command("matchers", "activate", "1")
    call_command("matchers", "list")
    assert active_matcher(store).matcher.accept_at == 0.8
    assert "1 (in use)" in capsys.readouterr().out
    call_command("matchers", "rollback")
    assert active_matcher(store).number is None


def test_a_file_is_kept_once(store, other_store, tmp_path, capsys):
    file, other = tmp_path / "matcher", tmp_path / "other"
    file.write_text("0.8 0.2")
    other.write_text("0.7 0.2")
    for each in (file, other, file):
        call_command("matchers", "add", str(each))
    assert capsys.readouterr().out.splitlines()[-1] == "The store has it already: version 1."
    call_command("matchers", "activate", "2")
    call_command("matchers", "add", str(other))
    assert capsys.readouterr().out.splitlines()[-1] == "The store has it already: version 2 (in use)."
    assert store.matchers.count() == 2
    call_command("matchers", "add", str(file), "--store", other_store.slug)
    assert list(other_store.matchers.values_list("number", flat=True)) == [1]


def test_the_list_tells_what_versions_are_made_of_and_why_they_are_used(store, capsys):
    add_version(store=store, artifact=b"0.8 0.2", metrics={"f1": 0.8}, made_by="manage.py")
    learned = LearnedFrom(last_decision=7, decisions_sha256="0" * 64)
    add_version(store=store, artifact=b"", metrics={}, reason="not surely better: ...", learned=learned)
    alone = LearnedFrom(last_decision=9, decisions_sha256="1" * 64)
    activate_version(version=add_version(store=store, artifact=b"", metrics={}, learned=alone), by="user ann")
    call_command("matchers", "list")
    third, second, first, missing = capsys.readouterr().out.splitlines()
    assert third.startswith("3 (in use) | ") and third.endswith(" | learned from decisions | {}")
    assert second.startswith("2 | ")
    assert second.endswith(" | learned from decisions | not surely better: ... | {}")
    assert first.startswith("1 | ") and first.endswith(' | from a file | {"f1": 0.8}')
    assert missing.startswith("Nothing is learned tonight: 0 accepted and 0 refused since a version learned")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["matchers", "activate", "7"], "no version 7"),
        (["matchers", "rollback"], "shipped model is in use already"),
        (["matchers", "add", "nowhere"], "^nowhere can't be used: No such file or directory\\.$"),
        (["matchers", "--store", "other", "list"], "no store 'other'"),
        (["matchers", "list", "--store", "other"], "no store 'other'"),
        (["match_offers", "--store", "other"], "no store 'other'"),
    ],
)
def test_what_can_not_be_is_told(store, arguments, told):
    with pytest.raises(CommandError, match=told):
        call_command(*arguments)
    assert not MatcherVersion.objects.exists()


def test_a_file_that_is_no_model_is_not_kept(store, tmp_path):
    file = tmp_path / "matcher"
    file.write_text("nonsense")
    with pytest.raises(CommandError):
        call_command("matchers", "add", str(file))
    assert not MatcherVersion.objects.exists()
