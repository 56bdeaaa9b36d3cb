"""A pytest plugin loaded before Django's settings: tests live in a home of their own, with real services.

Tests that change a service's state (flush, kill, restart) use `.kindred-test`, never the demo's `.kindred`. So they may
run in several processes only when each has services of its own: `gw0` takes those that the run itself started, `gw1`
and the next live in folders below.
"""

import os
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / ".kindred-test"

os.environ.setdefault("KINDRED_HOME", str(HOME))
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    if worker != "gw0":
        os.environ["KINDRED_HOME"] += f"/{worker}"
    # Processes side by side share the cores.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["KINDRED_ENCODER"] = "fake"
os.environ["KINDRED_MATCHER"] = "tests.recommender.matching.standin.load_stand_in"
# A test's transaction is its connection's own.
os.environ["KINDRED_MATCH_THREADS"] = "1"
os.environ["KINDRED_MEDIA_ROOT"] = str(Path(os.environ["KINDRED_HOME"]) / "media")
os.environ.setdefault("KINDRED_LOG_LEVEL", "WARNING")

from config import services  # noqa: E402  (it reads the environment)

services.up()
(services.home() / "static").mkdir(exist_ok=True)

from hypothesis import settings  # noqa: E402

# Busy machines make single examples slow without anything being wrong.
settings.register_profile("kindred", max_examples=50, deadline=None)
settings.load_profile("kindred")
