"""What a command says of files that it can't use."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.management.base import CommandError


def spell_os_error(error: OSError) -> str:
    """Which file, and why."""
    return f"{error.filename} can't be used: {error.strerror}." if error.filename else str(error)


def prepare_output(file: Path) -> None:
    """Make the file's folder before hours are spent on what goes there. Raises CommandError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(spell_os_error(error)) from error
    if file.is_dir():
        raise CommandError(f"{file} is a folder; name a file.")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise CommandError(f"{file} can't be written.")
