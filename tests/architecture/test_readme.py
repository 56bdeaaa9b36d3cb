"""What the README promises exists, and what exists is in the README."""

import re
from argparse import ArgumentParser, _SubParsersAction
from pathlib import Path

import pytest
from django.core.management import BaseCommand, get_commands, load_command_class
from django.urls import URLPattern, URLResolver, get_resolver

from catalog.api.permissions import scopes_for
from config import services

README = (services.BASE_DIR / "README.md").read_text()
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
APPS = {"config", "catalog", "embeddings", "recommender"}
COMMANDS = sorted(name for name, app in get_commands().items() if app in APPS)

Door = tuple[str, str, tuple[str, ...]]


def settings_read() -> set[str]:
    """Every name passed to a reader of `config.env`."""
    sources = [path.read_text() for path in Path(services.BASE_DIR, "config").glob("*.py")]
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', "\n".join(sources)))


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


def options(command: str) -> set[str]:
    """What it takes beyond what every command of Django's does, its acts included."""

    def read(parser: ArgumentParser) -> set[str]:
        acts = [action.choices.values() for action in parser._actions if isinstance(action, _SubParsersAction)]
        own = {option for action in parser._actions for option in action.option_strings}
        return own.union(*(read(act) for each in acts for act in each))

    ours = load_command_class(get_commands()[command], command).create_parser("manage.py", command)
    return read(ours) - read(BaseCommand().create_parser("manage.py", command))


def test_there_is_something_to_document() -> None:
    assert len(settings_read()) > 15
    assert len(doors()) > 40
    assert options("spaces") >= {"--store", "--encoder"}


@pytest.mark.parametrize("name", sorted(settings_read()))
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("door", sorted(doors() | documented_doors()), ids=lambda door: " ".join(door[:2]))
def test_every_endpoint_is_documented_with_its_methods_and_scopes(door: Door) -> None:
    assert door in doors()
    assert door in documented_doors()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"`{command}" in README or f"manage.py {command}" in README


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_documented_with_its_command(command: str) -> None:
    rows = "\n".join(line for line in README.splitlines() if line.startswith(f"| `manage.py {command}"))
    unnamed = {option for option in options(command) if not re.search(rf"(?<![\w-]){option}(?![\w-])", rows)}
    assert unnamed <= {"--store"}  # of all commands alike


def test_every_target_is_in_the_help() -> None:
    makefile = (services.BASE_DIR / "Makefile").read_text()
    for target in re.findall(r"`make (\w+)`", README):
        assert re.search(rf"^{target}:.*##", makefile, re.MULTILINE), target
