"""A real HTTP server on loopback; only the address policy is loosened, and only by argument."""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from catalog.fetch import FetchRefused, check_url, fetch_image, is_public

BODY = b"picture" * 1000


def anywhere(_address: object) -> bool:
    return True


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        getattr(self, "answer_" + self.path.strip("/").split("/")[0].split("?")[0], self.answer_missing)()

    def answer_ok(self, body: bytes = BODY) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "a=b")
        self.end_headers()
        self.wfile.write(body)

    def answer_missing(self) -> None:
        self.send_error(404)

    def answer_busy(self) -> None:
        self.send_error(503)

    def answer_hop(self) -> None:
        left = int(self.path.rsplit("/", 1)[1])
        self.redirect(f"/hop/{left - 1}" if left else "/ok")

    def answer_away(self) -> None:
        self.redirect("http://10.0.0.1/secret")

    def answer_file(self) -> None:
        self.redirect("file:///etc/passwd")

    def answer_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 65536)

    def answer_drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def answer_slowhead(self) -> None:
        for _ in range(100):
            self.wfile.write(b"H")
            self.wfile.flush()
            time.sleep(0.1)

    def answer_cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"x")

    def redirect(self, location: str) -> None:
        self.send_response(302)
        self.send_header("Location", location)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str]]] = []
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, *args: object) -> None:
        pass

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def server(settings) -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        settings.KINDRED_FETCH_PORTS = [80, 443, server.server_port]
        settings.KINDRED_FETCH_TIMEOUT = 2
        yield server
        server.shutdown()


@contextmanager
def refused(code: str, *, permanent: bool = True) -> Iterator[None]:
    with pytest.raises(FetchRefused) as refusal:
        yield
    assert (refusal.value.code, refusal.value.permanent) == (code, permanent)


def test_fetches_the_bytes_and_sends_nothing_of_ours(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert fetch_image(f"{server.address}/ok?size=big", allow=anywhere) == BODY
    assert fetch_image(f"{server.address}/ok", allow=anywhere) == BODY
    path, headers = server.seen[0]
    assert path == "/ok?size=big"
    assert headers["Host"] == f"127.0.0.1:{server.server_port}"
    assert not {"Cookie", "Authorization", "Referer"} & server.seen[1][1].keys()


def test_redirects_are_followed_three_times(server):
    assert fetch_image(f"{server.address}/hop/2", allow=anywhere) == BODY
    with refused("too_many_redirects"):
        fetch_image(f"{server.address}/hop/3", allow=anywhere)


def test_a_redirect_into_a_private_network_is_refused(server):
    def only_loopback(address: ipaddress.IPv4Address) -> bool:
        return address.is_loopback

    with refused("address_not_public"):
        fetch_image(f"{server.address}/away", allow=only_loopback)
    with refused("scheme"):
        fetch_image(f"{server.address}/file", allow=only_loopback)


def test_answers_other_than_ok(server):
    with refused("status"):
        fetch_image(f"{server.address}/missing", allow=anywhere)
    with refused("status", permanent=False):
        fetch_image(f"{server.address}/busy", allow=anywhere)


def test_size_is_limited_while_reading(server, settings):
    settings.KINDRED_IMAGE_MAX_BYTES = 1000
    with refused("too_many_bytes"):
        fetch_image(f"{server.address}/ok", allow=anywhere)
    settings.KINDRED_IMAGE_MAX_BYTES = 1_000_000
    with refused("too_many_bytes"):
        fetch_image(f"{server.address}/endless", allow=anywhere)


@pytest.mark.parametrize("path", ["drip", "slowhead"])
def test_one_deadline_covers_slow_dripping(server, settings, path):
    settings.KINDRED_FETCH_TIMEOUT = 0.5  # each byte comes sooner; heard out, both would end otherwise
    with refused("timeout", permanent=False):
        fetch_image(f"{server.address}/{path}", allow=anywhere)


def test_the_deadline_covers_looking_up_the_name(settings, monkeypatch):
    settings.KINDRED_FETCH_TIMEOUT = 0.2
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(5))
    started = time.monotonic()
    with refused("timeout", permanent=False):
        fetch_image("http://shop.example/a.jpg")
    assert time.monotonic() - started < 2


def test_a_cut_answer_is_tried_again(server):
    with refused("unreachable", permanent=False):
        fetch_image(f"{server.address}/cut", allow=anywhere)


def test_the_checked_address_is_the_one_connected_to(server, monkeypatch):
    """A name that leads to a public address when checked and elsewhere later: only the checked one is ever used."""
    connected = []

    def answers(host: str, port: int, **_: object) -> list:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port))]

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address[0])
        plain = socket.socket()
        plain.settimeout(timeout)
        plain.connect(("127.0.0.1", server.server_port))
        return plain

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    monkeypatch.setattr(socket, "create_connection", connect)
    assert fetch_image("http://shop.example/ok") == BODY
    assert connected == ["93.184.215.14"]
    assert server.seen[0][1]["Host"] == "shop.example"


def test_one_private_address_among_many_refuses_the_name(monkeypatch):
    found = [(socket.AF_INET, 1, 6, "", (address, 80)) for address in ("93.184.215.14", "192.168.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with refused("address_not_public"):
        fetch_image("http://shop.example/a.jpg")


def test_a_name_that_resolves_to_loopback_is_refused():
    with refused("address_not_public"):
        fetch_image("http://localhost/a.jpg")


def test_an_unknown_name_may_be_known_later(monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with refused("unknown_host", permanent=False):
        fetch_image("http://nowhere.example/a.jpg")


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
        *("192.0.0.192", "192.0.0.9", "100.100.100.200", "168.63.129.16", "[::ffff:168.63.129.16]", "[fd00:ec2::254]"),
        *("2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "127.1", "127.0.0.1."),
        *("[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd12::1]", "[ff02::1]", "[fec0::1]", "[2001:db8::1]"),
        *("[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]", "[::127.0.0.1]"),
        *("[2002:7f00:1::]", "[2002:c0a8:101::]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a00:1]", "[64:ff9b:1::1]"),
        *("[fe80::1%25eth0]", "localhost", "a.localhost"),
    ],
)
def test_private_addresses_are_refused_in_every_spelling(host):
    with refused("address_not_public"):
        fetch_image(f"http://{host}/a.jpg")


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "168.63.129.17", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://shop.example/a.jpg", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://shop.example/", "scheme"),
        ("//shop.example/a.jpg", "scheme"),
        ("http://user:secret@shop.example/", "userinfo"),
        ("http://shop.example@10.0.0.1/", "userinfo"),
        ("http://shop.example:22/", "port"),
        ("http://shop.example:99999/", "invalid_url"),
        ("http:///a.jpg", "invalid_url"),
        ("http://shop.example/a b", "invalid_url"),
        ("http://shop.example/\r\nX: y", "invalid_url"),
        ("http://shop.example\\@10.0.0.1/", "invalid_url"),
        ("http://[::1/", "invalid_url"),
        ("http://shop.example/" + "a" * 3000, "invalid_url"),
    ],
)
def test_addresses_that_are_never_asked(url, code):
    with refused(code):
        check_url(url)


def test_an_address_is_spelled_for_the_wire():
    target = check_url("https://bücher.example/größe/a%20b.jpg?q=ü#part")
    assert target.authority == "xn--bcher-kva.example"
    assert target.path == "/gr%C3%B6%C3%9Fe/a%20b.jpg?q=%C3%BC"
