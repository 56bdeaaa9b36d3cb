"""What every request asks and hardly anything changes: a process goes by its last answer for a moment."""

import time

from django.conf import settings


def this_moment() -> float:
    """A number that is another one every KINDRED_STALE_SECONDS, and with 0 at every call: part of the key by which an
    answer is remembered."""
    now = time.monotonic()
    return now // settings.KINDRED_STALE_SECONDS if settings.KINDRED_STALE_SECONDS else now
