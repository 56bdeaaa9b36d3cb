"""What the web server runs: the application, while models are loaded beside its first requests."""

from threading import Thread

from config.wsgi import application
from embeddings.warming import warm_up

__all__ = ["application"]

# In each process of the server's own, which imports this when it starts.
Thread(target=warm_up, name="warm-up", daemon=True).start()
