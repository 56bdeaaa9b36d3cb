from collections.abc import Iterator
from typing import Any

import pytest

from catalog.signals import product_content_changed


@pytest.fixture
def announced(django_capture_on_commit_callbacks: Any) -> Iterator[list[list[int]]]:
    """The product ids of every `product_content_changed` that was sent."""
    heard: list[list[int]] = []

    def hear(sender: object, product_ids: list[int], **_: object) -> None:
        heard.append(product_ids)

    product_content_changed.connect(hear)
    yield heard
    product_content_changed.disconnect(hear)
