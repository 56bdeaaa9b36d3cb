import io

import pytest

from catalog.importers import FeedError, detect_format, read_feed


@pytest.mark.parametrize(
    ("head", "format"),
    [
        (b'\xef\xbb\xbf  {"sku": 1}', "jsonl"),
        (b"[", "jsonl"),
        (b"<?xml version='1.0'?><rss/>", "google"),
        (b"id\ttitle\tlink\n", "google"),
        (b"g:id\tTitle\n", "google"),
        (b"sku\ttitle\tid\n", "csv"),
        (b"sku,title\n", "csv"),
        (b"sku;title\n", "csv"),
    ],
)
def test_the_format_is_told_by_the_content(head, format):
    file = io.BytesIO(head)
    assert detect_format(file) == format
    assert file.tell() == 0


@pytest.mark.parametrize("head", [b"", b" \n", "sku".encode("utf-16")])
def test_files_that_can_be_no_feed(head):
    with pytest.raises(FeedError):
        list(read_feed(io.BytesIO(head), format="auto"))


class Endless(io.RawIOBase):
    """Gigabytes of rows that exist only while they are read."""

    served = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        line = b'{"sku": "a", "title": "b"}\n'
        chunk = (line * (len(buffer) // len(line) + 1))[: len(buffer) // len(line) * len(line)]
        buffer[: len(chunk)] = chunk
        self.served += len(chunk)
        return len(chunk)


def test_a_feed_is_read_as_it_is_asked_for():
    source = Endless()
    rows = read_feed(io.BufferedReader(source), format="jsonl")
    for _ in range(1000):
        next(rows)
    assert source.served < 100_000
