import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from recommender.matching.scoring import load_matcher
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


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("train_matcher", "--pairs", tmp_path / "nowhere", "--out", tmp_path / "m")


@pytest.mark.parametrize("share", ["0", "1.5", "much"])
def test_shares_are_shares(pairs: Path, tmp_path: Path, share: str) -> None:
    with pytest.raises(CommandError, match="--precision"):
        call_command("train_matcher", "--pairs", str(pairs), "--out", str(tmp_path / "m"), f"--precision={share}")
