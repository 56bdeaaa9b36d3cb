"""A load generator that costs next to nothing: `python -m tests.benchmarks.client PORT SECONDS CONNECTIONS < requests`.

Reads a JSON list of `[method, path, headers, body]` from standard input (bodies as latin-1) and sends them in turn over
keep-alive connections of one process without threads, each sending its next request when its answer is complete: for so
many seconds, from the start again where they end; with 0 seconds each request once. Prints JSON: seconds, the latencies
and the number of answers by status. Imports nothing but the standard library.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from math import inf


class Connection:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.started = 0.0
        self.received = b""

    def send(self, request: bytes) -> None:
        self.received = b""
        self.started = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """The status when the answer is complete, else None."""
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionError("the server closed a keep-alive connection")
        self.received += data
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator or len(body) < _content_length(head):
            return None
        return int(head.split(b" ", 2)[1])


def measure(port: int, seconds: float, connections: int, requests: Iterator[bytes]) -> dict[str, object]:
    statuses: Counter[int] = Counter()
    latencies: list[float] = []
    started = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for request in islice(requests, connections):
            connection = Connection(port)
            connection.send(request)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        while selector.get_map() and time.perf_counter() - started < seconds:
            for key, _ in selector.select(timeout=1):
                connection = key.data
                if status := connection.receive():
                    latencies.append(time.perf_counter() - connection.started)
                    statuses[status] += 1
                    if following := next(requests, None):
                        connection.send(following)
                    else:
                        selector.unregister(connection.socket)
    return {"seconds": time.perf_counter() - started, "latencies": latencies, "statuses": statuses}


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("an answer without Content-Length")


def _spell(method: str, path: str, headers: dict[str, str], body: str) -> bytes:
    content = body.encode("latin-1")
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    if content:
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode() + content


if __name__ == "__main__":
    port, seconds, connections = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    spelt = [_spell(*request) for request in json.load(sys.stdin)]
    print(json.dumps(measure(port, seconds or inf, connections, cycle(spelt) if seconds else iter(spelt))))
