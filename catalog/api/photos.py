"""Photos that requests bring: uploaded, or fetched from an address."""

from threading import BoundedSemaphore
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from PIL.Image import Image
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.serializers import ErrorDetail, ValidationError

from catalog.fetch import FetchRefused, fetch_image
from catalog.images import ImageRejected, crop, decode, read_upload

# A fetch may take KINDRED_FETCH_TIMEOUT: of a process's eight threads, five always answer those who bring no address.
_fetching = BoundedSemaphore(3)
_PATIENCE = 1.0


class Busy(APIException):
    """503 with `Retry-After: wait` seconds."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "busy"
    default_detail = (
        "Too many pictures are being fetched for image_url right now. Try again soon, or upload the picture."
    )
    wait = 5


def open_photo(given: dict[str, Any]) -> Image | None:
    """The request's photo, upright RGB, if it brings one; of that the `image_region`, a `catalog.images.Region`, if it
    names one. Raises ValidationError that names the field, Busy."""
    photo = _open_whole(given)
    if "image_region" not in given:
        return photo
    if photo is None:
        raise ValidationError({"image_region": [ErrorDetail("There is no photo to be a part of.", "no_photo")]})
    return crop(photo, given["image_region"])


def _open_whole(given: dict[str, Any]) -> Image | None:
    if "image" in given:
        return _open_upload(given["image"])
    if "image_url" in given:
        return _open_address(given["image_url"])
    return None


def _open_upload(file: UploadedFile) -> Image:
    try:
        return decode(read_upload(file))
    except ImageRejected as error:
        raise _refusal("image", error) from error


def _open_address(url: str) -> Image:
    try:
        return decode(_fetch(url))
    except (FetchRefused, ImageRejected) as error:
        raise _refusal("image_url", error) from error


def _fetch(url: str) -> bytes:
    if not _fetching.acquire(timeout=_PATIENCE):
        raise Busy
    try:
        return fetch_image(url)
    finally:
        _fetching.release()


def _refusal(field: str, error: FetchRefused | ImageRejected) -> ValidationError:
    return ValidationError({field: [ErrorDetail(error.message, error.code)]})
