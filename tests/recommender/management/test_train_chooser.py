import csv
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from recommender.matching.choosing import Chooser
from recommender.matching.trained import load_matcher
from recommender.models import MatcherVersion
from recommender.services.match_questions import ask
from recommender.services.matchers import activate_version, add_version
from recommender.services.offer_trials import know_offers, read_truth


@pytest.fixture
def file(truth: dict[tuple[str, str], str], tmp_path: Path) -> Path:
    return write_truth(tmp_path / "truth.csv", truth)


def write_truth(path: Path, truth: dict[tuple[str, str], str]) -> Path:
    with path.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["supplier", "supplier_sku", "sku"])
        writer.writerows([*key, sku] for key, sku in truth.items())
    return path


def test_a_trained_one_goes_to_use(store, truth, file: Path, tmp_path: Path, capsys, settings):
    settings.KINDRED_MATCHER = "recommender.matching.trained.load_matcher"
    out = tmp_path / "new" / "matcher.safetensors"
    call_command("train_chooser", "--truth", file, "--out", out)
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (summary["offers"], summary["matches"]) == (80, 60)
    assert isinstance(load_matcher(out), Chooser)

    version = add_version(store=store, artifact=out.read_bytes(), metrics={})
    activate_version(version=version, by="test")
    assert MatcherVersion.objects.get(store=store, is_active=True) == version
    [known] = know_offers(store, {("nord", "A-1"): truth["nord", "A-1"]})
    answer = ask(store=store, offer=known.seen.facts, photo=None, limit=5)
    assert answer.version == version.number
    assert answer.products[answer.candidates[0].product_id].sku == truth["nord", "A-1"]
    assert sum(each.probability for each in answer.candidates) <= 1
    assert "rivals" in answer.candidates[0].contributions


def test_evaluation_tells_a_table_json_and_pictures(store, file: Path, tmp_path: Path, capsys):
    call_command("evaluate_matching", "--truth", file, "--folds", "4", "--plots", tmp_path / "plots")
    lines = capsys.readouterr().out.splitlines()
    report = json.loads(lines[-1])["both"]
    assert (report["offers"], report["matches"], report["blocking_recall"]) == (80, 60, 1.0)
    assert lines[0].split() == ["both"]
    assert json.loads(lines[-1])["learned"] == 80
    assert (tmp_path / "plots" / "offers-both.png").read_bytes().startswith(b"\x89PNG")


def test_offers_of_other_files_are_learned_from(store, truth, tmp_path: Path, capsys):
    asked = write_truth(tmp_path / "asked.csv", dict(list(truth.items())[:40]))
    more = write_truth(tmp_path / "more.csv", dict(list(truth.items())[40:]))
    call_command("evaluate_matching", "--truth", asked, "--learn", asked, more, "--folds", "4")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["both"]["offers"], told["learned"]) == (40, 80)
    call_command("train_chooser", "--truth", asked, more, "--out", tmp_path / "matcher.safetensors")
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["offers"] == 80
    with pytest.raises(CommandError, match="give --truth too"):
        call_command("evaluate_matching", "--pairs", asked, "--learn", more)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--store", "nowhere"], "no store 'nowhere'"),
        (["--truth", "nowhere.csv"], "^nowhere.csv can't be used: No such file or directory"),
    ],
)
@pytest.mark.parametrize("command", ["train_chooser", "evaluate_matching"])
def test_what_cannot_be_done_is_said(store, file: Path, tmp_path: Path, command: str, arguments: list[str], why: str):
    out = ["--out", str(tmp_path / "out")] if command == "train_chooser" else []
    with pytest.raises(CommandError, match=why):
        call_command(command, "--truth", str(file), *out, *arguments)


def test_a_table_of_a_spreadsheet_is_read(store, file: Path, tmp_path: Path, capsys):
    marked, latin = tmp_path / "marked.csv", tmp_path / "latin.csv"
    marked.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    latin.write_bytes(file.read_bytes() + "küche,1,\n".encode("latin-1"))
    assert read_truth(marked) == read_truth(file)
    with pytest.raises(CommandError, match=r"latin\.csv is no CSV in UTF-8"):
        call_command("evaluate_matching", "--truth", str(latin))


def test_ways_of_evaluating_are_not_mixed(store, file: Path):
    with pytest.raises(CommandError, match="leave out --train and --matcher"):
        call_command("evaluate_matching", "--truth", file, "--train", file)
    with pytest.raises(CommandError, match="at least 2 folds"):
        call_command("evaluate_matching", "--truth", str(file), "--folds", "1")
