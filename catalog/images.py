"""Pictures from outside are hostile until proven otherwise: check, decode, turn upright, strip, re-encode."""

import hashlib
import io
import math
import struct
import warnings
import zlib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import IO, cast

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
STORED_FORMAT = "JPEG"
STORED_QUALITY = 90
# Of large pictures 50 million pixels take 0.1 GB to decode in the one format and 0.8 GB in the other (WebP).
_LARGE = 4_000_000
_large_at_once = BoundedSemaphore(2)
_BAND = 64
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
                with _turn(picture.size):
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


def _turn(size: tuple[int, int]) -> AbstractContextManager[object]:
    """Large pictures wait for one another, small ones for none."""
    return _large_at_once if math.prod(size) > _LARGE else nullcontext()


def _too_many_pixels() -> ImageRejected:
    return ImageRejected("too_many_pixels", f"A picture may have {settings.KINDRED_IMAGE_MAX_PIXELS:,} pixels.")


def _shrink(picture: Image.Image) -> Image.Image:
    """Decode, at the least size that serves (JPEG decodes straight to a fraction), and turn upright."""
    side = settings.KINDRED_IMAGE_STORED_SIDE
    share = min(1, side / max(picture.size))
    size = (max(round(picture.width * share), 1), max(round(picture.height * share), 1))
    drafted = picture.draft(None, (2 * side, 2 * side))
    right, bottom = drafted[1][2:] if drafted else picture.size
    factor = max(max(picture.size) // (2 * side), 1)
    is_plain = factor == 1 and picture.mode == _plain_mode(picture)
    plain = picture if is_plain else _reduce(picture, factor)
    small = plain.resize(size, Image.Resampling.LANCZOS, box=(0, 0, right / factor, bottom / factor))
    return ImageOps.exif_transpose(small)


def _reduce(picture: Image.Image, factor: int) -> Image.Image:
    """RGB or RGBA, and of every `factor` x `factor` pixels one: in bands, for converting a large picture as a whole
    takes its memory twice."""
    scale = _grey_scale(picture)
    small = Image.new(_plain_mode(picture), (math.ceil(picture.width / factor), math.ceil(picture.height / factor)))
    for top in range(0, small.height, _BAND):
        band = picture.crop((0, top * factor, picture.width, min((top + _BAND) * factor, picture.height)))
        small.paste(_plain(band, scale).reduce(factor), (0, top))
    small.info = picture.info  # says how it is turned
    return small


def _plain(band: Image.Image, scale: float) -> Image.Image:
    if band.mode.startswith("I"):
        band = band.convert("F").point(lambda value: value * scale + 0.0).convert("L")
    return band.convert(_plain_mode(band))


def _plain_mode(picture: Image.Image) -> str:
    return "RGBA" if picture.has_transparency_data and not picture.mode.startswith("I") else "RGB"


def _grey_scale(picture: Image.Image) -> float:
    """What makes 8 bits of 16 or 32 bit grey, which a plain convert would clip."""
    if not picture.mode.startswith("I"):
        return 1
    return 1 / 257 if cast(tuple[float, float], picture.getextrema())[1] > 255 else 1


def _as_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGBA":
        sheet = Image.new("RGBA", picture.size, "white")
        sheet.alpha_composite(picture)
        picture = sheet.convert("RGB")
    picture.info.clear()  # colour profile, comments and the rest stay behind
    return picture
