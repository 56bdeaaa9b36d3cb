"""Pictures that lie in a folder beside their feed."""

import stat
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from catalog.images import ImageRejected, hash_source
from catalog.rows import FilePicture, Issue, Picture, ProductRow, Severity
from catalog.services.images import keep_picture


def resolve_pictures(*, row: ProductRow, folder: Path | None) -> tuple[ProductRow, list[Issue]]:
    """The row with its files verified and stored; what can't be is an issue and left out.

    When none of them can be had, the product keeps the pictures it has: a folder that is not mounted empties no shop.
    Call it within `keep_files`, outside a transaction.
    """
    if not row.pictures or not any(isinstance(picture, FilePicture) for picture in row.pictures):
        return row, []
    resolved: list[Picture] = []
    issues = []
    for picture in row.pictures:
        if not isinstance(picture, FilePicture):
            resolved.append(picture)
            continue
        try:
            data = read_picture(folder, picture.name)
            resolved.append(keep_picture(data, source_sha256=hash_source(data)))
        except ImageRejected as error:
            issues.append(Issue("images", error.code, f"{picture.name[:200]}: {error.message}", Severity.WARNING))
    return replace(row, pictures=tuple(resolved) or None), issues


def read_picture(folder: Path | None, name: str) -> bytes:
    """The bytes of a file inside `folder`, and of nothing outside it. Raises ImageRejected."""
    if folder is None:
        raise ImageRejected("no_images_folder", "The feed names a file, but no folder of pictures was given.")
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise ImageRejected("outside_folder", "The file lies outside the folder of pictures.")
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise ImageRejected("not_a_file", "This is not a file.")
        if facts.st_size > settings.KINDRED_IMAGE_MAX_BYTES:
            raise ImageRejected("too_many_bytes", f"A picture may have {settings.KINDRED_IMAGE_MAX_BYTES:,} bytes.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ImageRejected("missing_file", "There is no such file.") from error
    except (OSError, ValueError, RuntimeError) as error:  # unreadable, too long a name, a loop of links
        raise ImageRejected("unreadable_file", "The file can't be read.") from error
