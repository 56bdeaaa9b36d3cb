import io
import struct
import subprocess
import sys
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from catalog.images import ImageRejected, Region, crop, decode, verify
from config import services
from tests.factories import make_image


def make_bomb(width: int, height: int) -> bytes:
    """A small PNG whose header claims any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def code_of(data: bytes) -> str:
    with pytest.raises(ImageRejected) as refusal:
        verify(data)
    return refusal.value.code


def test_a_verified_picture_is_an_upright_rgb_jpeg_without_metadata():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010E] = "secret place"
    source = make_image(size=(80, 40), exif=exif, comment=b"secret note")
    verified = verify(source)
    picture = Image.open(io.BytesIO(verified.data))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (40, 80))
    assert (verified.width, verified.height) == (40, 80)
    assert not picture.getexif()
    assert b"secret" not in verified.data
    assert verify(source) == verified


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_formats_that_are_taken(format):
    assert verify(make_image("blue", format=format)).width == 64


def test_transparency_lies_on_white():
    picture = decode(make_image((255, 0, 0, 0), mode="RGBA", format="PNG"))
    assert picture.getpixel((5, 5)) == (255, 255, 255)


def test_palette_transparency_lies_on_white():
    picture = decode(make_image(0, mode="P", format="GIF", transparency=0))
    assert picture.getpixel((5, 5)) == (255, 255, 255)


def test_cmyk_becomes_rgb():
    assert decode(make_image((0, 255, 255, 0), mode="CMYK")).getpixel((5, 5))[0] > 200


def test_sixteen_bit_grey_keeps_its_tones():
    assert decode(make_image(32768, mode="I;16", format="PNG")).getpixel((5, 5)) == pytest.approx((127,) * 3, abs=2)


def test_the_first_frame_of_an_animation_counts():
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    assert decode(file.getvalue()).getpixel((4, 4))[0] > 200


def test_large_pictures_are_made_smaller(settings):
    settings.KINDRED_IMAGE_STORED_SIDE = 100
    verified = verify(make_image(size=(400, 200)))
    assert (verified.width, verified.height) == (100, 50)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_a_picture_made_smaller_in_bands_is_what_it_was(mode, settings):
    """Larger than twice the stored side; neither side is a multiple of anything."""
    settings.KINDRED_IMAGE_STORED_SIDE = 50
    sheet = Image.new("RGB", (613, 331), "white")
    sheet.paste("black", (0, 0, 306, 331))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    file = io.BytesIO()
    plain = sheet.convert("I").point(lambda value: value * 257) if mode == "I;16" else sheet
    plain.convert(mode).save(file, "PNG", exif=exif)
    picture = decode(file.getvalue())
    assert picture.size == (27, 50)
    assert [picture.getpixel((13, y)) for y in (0, 15, 35, 49)] == [(0, 0, 0)] * 2 + [(255, 255, 255)] * 2


MEASURE = """
import re, sys
from pathlib import Path
from django.conf import settings
settings.configure(KINDRED_IMAGE_MAX_BYTES=10**9, KINDRED_IMAGE_MAX_PIXELS=10**9, KINDRED_IMAGE_STORED_SIDE=1000)
from catalog.images import decode

def most_memory():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])

before = most_memory()
decode(Path(sys.argv[1]).read_bytes())
print(most_memory() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="it asks /proc")
@pytest.mark.parametrize("mode", ["I;16", "P"])
def test_a_large_picture_is_not_converted_as_a_whole(mode, tmp_path):
    """25 million pixels: converted first, they took 260 MB."""
    path = tmp_path / "large.png"
    Image.new(mode, (5000, 5000)).save(path, transparency=0)
    command = [sys.executable, "-c", MEASURE, str(path)]
    done = subprocess.run(command, cwd=services.BASE_DIR, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 130_000  # kB


def test_a_hundred_megapixel_bomb_is_refused_before_decoding(monkeypatch):
    monkeypatch.setattr(PngImageFile, "load", lambda _: pytest.fail("decoded"))
    assert code_of(make_bomb(10_000, 10_000)) == "too_many_pixels"
    assert code_of(make_bomb(60_000, 60_000)) == "too_many_pixels"


def most_at_once(monkeypatch, size: tuple[int, int]) -> int:
    """How many of four pictures that come together are being decoded at any time."""
    running, most = 0, 0
    real, lock = PngImageFile.load_prepare, threading.Lock()

    def load(picture):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.2)
        real(picture)
        with lock:
            running -= 1

    monkeypatch.setattr(PngImageFile, "load_prepare", load)
    data = make_image(size=size, format="PNG")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(decode, [data] * 4))
    return most


def test_of_large_pictures_two_are_decoded_at_once(monkeypatch):
    assert most_at_once(monkeypatch, (2100, 2000)) == 2


def test_small_pictures_wait_for_none(monkeypatch):
    assert most_at_once(monkeypatch, (64, 64)) == 4


def test_too_many_bytes(settings):
    settings.KINDRED_IMAGE_MAX_BYTES = 100
    assert code_of(make_image()) == "too_many_bytes"


def test_a_truncated_jpeg_is_refused():
    whole = make_image(size=(640, 480), mark=7)
    assert code_of(whole[: len(whole) // 2]) == "broken"


@pytest.mark.parametrize(
    "text",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!DOCTYPE html><html><body>404</body></html>",
        b"GIF89a",
        b"\x00" * 100,
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name(text):
    assert code_of(text) in {"not_an_image", "broken"}


def test_nothing_is_refused():
    assert code_of(b"") == "empty"


def test_other_formats_are_refused():
    assert code_of(make_image(format="TIFF")) == "not_an_image"
    assert code_of(make_image(format="BMP")) == "not_an_image"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]), st.integers(0, 10**6), st.binary(min_size=1, max_size=8))
def test_damaged_pictures_are_taken_or_refused(format, place, damage):
    whole = make_image("green", format=format, mark=3)
    place %= len(whole)
    data = whole[:place] + damage + whole[place + len(damage) :]
    try:
        verify(data)
    except ImageRejected as refusal:
        assert refusal.code


def test_a_region_is_cut_out_of_the_upright_picture():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter: what is stored on the left stands at the top
    sheet = Image.new("RGB", (80, 40), "blue")
    sheet.paste("red", (0, 0, 40, 40))
    file = io.BytesIO()
    sheet.save(file, "PNG", exif=exif)
    picture = decode(file.getvalue())
    top, bottom = crop(picture, Region(0, 0, 1, 0.5)), crop(picture, Region(0, 0.5, 1, 0.5))
    assert (top.size, bottom.size) == ((40, 40), (40, 40))
    assert (top.getcolors(), bottom.getcolors()) == ([(1600, (255, 0, 0))], [(1600, (0, 0, 255))])


@pytest.mark.parametrize(
    ("region", "size"),
    [
        (Region(0, 0, 1, 1), (7, 5)),
        (Region(0.5, 0.5, 1e-300, 1e-300), (1, 1)),
        (Region(1, 1, 1e-12, 1e-12), (1, 1)),
        (Region(0.1, 0.1, 0.1, 0.1), (2, 1)),
    ],
)
def test_a_region_has_every_pixel_it_touches_and_at_least_one(region, size):
    assert crop(Image.new("RGB", (7, 5)), region).size == size
