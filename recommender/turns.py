"""Turns at a store's work: of each kind of work at most one message waits for a store.

A turn that leaves work sends for the next, which waits behind those of other stores; sweeps send for one wherever work
is due. Without a mark on the store each sweep would begin one more chain of turns, and a store with a backlog would
keep the others waiting. The mark lies in Redis beside the message: who wipes one wipes the other.
"""

from __future__ import annotations

from uuid import uuid4

from celery import Task
from django.core.cache import cache
from kombu.exceptions import OperationalError

# A message that nobody has begun for so long counts as lost; it may still come, and then begins no chain of its own.
WAITS = 3600


def send_turn(task: Task, store_id: int) -> None:
    """Let a worker take a turn, unless one waits already."""
    turn = uuid4().hex
    if not cache.add(_mark(task, store_id), turn, WAITS):
        return
    try:
        task.apply_async([store_id, turn], retry=False)
    except OperationalError:
        cache.delete(_mark(task, store_id))
        raise


def begin_turn(task: Task, store_id: int, turn: str) -> None:
    """Call it before looking for work: what comes from now on may have to wait for another turn."""
    if turn and cache.get(_mark(task, store_id)) == turn:
        cache.delete(_mark(task, store_id))


def _mark(task: Task, store_id: int) -> str:
    return f"turn:{task.name}:{store_id}"
