"""A pytest plugin loaded before Django's settings: tests live in a home of their own, with real services.

Tests that change a service's state (flush, kill, restart) use `.kindred-test`, never the demo's `.kindred`.
"""

import os
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / ".kindred-test"

os.environ.setdefault("KINDRED_HOME", str(HOME))
os.environ["KINDRED_ENCODER"] = "fake"
os.environ["KINDRED_MATCHER"] = "tests.recommender.matching.standin.load_stand_in"
os.environ.setdefault("KINDRED_MEDIA_ROOT", str(Path(os.environ["KINDRED_HOME"]) / "media"))
os.environ.setdefault("KINDRED_LOG_LEVEL", "WARNING")

from config import services  # noqa: E402  (it reads the environment)

services.up()
(services.home() / "static").mkdir(exist_ok=True)

from hypothesis import settings  # noqa: E402

# Busy machines make single examples slow without anything being wrong.
settings.register_profile("kindred", max_examples=50, deadline=None)
settings.load_profile("kindred")
