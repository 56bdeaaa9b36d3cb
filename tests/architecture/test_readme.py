"""What the README promises exists, and what exists is in the README."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

from config import services

README = (services.BASE_DIR / "README.md").read_text()
APPS = {"config", "catalog", "embeddings", "recommender"}


def settings_read() -> set[str]:
    """Every name passed to a reader of `config.env`."""
    sources = [path.read_text() for path in Path(services.BASE_DIR, "config").glob("*.py")]
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', "\n".join(sources)))


def endpoints() -> set[str]:
    def walk(resolver: URLResolver, prefix: str) -> set[str]:
        found: set[str] = set()
        for pattern in resolver.url_patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                found |= walk(pattern, path)
            elif isinstance(pattern, URLPattern) and path.startswith("api/v1/"):
                found.add("/" + re.sub(r"<\w+:(\w+)>", r"{\1}", path))
        return found

    return walk(get_resolver(), "")


def test_there_is_something_to_document() -> None:
    assert len(settings_read()) > 15
    assert len(endpoints()) > 8


@pytest.mark.parametrize("name", sorted(settings_read()))
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("path", sorted(endpoints()))
def test_every_endpoint_is_documented(path: str) -> None:
    assert path in README


@pytest.mark.parametrize("command", sorted(name for name, app in get_commands().items() if app in APPS))
def test_every_command_is_documented(command: str) -> None:
    assert f"`{command}" in README or f"manage.py {command}" in README


def test_every_target_is_in_the_help() -> None:
    makefile = (services.BASE_DIR / "Makefile").read_text()
    for target in re.findall(r"`make (\w+)`", README):
        assert re.search(rf"^{target}:.*##", makefile, re.MULTILINE), target
