from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from recommender.services.events import Report

# The last event of `weeks` happens at END; the last seven days before it are held out.
END = datetime(2025, 9, 22, 12, tzinfo=UTC)
SPLIT = END - timedelta(days=7)


@pytest.fixture
def weeks(embedded_shop, happens: Callable[..., Report]) -> None:
    """Three weeks of five shoppers.

    Before: ann likes the red mug and lamp, bob the blue ones, cat the mugs and bought one; dan disliked a lamp.
    Held out: ann comes back to the red mug and meets the red pan, bob meets the red lamp and a product since withdrawn,
    cat meets the rose mug, dan only dislikes, eve is new and buys.
    """
    before, after = SPLIT - timedelta(days=10), SPLIT + timedelta(days=3)
    happens("ann", "like", "mug-red", "lamp-red", at=before)
    happens("bob", "click", "mug-blue", "lamp-blue", at=before)
    happens("cat", "view", "mug-red", "mug-blue", at=before)
    happens("cat", "purchase", "mug-red", at=before + timedelta(days=9))
    happens("dan", "dislike", "lamp-red", at=before)
    happens("ann", "view", "mug-red", at=SPLIT)
    happens("ann", "click", "mug-red", "pan-red", at=after)
    happens("bob", "cart", "lamp-red", "lamp-gone", at=after)
    happens("cat", "view", "mug-rose", at=after)
    happens("dan", "dislike", "pan-red", at=after)
    happens("eve", "purchase", "mug-red", at=END)
