"""Which shoppers an experiment shows what: by hash, so that nothing is stored and the answer is the same for ever.

The SHA-256 of salt and shopper gives two numbers in [0, 1). The first decides whether a shopper takes part, the second
in which variant, so raising an experiment's share moves nobody from one variant to another. Experiments have salts of
their own, which makes their assignments independent of each other (Kohavi, Tang and Xu 2020, "Trustworthy Online
Controlled Experiments", chapter 4).

Pure: no ORM.
"""

import hashlib
from collections.abc import Sequence
from itertools import accumulate


def draw(salt: str, shopper: str) -> tuple[float, float]:
    """Two numbers in [0, 1), independent and uniform over shoppers."""
    # A name may hold half a surrogate pair, which is no text in UTF-8.
    digest = hashlib.sha256(f"{salt}{shopper}".encode("utf-8", "surrogatepass")).digest()
    # 53 bits are what a float holds; with more, rounding could reach 1.
    first, second = (int.from_bytes(digest[start : start + 8]) >> 11 for start in (0, 8))
    return first / 2**53, second / 2**53


def choose_variant(shares: Sequence[float], *, share: float, salt: str, shopper: str) -> int | None:
    """The index of the shopper's variant among `shares`, which sum to 1; None for who takes no part."""
    participation, place = draw(salt, shopper)
    if participation >= share:
        return None
    ends = accumulate(shares)
    # The last variant also takes what rounding leaves of 1.
    return next((index for index, end in enumerate(ends) if place < end), len(shares) - 1)
