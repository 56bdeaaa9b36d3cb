import os
import subprocess
import sys

import pytest
from django.core.checks import run_checks

from config import services
from config.checks import check_pgvector, check_settings


def ids(messages: list) -> list[str]:
    return [message.id for message in messages]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("KINDRED_EMBED_BATCH", 0, "kindred.E001"),
        ("KINDRED_ENCODER_DTYPE", "int3", "kindred.E002"),
        ("KINDRED_ENCODER", "./no/such/folder", "kindred.E003"),
        ("KINDRED_FUSION", "nuclear", "kindred.E004"),
        ("KINDRED_QUERY_CACHE_SLOTS", -1, "kindred.E006"),
        ("KINDRED_RANKING_DAYS", 0, "kindred.E005"),
        ("KINDRED_BEHAVIOUR_DIMS", -1, "kindred.E007"),
        ("KINDRED_BEHAVIOUR_DIMS", 513, "kindred.E007"),
        ("KINDRED_LEARN_DECISIONS", 5_001, "kindred.E008"),
        ("KINDRED_LEARN_OF_EACH", 24, "kindred.E008"),
        ("KINDRED_STALE_SECONDS", -1, "kindred.E009"),
        ("KINDRED_STALE_SECONDS", 61, "kindred.E009"),
        ("KINDRED_STATEMENT_SECONDS", -1, "kindred.E013"),
        ("SECRET_KEY", "change-me-to-50-random-characters", "kindred.E014"),
    ],
)
def test_wrong_settings_are_found_with_a_hint(
    name: str, value: object, expected: str, settings: pytest.FixtureRequest
) -> None:
    setattr(settings, name, value)
    found = check_settings(None)
    assert ids(found) == [expected]
    assert found[0].hint


def test_the_file_of_secrets_is_in_no_image_and_no_commit_and_its_example_holds_none() -> None:
    for name in (".gitignore", ".dockerignore"):
        assert ".env" in (services.BASE_DIR / name).read_text().splitlines()
    example = (services.BASE_DIR / ".env.example").read_text().splitlines()
    assert {"SECRET_KEY=", "POSTGRES_PASSWORD="} <= set(example)


def test_ours_are_right() -> None:
    assert not run_checks()


@pytest.mark.django_db
def test_the_database_has_a_pgvector_that_is_new_enough() -> None:
    assert check_pgvector(None, databases=["default"]) == []


def test_deployment_is_clean_under_production_settings() -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": services.database_url(),
        "REDIS_URL": services.redis_url(),
        "SECRET_KEY": "f9W-not-used-anywhere-else-Jc3_kL0pQ2rS4tU6vX8yZ1aB3dE5gH7",
        "KINDRED_HTTPS": "1",
        "KINDRED_ALLOWED_HOSTS": "shop.example",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=services.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
