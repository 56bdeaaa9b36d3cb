"""A web process that was there before its shop: what it needs is loaded by when it is asked."""

import time
from pathlib import Path

import pytest

from catalog.models import Store
from tests.flows.conftest import Installation, wait_until

pytestmark = [pytest.mark.slow]


@pytest.mark.usefixtures("one_web_process")
def test_a_model_is_loaded_when_the_first_space_is_there_and_not_by_the_first_request(
    installation: Installation, shop: Store, tmp_path: Path
) -> None:
    def is_ready() -> bool:
        log = (installation.home / "logs" / "web.log").read_text()
        return '"event": "warmed up"' in log and '"encoders": ["fake"]' in log

    installation.environment["KINDRED_LOG_LEVEL"] = "INFO"
    installation.start("web")
    time.sleep(5)
    assert not is_ready()
    feed = tmp_path / "products.jsonl"
    feed.write_text('{"sku": "mug", "title": "stoneware mug"}')
    installation.command("import_catalog", str(feed))
    installation.command("embed", "--inline")
    wait_until(is_ready)
    asked = installation.post("/api/v1/match/", json={"title": "stoneware mug"})
    assert [each["sku"] for each in asked["candidates"]] == ["mug"]
