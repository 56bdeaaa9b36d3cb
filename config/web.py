"""What the web server runs: the application, while models are loaded beside its first requests."""

import gc
import time
from threading import Thread

from django.db import Error, connection

from config.wsgi import application
from embeddings.models import EmbeddingSpace
from embeddings.warming import warm_up

__all__ = ["application"]

LOOK_EVERY_SECONDS = 2.0


def _get_ready() -> None:
    """What is loaded by now lives as long as the process: half a million objects that a full collection would go
    through again and again, 0.25 s each time, while nobody is answered.

    A new shop is embedded after its server has started. Without waiting for that, the first to ask each process, be it
    an hour later, waited 11 s for the model.
    """
    while not _has_space():
        time.sleep(LOOK_EVERY_SECONDS)
    warm_up()
    gc.collect()
    gc.freeze()


def _has_space() -> bool:
    try:
        return EmbeddingSpace.objects.active().exists()
    except Error:  # not up yet, or not migrated
        return False
    finally:
        connection.close()  # back to the pool


# In each process of the server's own, which imports this when it starts.
Thread(target=_get_ready, name="warm-up", daemon=True).start()
