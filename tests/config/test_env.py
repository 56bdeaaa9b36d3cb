from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


def test_a_database_address_over_tcp() -> None:
    found = env.database("postgresql://shop:p%40ss@db.example:5433/kindred?sslmode=require")
    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "kindred",
        "USER": "shop",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_database_address_over_a_socket() -> None:
    found = env.database("postgresql://postgres:@/kindred?host=/run/pg")
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/run/pg", "", {})


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda: env.integer("KINDRED_X", 1), "many"),
        (lambda: env.flag("KINDRED_X", default=False), "maybe"),
        (lambda: env.database("mysql://x"), ""),
    ],
)
def test_what_cannot_be_read_is_named(read: object, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDRED_X", value)
    with pytest.raises(ImproperlyConfigured, match=r"KINDRED_X|DATABASE_URL"):
        read()  # type: ignore[operator]


def test_empty_means_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KINDRED_X", " ")
    assert env.integer("KINDRED_X", 7) == 7
    assert env.text("KINDRED_X", "a") == "a"
    assert env.path("KINDRED_X", tmp_path) == tmp_path.resolve()
    assert env.words("KINDRED_X", "a, b,") == ["a", "b"]
