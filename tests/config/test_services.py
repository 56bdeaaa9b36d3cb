"""The embedded servers, started and stopped for real in a folder of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import services


@pytest.mark.parametrize(
    ("argv", "needed"),
    [
        (["manage.py", "migrate"], True),
        (["manage.py", "services", "down"], False),
        (["manage.py", "embed", "--help"], False),
        (["manage.py"], False),
    ],
)
def test_commands_start_what_they_need(argv: list[str], needed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert services.needed_by(argv) is needed


def test_given_addresses_embed_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/kindred")
    monkeypatch.setenv("REDIS_URL", "redis://cache:6379/1")
    assert services.status() == {"postgres": "external", "redis": "external"}
    assert services.broker_url() == "redis://cache:6379/1"
    assert not services.needed_by(["manage.py", "migrate"])


def test_a_socket_path_that_is_too_long_gets_a_short_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KINDRED_HOME", str(tmp_path / ("x" * 100)))
    assert len(str(services.redis_socket())) <= services.SOCKET_PATH_LIMIT


def test_a_secret_is_made_once_and_kept_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KINDRED_HOME", str(tmp_path / "home"))
    first = services.secret_key()
    assert services.secret_key() == first
    assert len(first) > 50
    assert (tmp_path / "home" / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_up_down_and_up_again_keeps_the_data(tmp_path: Path) -> None:
    environment = {**os.environ, "KINDRED_HOME": str(tmp_path / "home")}

    def command(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=services.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    up, down = '{"postgres": "up", "redis": "up"}', '{"postgres": "down", "redis": "down"}'
    try:
        assert up in command("services", "up")
        command("migrate", "--verbosity", "0")
        command("create_store", "kept")
        assert down in command("services", "down")
        assert down in command("services", "status")
        assert "kept" in command("shell", "-c", "print(Store.objects.get().slug)")
    finally:
        command("services", "down")
