"""Pictures from outside are hostile until proven otherwise: check, decode, turn upright, strip, re-encode."""

import hashlib
import io
import math
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import IO, cast

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
STORED_FORMAT = "JPEG"
STORED_QUALITY = 90
# What Pillow's decoders raise on broken files. EOFError, UnicodeError and the like are covered by these.
_DECODER_ERRORS = (
    *(OSError, EOFError, SyntaxError, ValueError, LookupError, TypeError, ArithmeticError, AttributeError),
    *(struct.error, zlib.error),
)


class ImageRejected(Exception):  # noqa: N818  (it is a verdict)
    """Why a picture was not taken: `code` for programs, `message` for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class VerifiedImage:
    """An upright RGB JPEG without metadata. The same source gives the same bytes, with one version of Pillow."""

    data: bytes
    sha256: str
    source_sha256: str
    width: int
    height: int
    format: str = STORED_FORMAT


@dataclass(frozen=True)
class Region:
    """A part of an upright picture, in shares of its width and height from the upper left corner."""

    x: float
    y: float
    w: float
    h: float


def verify(data: bytes) -> VerifiedImage:
    """Check and re-encode a picture. Raises ImageRejected."""
    picture = decode(data)
    stored = io.BytesIO()
    picture.save(stored, STORED_FORMAT, quality=STORED_QUALITY, optimize=False, progressive=False)
    content = stored.getvalue()
    return VerifiedImage(
        data=content,
        sha256=hashlib.sha256(content).hexdigest(),
        source_sha256=hash_source(data),
        width=picture.width,
        height=picture.height,
    )


def decode(data: bytes) -> Image.Image:
    """The picture as upright RGB within KINDRED_IMAGE_STORED_SIDE, transparency laid on white. Raises ImageRejected."""
    if not data:
        raise ImageRejected("empty", "The file is empty.")
    if len(data) > settings.KINDRED_IMAGE_MAX_BYTES:
        raise ImageRejected("too_many_bytes", f"A picture may have {settings.KINDRED_IMAGE_MAX_BYTES:,} bytes.")
    try:
        with warnings.catch_warnings():
            # Pillow's own bomb warning comes at its own limit; ours is checked on the header, before any decoding.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                _check_pixels(picture.size)
                return _as_rgb(_shrink(picture))
    except UnidentifiedImageError as error:
        raise ImageRejected("not_an_image", "Not a JPEG, PNG, WebP or GIF picture.") from error
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except _DECODER_ERRORS as error:
        raise ImageRejected("broken", "The picture is damaged or cut short.") from error


def crop(picture: Image.Image, region: Region) -> Image.Image:
    """Every pixel the region touches, and at least one."""
    left, right = _pixels(region.x, region.w, picture.width)
    top, bottom = _pixels(region.y, region.h, picture.height)
    return picture.crop((left, top, right, bottom))


def _pixels(start: float, extent: float, side: int) -> tuple[int, int]:
    first = min(math.floor(start * side), side - 1)
    return first, min(max(math.ceil((start + extent) * side), first + 1), side)


def hash_source(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_upload(file: IO[bytes]) -> bytes:
    """The bytes of an uploaded file, at most one more than the limit, so that an oversized one costs no memory."""
    return file.read(settings.KINDRED_IMAGE_MAX_BYTES + 1)


def _check_pixels(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > settings.KINDRED_IMAGE_MAX_PIXELS:
        raise _too_many_pixels()
    if width < 1 or height < 1:
        raise ImageRejected("broken", "The picture has no pixels.")


def name_offer_picture(sha256: str) -> str:
    """Where an offer's picture of this hash is stored."""
    return f"offers/{sha256[:2]}/{sha256}.jpg"


def _too_many_pixels() -> ImageRejected:
    return ImageRejected("too_many_pixels", f"A picture may have {settings.KINDRED_IMAGE_MAX_PIXELS:,} pixels.")


def _shrink(picture: Image.Image) -> Image.Image:
    """Decode, at the least size that serves (JPEG decodes straight to a fraction), and turn upright."""
    if picture.mode == "P":
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    elif picture.mode.startswith(("I", "F")):  # 16 and 32 bit grey: scale, for a plain convert would clip
        grey = picture.convert("F")
        scale = 1 / 257 if float(cast(tuple[float, float], grey.getextrema())[1]) > 255 else 1
        picture = grey.point(lambda value: value * scale + 0.0).convert("L")
    side = settings.KINDRED_IMAGE_STORED_SIDE
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    picture.load()
    return ImageOps.exif_transpose(picture)


def _as_rgb(picture: Image.Image) -> Image.Image:
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        sheet = Image.new("RGBA", picture.size, "white")
        sheet.alpha_composite(picture)
        picture = sheet
    rgb = picture.convert("RGB")
    rgb.info.clear()  # colour profile, comments and the rest stay behind
    return rgb
