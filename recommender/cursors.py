"""Where the next page begins: everything shown so far, in the request itself.

A cursor names the products that were shown, not a position, so that pages neither repeat nor skip anything whatever is
sold out, added or clicked in between, and nothing is kept here. It belongs to one question, and says so by a checksum;
forging one only hides products from oneself.

Pure: no ORM.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Products a reader can page through; what is less relevant is better asked for in other words.
MOST_SHOWN = 1_000
MAX_LENGTH = 12_000
_CHECK_BYTES = 6
_ID_BYTES = 8


class CursorError(ValueError):
    """Not a cursor, or another question's. The message is for the one who sent it."""


@dataclass(frozen=True)
class Place:
    """`shown` in their order; `best` are the products whose likeness the question was refined by, if it was."""

    shown: tuple[int, ...] = ()
    best: tuple[int, ...] = ()


def write_cursor(place: Place, question: Mapping[str, Any]) -> str:
    """`question` is what was asked, as JSON can, without the cursor."""
    ids = [len(place.best), *place.best, *place.shown]
    packed = zlib.compress(b"".join(pk.to_bytes(_ID_BYTES, "big") for pk in ids), 9)
    return base64.urlsafe_b64encode(_check(question) + packed).rstrip(b"=").decode()


def read_cursor(cursor: str, question: Mapping[str, Any]) -> Place:
    """Raises CursorError."""
    if len(cursor) > MAX_LENGTH:
        raise CursorError("This is not a cursor.")
    try:
        data = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        check, packed = data[:_CHECK_BYTES], data[_CHECK_BYTES:]
        ids = _unpack(packed)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise CursorError("This is not a cursor.") from error
    if check != _check(question):
        raise CursorError("This cursor belongs to another question; ask without it for the first page.")
    count = ids[0]
    return Place(shown=tuple(ids[1 + count :]), best=tuple(ids[1 : 1 + count]))


def _unpack(packed: bytes) -> Sequence[int]:
    most = (MOST_SHOWN + 200) * _ID_BYTES  # hostile input may unpack to a thousand times its size
    reader = zlib.decompressobj()
    raw = reader.decompress(packed, most)
    if not reader.eof or not raw or len(raw) % _ID_BYTES:
        raise ValueError
    ids = [int.from_bytes(raw[at : at + _ID_BYTES], "big") for at in range(0, len(raw), _ID_BYTES)]
    if ids[0] >= len(ids) or any(pk >= 2**63 for pk in ids):
        raise ValueError
    return ids


def _check(question: Mapping[str, Any]) -> bytes:
    spelt = json.dumps(question, sort_keys=True, default=str)
    return hashlib.blake2b(spelt.encode("utf-8", "surrogatepass"), digest_size=_CHECK_BYTES).digest()
