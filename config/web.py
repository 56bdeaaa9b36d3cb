"""What the web server runs: the application, while models are loaded beside its requests."""

import gc
import time
from contextlib import suppress
from threading import Thread

from django.conf import settings
from django.db import Error

from config.pool import limit_statements
from config.wsgi import application
from embeddings.warming import wanted_encoders, warm_up

__all__ = ["application"]

LOOK_EVERY_SECONDS = 2.0


def _stay_ready() -> None:
    """A shop is embedded, or its next encoder is, while the server runs. Without looking out for that, the first to ask
    each process, be it an hour later, waited 11 s for the model."""
    warm: list[str] = []
    while True:
        with suppress(Error):  # not up yet, or not migrated
            wanted = wanted_encoders()
            if new := [name for name in wanted if name not in warm]:
                warm_up(new)
                _freeze()
            warm = wanted
        time.sleep(LOOK_EVERY_SECONDS)


def _freeze() -> None:
    """What is loaded by now lives as long as the process: half a million objects that a full collection would go
    through again and again, 0.25 s each time, while nobody is answered."""
    gc.collect()
    gc.freeze()


# In each process of the server's own, which imports this when it starts. Commands and workers, which don't, may take
# their time.
limit_statements(settings.KINDRED_STATEMENT_SECONDS)
Thread(target=_stay_ready, name="warm-up", daemon=True).start()
