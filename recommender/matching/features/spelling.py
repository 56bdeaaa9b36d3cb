"""Titles and texts as strings of letters, and codes letter by letter."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler, LCSseq, Levenshtein

from recommender.matching.features.pair import MISSING, Pair, order

LONGEST_COMPARED = 300


def measure_spelling(pair: Pair) -> Sequence[float]:
    """Likeness of the titles as strings: by edits, by sorted words, by shared words, as part of one another, by start,
    by the longest common subsequence without spaces; and of titles with descriptions, by shared words."""
    a, b = pair.left, pair.right
    title, other = a.title[:LONGEST_COMPARED], b.title[:LONGEST_COMPARED]
    if not title or not other:
        return (MISSING,) * 7
    return (
        Levenshtein.normalized_similarity(title, other),
        fuzz.token_sort_ratio(title, other) / 100,
        fuzz.token_set_ratio(title, other) / 100,
        max(fuzz.partial_ratio(title, other), fuzz.partial_ratio(other, title)) / 100,
        JaroWinkler.similarity(title, other),
        LCSseq.normalized_similarity(a.squeezed_title[:LONGEST_COMPARED], b.squeezed_title[:LONGEST_COMPARED]),
        fuzz.token_set_ratio(a.text[:LONGEST_COMPARED], b.text[:LONGEST_COMPARED]) / 100,
    )


def measure_codes(pair: Pair) -> Sequence[float]:
    """Model numbers: length of the longest that both state (0 when each states some, none the same); likeness of the
    two nearest; whether a side's stands in the other's text, lower and higher; how many stand alone on either side."""
    a, b = pair.left, pair.right
    if not a.all_codes and not b.all_codes:
        return (MISSING,) * 6
    found = _found_share(a.codes, b.squeezed), _found_share(b.codes, a.squeezed)
    alone = (sum(code not in b.squeezed for code in a.codes), sum(code not in a.squeezed for code in b.codes))
    if not a.all_codes or not b.all_codes:
        return (MISSING, MISSING, *order(*found), *order(*alone))
    shared = max((len(code) for code in a.all_codes & b.all_codes), default=0)
    return (float(shared), _nearest(a.codes, b.codes), *order(*found), *order(*alone))


def measure_mpn(pair: Pair) -> Sequence[float]:
    """The stated MPNs' likeness; whether an MPN stands in the other side's text (1), nearly (share of it), or not."""
    a, b = pair.left, pair.right
    both = MISSING
    if a.squeezed_mpn and b.squeezed_mpn:
        both = Levenshtein.normalized_similarity(a.squeezed_mpn, b.squeezed_mpn)
    stated = [
        1.0 if side.squeezed_mpn in other.squeezed else fuzz.partial_ratio(side.squeezed_mpn, other.squeezed) / 100
        for side, other in ((a, b), (b, a))
        if side.squeezed_mpn and other.squeezed
    ]
    return both, max(stated, default=MISSING)


def _found_share(codes: Collection[str], squeezed: str) -> float:
    return sum(code in squeezed for code in codes) / len(codes) if codes else MISSING


def _nearest(some: Collection[str], others: Collection[str]) -> float:
    """Likeness of the nearest two codes, nearly 1 when one begins the other: makers add letters for colour, country."""
    best = MISSING
    for one in some:
        for other in others:
            likeness = 0.95 if _begins(one, other) else Levenshtein.normalized_similarity(one, other)
            best = max(best, 1.0 if one == other else likeness)
    return best


def _begins(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= 5 and long.startswith(short)
