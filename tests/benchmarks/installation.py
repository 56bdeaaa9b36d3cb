"""Where benchmarks run: an installation of their own in `.kindred-bench`, with real services, empty at first."""

from __future__ import annotations

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
HOME = BASE_DIR / ".kindred-bench"


def prepare() -> None:
    """Point every setting at the benchmarks' own home, then load Django. Comes before any import of an app.

    External services are left alone whatever the environment says: the database is dropped at every run.
    """
    for name in ("DATABASE_URL", "REDIS_URL", "KINDRED_ENCODER", "KINDRED_MEDIA_ROOT", "KINDRED_STATIC_ROOT"):
        os.environ.pop(name, None)
    os.environ["KINDRED_HOME"] = str(HOME)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ.setdefault("KINDRED_LOG_LEVEL", "WARNING")
    start_services()

    import django

    django.setup()
    from django.conf import settings

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def start_services() -> None:
    from config import services

    services.up()


def stop_services() -> None:
    from config import services

    leave_database()
    services.down()


def recreate_database() -> None:
    """An empty, migrated database and an empty Redis."""
    import psycopg
    import redis
    from django.core.management import call_command

    from config import services

    leave_database()
    maintenance = services.database_url().replace(f"/{services.DATABASE_NAME}?", "/postgres?")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{services.DATABASE_NAME}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{services.DATABASE_NAME}"')
    with redis.Redis.from_url(services.redis_url()) as client:
        client.flushall()
    call_command("migrate", verbosity=0, interactive=False)


def leave_database() -> None:
    """Give back every connection of this process, the pool's too."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()
