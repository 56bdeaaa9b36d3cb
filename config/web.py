"""What the web server runs: the application, while models are loaded beside its first requests."""

import gc
from threading import Thread

from config.wsgi import application
from embeddings.warming import warm_up

__all__ = ["application"]


def _get_ready() -> None:
    """What is loaded by now lives as long as the process: half a million objects that a full collection would go
    through again and again, 0.25 s each time, while nobody is answered."""
    warm_up()
    gc.collect()
    gc.freeze()


# In each process of the server's own, which imports this when it starts.
Thread(target=_get_ready, name="warm-up", daemon=True).start()
