"""The web path must not pay for torch until a request needs a model."""

import os
import subprocess
import sys

import pytest

from config import services

HEAVY = ["torch", "transformers", "ai_edge_litert"]


@pytest.mark.parametrize("module", ["config.urls", "config.celery", "embeddings.tasks", "embeddings.encoders"])
def test_no_model_library_is_imported_with(module: str) -> None:
    script = (
        "import django, importlib, json, sys; django.setup();"
        f"importlib.import_module({module!r});"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=services.BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
