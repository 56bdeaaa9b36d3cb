"""A web application that does nothing but remember a ranking for each request, of the store its path names."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from config.wsgi import application as kindred
from recommender import rankings
from recommender.services.rankings import ShownRanking

assert kindred  # Django is set up by it


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    store_id = int(environ["PATH_INFO"].strip("/"))
    ranking = ShownRanking(id=uuid.uuid4(), store_id=store_id, scenario="home", product_ids=[1], scores=[1.0])
    rankings.remember(ranking)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(ranking.id).encode()]
