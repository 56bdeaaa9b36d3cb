import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from recommender.matching.scoring import load_matcher
from tests.recommender.matching.synthetic import make_pairs


def write(path: Path, count: int, seed: int) -> Path:
    rows = [
        {"left": {"title": a.title, "price": str(a.price)}, "right": {"title": b.title}, "label": int(is_match)}
        for (a, b), is_match in zip(*make_pairs(count, seed=seed), strict=True)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def train(tmp_path: Path) -> Path:
    return write(tmp_path / "train.jsonl", 200, 1)


@pytest.fixture
def valid(tmp_path: Path) -> Path:
    return write(tmp_path / "valid.jsonl", 90, 2)


def test_the_shipped_matcher_is_measured(valid: Path, tmp_path: Path, capsys) -> None:
    call_command("evaluate_matching", "--pairs", valid, "--plots", tmp_path / "plots")
    told = json.loads(capsys.readouterr().out)
    assert told["matcher"] == load_matcher().version
    report = told["files"]["valid.jsonl"]
    assert (report["pairs"], report["matches"]) == (90, 30)
    assert report["average_precision"] > 0.8
    assert "seen" not in report
    with Image.open(tmp_path / "plots" / "valid.png") as plot:
        assert plot.format == "PNG"


@pytest.mark.slow
def test_training_first_leaves_out_what_is_measured_and_tells_seen_from_unseen(
    train: Path, valid: Path, capsys
) -> None:
    with valid.open("a") as file:
        file.write(train.read_text().splitlines()[0] + "\n")
    call_command("evaluate_matching", "--train", train, valid, "--pairs", valid, "--ablate")
    report = json.loads(capsys.readouterr().out)["files"]["valid.jsonl"]
    assert report["pairs"] == 91
    assert report["seen"] is None
    assert report["unseen"]["pairs"] == 91
    assert report["ablation"]["image"] is None
    assert report["ablation"]["text"]["counts"]["f1"] > 0.9


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--ablate"], "give --train"),
        (["--matcher", "/nowhere"], "^/nowhere can't be used: No such file or directory"),
        (["--scorer", "cross-encoder"], "give --train files"),
        (["--encoder", "fake:no"], "fake"),
    ],
)
def test_what_can_not_be_measured(valid: Path, options: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        call_command("evaluate_matching", "--pairs", str(valid), *options)


def test_a_file_that_is_no_matcher(valid: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no matcher"):
        call_command("evaluate_matching", "--pairs", str(valid), "--matcher", str(valid))
