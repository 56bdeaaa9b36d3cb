"""What answers showed, remembered off the request's path.

`remember` puts a ranking into a bounded queue and returns, in a microsecond or two. One thread in each process that
answers writes the queue, every second or as soon as a batch is full, so that no read ever waits for a write. While the
database is away rankings wait, up to MOST_WAITING; then the oldest are dropped, counted and logged. A process that ends
writes what waits; one that is killed loses what it has not yet written, a second's worth.
"""

import os
import threading
from collections import deque
from collections.abc import Sequence
from itertools import islice

import structlog
from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError, connection

from recommender.services.rankings import ShownRanking, write_rankings

logger = structlog.get_logger(__name__)

# A full batch is written at once, what waits at the latest after so many seconds.
BATCH = 500
SECONDS = 1.0
# About 2 kB each with ten products, 10 kB with a hundred.
MOST_WAITING = 10_000
# Of the database's state (away, locked, not migrated yet), not of what is written.
PASSING = (OperationalError, InterfaceError, ProgrammingError, InternalError)


class Recorder:
    """A queue and the thread that writes it, started by the first ranking."""

    def __init__(self) -> None:
        # Set: nothing is written but by `flush`. A test's transaction is invisible to the thread's own connection.
        self.is_held = False
        self.dropped = 0
        self._told = 0
        self._waiting: deque[ShownRanking] = deque()
        self.start_anew()

    def start_anew(self) -> None:
        """In a forked process, which has its parent's memory and not its threads, and locks as they just were."""
        self._waiting.clear()
        self._change = threading.Condition()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None

    def remember(self, ranking: ShownRanking) -> None:
        with self._change:
            if len(self._waiting) >= MOST_WAITING:
                self._waiting.popleft()
                self.dropped += 1
            self._waiting.append(ranking)
            if self._thread is None:
                self._start()
            elif len(self._waiting) == BATCH:
                self._change.notify()

    def flush(self) -> None:
        """Write what waits, now and over this thread's connection. Raises PASSING errors; the rest still waits then."""
        with self._writing:
            while batch := self._take():
                try:
                    self._write(batch)
                except PASSING:
                    self._put_back(batch)
                    raise

    def discard(self) -> None:
        """Forget what waits."""
        with self._change:
            self._waiting.clear()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="rankings", daemon=False)
        self._thread.start()

    def _run(self) -> None:
        """Until the process ends. Not a daemon, for those are cut off in the middle: the interpreter waits for this
        one, which looks whether the main thread is still there. (Forked processes of multiprocessing, as web workers
        are, run no atexit handlers, but they too wait for threads.)"""
        main = threading.main_thread()
        while main.is_alive():
            with self._change:
                self._change.wait_for(lambda: len(self._waiting) >= BATCH, timeout=SECONDS)
            if not self._try_to_write():
                main.join(SECONDS)  # a full queue must not make this loop spin
        if not self._try_to_write() and self._waiting:
            logger.error("rankings lost", count=len(self._waiting))

    def _try_to_write(self) -> bool:
        if self.is_held:
            return False
        if self.dropped > self._told:
            logger.warning("rankings dropped: the queue was full", count=self.dropped - self._told, ever=self.dropped)
            self._told = self.dropped
        try:
            self.flush()
        except PASSING as error:
            logger.warning("rankings not written yet", waiting=len(self._waiting), reason=str(error).strip())
            return False
        finally:
            connection.close()  # back to the pool
        return True

    def _write(self, batch: Sequence[ShownRanking]) -> None:
        try:
            write_rankings(rankings=batch)
        except PASSING:
            raise
        except Exception:
            if len(batch) == 1:
                logger.exception("ranking not stored", ranking=str(batch[0].id))
                return
            for ranking in batch:  # one that cannot be stored must not take the others with it
                self._write([ranking])

    def _take(self) -> list[ShownRanking]:
        with self._change:
            return [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]

    def _put_back(self, batch: Sequence[ShownRanking]) -> None:
        """In front, and of a batch that no longer fits the newest."""
        with self._change:
            room = max(0, MOST_WAITING - len(self._waiting))
            lost = max(0, len(batch) - room)
            self._waiting.extendleft(reversed(list(islice(batch, lost, None))))
            self.dropped += lost


recorder = Recorder()
remember = recorder.remember
flush = recorder.flush
os.register_at_fork(after_in_child=recorder.start_anew)
