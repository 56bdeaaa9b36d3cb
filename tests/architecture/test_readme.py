"""What the README promises exists, and what exists is in the README."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

from catalog.api.permissions import scopes_for
from config import services

README = (services.BASE_DIR / "README.md").read_text()
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
APPS = {"config", "catalog", "embeddings", "recommender"}


def settings_read() -> set[str]:
    """Every name passed to a reader of `config.env`."""
    sources = [path.read_text() for path in Path(services.BASE_DIR, "config").glob("*.py")]
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', "\n".join(sources)))


Door = tuple[str, str, tuple[str, ...]]


def doors() -> set[Door]:
    """Method, address and the scopes it takes, of every endpoint."""

    def walk(resolver: URLResolver, prefix: str) -> set[Door]:
        found: set[Door] = set()
        for pattern in resolver.url_patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                found |= walk(pattern, path)
            elif isinstance(pattern, URLPattern) and path.startswith("api/v1/"):
                view, spelt = pattern.callback.view_class, "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", path)
                for method in METHODS:
                    if hasattr(view, method.lower()):
                        found.add((method, spelt, scopes_for(view.required_scope, method)))
        return found

    return walk(get_resolver(), "")


def documented_doors() -> set[Door]:
    """The same as the table has it. Of `read`, `catalog` the first is for reading, the second for writing."""
    found: set[Door] = set()
    for named, path, scope in re.findall(r"^\| (`[A-Z].*?) (/api/v1/\S+)` \|.*\| (.+?) \|$", README, re.MULTILINE):
        reading, _, writing = scope.partition(", ")
        for method in re.findall(r"[A-Z]+", named):
            asked = writing if writing and method != "GET" else reading
            found.add((method, path, tuple(re.findall(r"\w+(?=`)", asked))))
    return found


def test_there_is_something_to_document() -> None:
    assert len(settings_read()) > 15
    assert len(doors()) > 40


@pytest.mark.parametrize("name", sorted(settings_read()))
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("door", sorted(doors() | documented_doors()), ids=lambda door: " ".join(door[:2]))
def test_every_endpoint_is_documented_with_its_methods_and_scopes(door: Door) -> None:
    assert door in doors()
    assert door in documented_doors()


@pytest.mark.parametrize("command", sorted(name for name, app in get_commands().items() if app in APPS))
def test_every_command_is_documented(command: str) -> None:
    assert f"`{command}" in README or f"manage.py {command}" in README


def test_every_target_is_in_the_help() -> None:
    makefile = (services.BASE_DIR / "Makefile").read_text()
    for target in re.findall(r"`make (\w+)`", README):
        assert re.search(rf"^{target}:.*##", makefile, re.MULTILINE), target
