import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from recommender.matching.scoring import READ_TOGETHER, load_matcher
from tests.embeddings.encoders.cross_pairs import make_texts
from tests.recommender.matching.synthetic import make_pairs


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.jsonl"
    rows = [
        {"left": {"title": a.title, "price": str(a.price)}, "right": {"title": b.title}, "label": int(is_match)}
        for (a, b), is_match in zip(*make_pairs(150), strict=True)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_writes_a_matcher_and_says_what_it_is_worth(pairs: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "new" / "matcher.safetensors"
    call_command("train_matcher", "--pairs", pairs, "--out", out, "--precision", "0.9")
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    matcher = load_matcher(out)
    assert (summary["pairs"], summary["matches"]) == (150, 50)
    assert summary["thresholds"] == vars(matcher.limits)
    assert matcher.metrics["recipe"]["precision"] == 0.9


def test_pairs_of_other_files_are_left_out(pairs: Path, tmp_path: Path, capsys) -> None:
    half = tmp_path / "half.jsonl"
    half.write_text("".join(pairs.read_text().splitlines(keepends=True)[:30]))
    out = tmp_path / "matcher.safetensors"
    call_command("train_matcher", "--pairs", pairs, "--without", half, "--out", out)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["pairs"] == 120


@pytest.mark.parametrize(
    ("text", "why"),
    [('{"left": {}}\n', "line 1: 'right' must be"), ("", "0 matches and 0 others")],
)
def test_what_can_not_be_learned_from(tmp_path: Path, text: str, why: str) -> None:
    path, out = tmp_path / "bad.jsonl", tmp_path / "matcher.safetensors"
    path.write_text(text)
    with pytest.raises(CommandError, match=why):
        call_command("train_matcher", "--pairs", path, "--out", out)
    assert not out.exists()


@pytest.mark.parametrize("option", ["--pairs", "--without", "--first"])
def test_a_file_that_is_not_there(pairs: Path, tmp_path: Path, option: str) -> None:
    given = {"--pairs": pairs, "--scorer": "cross-encoder", option: tmp_path / "nowhere", "--out": tmp_path / "m"}
    with pytest.raises(CommandError) as told:
        call_command("train_matcher", *(str(each) for pair in given.items() for each in pair))
    assert str(told.value) == f"{tmp_path}/nowhere can't be used: No such file or directory."


def test_half_of_a_gzipped_file(pairs: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.jsonl.gz"
    half.write_bytes(gzip.compress(pairs.read_bytes())[:500])
    with pytest.raises(CommandError, match=r"half\.jsonl\.gz is no text in UTF-8, or is not gzipped whole"):
        call_command("train_matcher", "--pairs", half, "--out", tmp_path / "m")


def test_what_can_not_be_written_is_told_before_anything_is_learned(pairs: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is a folder; name a file"):
        call_command("train_matcher", "--pairs", tmp_path / "nowhere", "--out", tmp_path)
    with pytest.raises(CommandError, match=r"pairs\.jsonl can't be used: File exists"):
        call_command("train_matcher", "--pairs", tmp_path / "nowhere", "--out", pairs / "m")


@pytest.mark.parametrize("option", ["--first", "--readers"])
def test_trees_have_no_readers(pairs: Path, tmp_path: Path, option: str) -> None:
    with pytest.raises(CommandError, match="--first and --readers are of --scorer cross-encoder"):
        call_command("train_matcher", "--pairs", str(pairs), "--out", str(tmp_path / "m"), option, str(pairs))


def test_pairs_need_a_file_to_go_to(pairs: Path) -> None:
    with pytest.raises(CommandError, match="--pairs needs --out"):
        call_command("train_matcher", "--pairs", pairs)


@pytest.mark.parametrize("sources", [[], ["--pairs", "p.jsonl", "--from-decisions"]])
def test_there_is_one_source(sources: list[str]) -> None:
    with pytest.raises(CommandError, match="--from-decisions"):
        call_command("train_matcher", *sources)


def test_reviewers_who_decided_nothing_teach_nothing(store) -> None:
    with pytest.raises(CommandError, match=r"Nothing was learned: 0 accepted and 0 refused .* it takes 200, and 50"):
        call_command("train_matcher", "--from-decisions")
    assert not store.matchers.exists()


def test_decisions_of_a_store_that_is_not_there(db) -> None:
    with pytest.raises(CommandError, match="no store 'nowhere'"):
        call_command("train_matcher", "--from-decisions", "--store", "nowhere")


@pytest.mark.parametrize("share", ["0", "1.5", "much"])
def test_shares_are_shares(pairs: Path, tmp_path: Path, share: str) -> None:
    with pytest.raises(CommandError, match="--precision"):
        call_command("train_matcher", "--pairs", str(pairs), "--out", str(tmp_path / "m"), f"--precision={share}")


def write_texts(path: Path, texts: list[tuple[str, str]], labels: np.ndarray) -> Path:
    rows = [
        {"left": {"title": one}, "right": {"title": other}, "label": int(label)}
        for (one, other), label in zip(texts, labels, strict=True)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_cross_encoder_joins_the_features(tiny_encoder: Path, tmp_path: Path, capsys) -> None:
    texts, labels = make_texts(200)
    pairs = write_texts(tmp_path / "pairs.jsonl", texts[:150], labels[:150])
    others = write_texts(tmp_path / "others.jsonl", texts[150:], labels[150:])
    out, readers = tmp_path / "matcher.safetensors", tmp_path / "readers"
    encoder, scorer = ["--encoder", str(tiny_encoder)], ["--scorer", "cross-encoder", "--readers", str(readers)]
    train = ["train_matcher", "--pairs", str(pairs), "--without", str(others), *encoder, *scorer, "--out"]
    call_command(*train, str(out))
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    matcher = load_matcher(out)
    assert matcher.columns[-1] == READ_TOGETHER
    assert summary["reading"]["folds"] == 3
    finished = {file: file.stat().st_mtime_ns for file in readers.iterdir()}
    assert len(finished) == 4

    evaluate = ["evaluate_matching", "--pairs", str(others), *encoder]
    call_command(*evaluate, "--matcher", str(out))
    told = json.loads(capsys.readouterr().out)
    call_command(*evaluate, "--train", str(pairs), *scorer)
    again = json.loads(capsys.readouterr().out)
    assert told["matcher"] == again["matcher"] == matcher.version
    assert told["files"]["others.jsonl"]["average_precision"] > 0.9
    assert again["files"]["others.jsonl"]["average_precision"] == told["files"]["others.jsonl"]["average_precision"]
    assert {file: file.stat().st_mtime_ns for file in readers.iterdir()} == finished

    for file in finished:
        file.write_bytes(b"half of it")
    with pytest.raises(CommandError, match="no reader of pairs"):
        call_command(*train, str(tmp_path / "other"))


def test_reading_may_be_learnt_from_other_pairs_first(tiny_encoder: Path, tmp_path: Path, capsys) -> None:
    texts, labels = make_texts(300)
    pairs = write_texts(tmp_path / "pairs.jsonl", texts[:150], labels[:150])
    spelt_so_here = [(f"{one}.", f"{other}.") for one, other in texts[150:]]
    others = write_texts(tmp_path / "others.jsonl", texts[100:150] + spelt_so_here, labels[100:])
    judged = write_texts(tmp_path / "judged.jsonl", texts[150:200], labels[150:200])
    reading = ["--scorer", "cross-encoder", "--encoder", str(tiny_encoder), "--first", str(others)]
    out = tmp_path / "matcher.safetensors"
    call_command("train_matcher", "--pairs", str(pairs), "--without", str(judged), "--out", str(out), *reading)
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (summary["pairs"], summary["reading"]["first"]) == (150, 150)

    call_command("evaluate_matching", "--pairs", str(judged), "--train", str(pairs), *reading)
    assert json.loads(capsys.readouterr().out)["matcher"] == load_matcher(out).version


@pytest.mark.parametrize(("count", "told"), [(0, "0 matches and 0 others"), (20, r"\d matches and 1\d others")])
def test_a_first_lesson_that_teaches_nothing(pairs: Path, tmp_path: Path, count: int, told: str) -> None:
    texts, labels = make_texts(count)
    first = write_texts(tmp_path / "first.jsonl", texts, labels)
    first.write_text(first.read_text() + pairs.read_text())
    reading = ["--scorer", "cross-encoder", "--first", str(first)]
    with pytest.raises(CommandError, match=f"Of the pairs of --first {told} are of nothing that comes later"):
        call_command("train_matcher", "--pairs", str(pairs), "--out", str(tmp_path / "m"), *reading)


@pytest.mark.parametrize("option", ["--out", "--without", "--first", "--readers"])
def test_decisions_are_no_pairs(store, pairs: Path, option: str) -> None:
    with pytest.raises(CommandError, match="go with --pairs"):
        call_command("train_matcher", "--from-decisions", option, str(pairs))


def test_too_few_pairs_cost_no_reader(pairs: Path, tmp_path: Path) -> None:
    few, readers = tmp_path / "few.jsonl", tmp_path / "readers"
    few.write_text("".join(pairs.read_text().splitlines(keepends=True)[:30]))
    with pytest.raises(CommandError, match="There are 10 matches"):
        call_command(
            "train_matcher", "--pairs", few, "--out", tmp_path / "m", "--scorer", "cross-encoder", "--readers", readers
        )
    assert not list(readers.iterdir())
