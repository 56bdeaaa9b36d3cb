"""A real browser on a real server. Without Chromium these tests are skipped and say so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.recommender.conftest import embedded_shop, offers, shop

__all__ = ["embedded_shop", "offers", "shop"]

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed.")


@pytest.fixture(scope="module")
def asynchronous() -> Iterator[None]:
    """Playwright's synchronous driver runs an event loop in this thread, which Django takes for asynchronous code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def browser(asynchronous: None) -> Iterator[object]:
    """The system's Chromium, else Playwright's own."""
    installed = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with playwright.sync_playwright() as driver:
        try:
            opened = driver.chromium.launch(executable_path=installed, args=["--no-sandbox", "--disable-dev-shm-usage"])
        except playwright.Error as error:
            pytest.skip(f"There is no Chromium: {str(error).splitlines()[0]}")
        yield opened
        opened.close()
