"""Fetching pictures from addresses that strangers give, without lending them our network.

The name is resolved once, every address it has must be public, and the connection goes to an address that was checked,
so a name that answers differently the second time gains nothing. Redirects are followed by hand and checked alike.
One deadline covers the whole fetch, however slowly the bytes drip. No proxies, no cookies, no stored credentials.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

MAX_REDIRECTS = 3
URL_LIMIT = 2_000
_CHUNK = 64 * 1024
_URL_CHARACTERS = "/%:@!$&'()*+,;=~-._?[]"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_REDIRECTS = {301, 302, 303, 307, 308}
_WORTH_A_RETRY = {408, 425, 429}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")
# Where clouds tell a machine its secrets, and `is_global` says yes: Oracle's 192.0.0.192 (older Pythons), Azure's host.
_HOSTS_OF_CLOUDS = [ipaddress.ip_network(name) for name in ("192.0.0.0/24", "168.63.129.16/32")]

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
AddressPolicy = Callable[[IPAddress], bool]


class FetchRefused(Exception):  # noqa: N818  (it is a verdict)
    """Why nothing was fetched. `permanent` says that trying again can't help."""

    def __init__(self, code: str, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.permanent = permanent


@dataclass(frozen=True)
class Target:
    """A checked address: where to go and what to ask for there."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def is_public(address: IPAddress) -> bool:
    """Globally routable unicast, and so is whatever IPv4 address hides in an IPv6 one (mapped, 6to4, Teredo, NAT64)."""
    if isinstance(address, ipaddress.IPv4Address):
        is_clouds_own = any(address in network for network in _HOSTS_OF_CLOUDS)
        return address.is_global and not address.is_multicast and not is_clouds_own
    if address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    hidden = [address.sixtofour, *(address.teredo or ())]
    return address in _PUBLIC_IPV6 and address.is_global and all(is_public(inner) for inner in hidden if inner)


def check_url(url: str, *, allow: AddressPolicy = is_public) -> Target:
    """Everything that can be refused without touching the network. Raises FetchRefused."""
    parts = _split(url)
    if parts.scheme not in _DEFAULT_PORTS:
        raise _refuse("scheme", "Only http and https addresses are fetched.")
    if parts.username is not None or parts.password is not None:
        raise _refuse("userinfo", "An address with a user name is not fetched.")
    host = _ascii_host(parts.hostname or "")
    try:
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
    except ValueError as error:
        raise _refuse("invalid_url", "The port is not a number.") from error
    if port not in settings.KINDRED_FETCH_PORTS:
        raise _refuse("port", f"Port {port} is not fetched from.")
    literal = _literal_address(host)
    if literal and not allow(literal):
        raise _not_public()
    query = f"?{parts.query}" if parts.query else ""
    return Target(parts.scheme, host, port, quote(f"{parts.path or '/'}{query}", safe=_URL_CHARACTERS))


def fetch_image(url: str, *, allow: AddressPolicy = is_public) -> bytes:
    """The bytes at an address, unverified. Raises FetchRefused."""
    deadline = time.monotonic() + settings.KINDRED_FETCH_TIMEOUT
    try:
        for _ in range(MAX_REDIRECTS + 1):
            target = check_url(url, allow=allow)
            location, data = _get(target, _resolve(target, allow, deadline), deadline)
            if location is None:
                return data
            url = _follow(url, location)
    except TimeoutError as error:
        raise FetchRefused("timeout", "The picture took too long.", permanent=False) from error
    except (OSError, http.client.HTTPException) as error:
        raise FetchRefused("unreachable", f"The picture could not be fetched: {error}.", permanent=False) from error
    raise _refuse("too_many_redirects", f"More than {MAX_REDIRECTS} redirects.")


def _follow(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise _refuse("invalid_url", "The redirect leads to no address.") from error


def _get(target: Target, addresses: list[str], deadline: float) -> tuple[str | None, bytes]:
    """Where a redirect leads, or the body."""
    with _connect(target, addresses, deadline) as connection:
        connection.sendall(
            f"GET {target.path} HTTP/1.1\r\nHost: {target.authority}\r\nUser-Agent: Kindred\r\n"
            "Accept: image/jpeg, image/png, image/webp, image/gif\r\nAccept-Encoding: identity\r\n"
            "Connection: close\r\n\r\n".encode("ascii")
        )
        response = http.client.HTTPResponse(_Stream(connection, deadline), method="GET")  # type: ignore[arg-type]
        with response:
            response.begin()
            if response.status in _REDIRECTS and response.headers.get("Location"):
                return response.headers["Location"], b""
            if response.status != http.HTTPStatus.OK:
                permanent = response.status < 500 and response.status not in _WORTH_A_RETRY
                raise FetchRefused("status", f"The server answered {response.status}.", permanent=permanent)
            return None, _read(response)


def _read(response: http.client.HTTPResponse) -> bytes:
    limit = settings.KINDRED_IMAGE_MAX_BYTES
    too_large = _refuse("too_many_bytes", f"A picture may have {limit:,} bytes.")
    if response.length is not None and response.length > limit:
        raise too_large
    body = bytearray()
    while chunk := response.read(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise too_large
    if response.length:  # announced, but not sent
        raise http.client.IncompleteRead(b"", response.length)
    return bytes(body)


def _connect(target: Target, addresses: list[str], deadline: float) -> socket.socket:
    for address in addresses[:-1]:
        try:
            return _connect_to(address, target, deadline)
        except ConnectionError:
            continue
    return _connect_to(addresses[-1], target, deadline)


def _connect_to(address: str, target: Target, deadline: float) -> socket.socket:
    plain = socket.create_connection((address, target.port), timeout=_remaining(deadline))
    if target.scheme == "http":
        return plain
    try:
        plain.settimeout(_remaining(deadline))  # the whole handshake, not each of its reads
        return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise


def _resolve(target: Target, allow: AddressPolicy, deadline: float) -> list[str]:
    """Every address of the host; refused as a whole when one of them is not allowed."""
    try:
        found = _look_up(target, deadline)
    except (socket.gaierror, UnicodeError) as error:
        raise FetchRefused("unknown_host", "The host name has no address.", permanent=False) from error
    addresses = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    if not addresses or not all(allow(ipaddress.ip_address(address)) for address in addresses):
        raise _not_public()
    return addresses


def _look_up(target: Target, deadline: float) -> list[Any]:
    """`getaddrinfo` knows no deadline of its own: in a thread, which is left behind when ours comes."""
    answer: Future[list[Any]] = Future()

    def ask() -> None:
        try:
            answer.set_result(socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    return answer.result(timeout=_remaining(deadline))


def _split(url: str) -> SplitResult:
    if len(url) > URL_LIMIT:
        raise _refuse("invalid_url", f"An address may have {URL_LIMIT:,} characters.")
    if any(char <= " " or char == "\x7f" or char == "\\" for char in url):
        raise _refuse("invalid_url", "An address has no spaces, backslashes or control characters.")
    try:
        parts = urlsplit(url)
        return parts._replace(scheme=parts.scheme.lower())
    except ValueError as error:
        raise _refuse("invalid_url", "This is not an address.") from error


def _ascii_host(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii") if not host.isascii() else host.encode("ascii").decode()
    except UnicodeError as error:
        raise _refuse("invalid_url", "The host name is malformed.") from error


def _literal_address(host: str) -> IPAddress | None:
    """The address a host spells out, in any spelling the resolver would take (`127.1`, `0x7f000001`, `2130706433`)."""
    host = host.rstrip(".")
    if not host:
        raise _refuse("invalid_url", "The address names no host.")
    if host == "localhost" or host.endswith(".localhost"):
        return ipaddress.IPv4Address("127.0.0.1")
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _refuse(code: str, message: str) -> FetchRefused:
    return FetchRefused(code, message, permanent=True)


def _not_public() -> FetchRefused:
    return _refuse("address_not_public", "The address leads into a private network.")


def _remaining(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class _Stream(io.RawIOBase):
    """A socket's bytes until the deadline: what `HTTPResponse` reads from."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(_remaining(self._deadline))
        return self._connection.recv_into(buffer)
