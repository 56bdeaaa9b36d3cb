"""A web process that was there before its shop, and before the shop's next encoder: what it needs is loaded by when it
is asked."""

import time
from pathlib import Path

import pytest

from catalog.models import Store
from tests.flows.conftest import Installation, wait_until

pytestmark = [pytest.mark.slow]


@pytest.mark.usefixtures("one_web_process")
def test_a_model_is_loaded_when_its_space_is_there_and_not_by_the_first_request(
    installation: Installation, shop: Store, tmp_path: Path
) -> None:
    def is_ready(encoder: str) -> bool:
        log = (installation.home / "logs" / "web.log").read_text()
        return any('"event": "warmed up"' in line and f'"encoder": "{encoder}"' in line for line in log.splitlines())

    installation.environment["KINDRED_LOG_LEVEL"] = "INFO"
    installation.start("web")
    time.sleep(5)
    assert not is_ready("fake")
    feed = tmp_path / "products.jsonl"
    feed.write_text('{"sku": "mug", "title": "stoneware mug"}')
    installation.command("import_catalog", str(feed))
    installation.command("embed", "--inline")
    wait_until(lambda: is_ready("fake"))
    asked = installation.post("/api/v1/match/", json={"title": "stoneware mug"})
    assert [each["sku"] for each in asked["candidates"]] == ["mug"]
    installation.command("spaces", "create", "--name", "next", "--encoder", "fake:64")
    installation.command("embed", "--space", "next", "--inline")
    wait_until(lambda: is_ready("fake:64"))
