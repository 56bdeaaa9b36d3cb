"""API keys: `<prefix>.<secret>`. The prefix finds the row, the hash of the secret proves it."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.utils import timezone

from catalog.models import ApiKey, Scope, Store
from catalog.moments import this_moment
from catalog.wire import fetch

_SHAPE = re.compile(r"[0-9a-f]{12}\.[A-Za-z0-9_-]{43}", re.ASCII)


_KEY_FIELDS = [field.attname for field in ApiKey._meta.concrete_fields]
_STORE_FIELDS = [field.attname for field in Store._meta.concrete_fields]
_LIVING_KEY = (
    f"SELECT {', '.join([*(f'k.{name}' for name in _KEY_FIELDS), *(f's.{name}' for name in _STORE_FIELDS)])}"  # noqa: S608
    " FROM catalog_apikey k JOIN catalog_store s ON s.id = k.store_id WHERE k.prefix = %s AND k.revoked_at IS NULL"
)


class UnknownScopeError(ValueError):
    """A scope that does not exist, or none at all."""


def create_api_key(*, store: Store, scopes: Iterable[str], name: str = "") -> tuple[ApiKey, str]:
    """The stored key and the plain one, which is shown once and never kept."""
    wanted = set(scopes)
    if not wanted or not wanted <= set(Scope.values):
        unknown = ", ".join(sorted(wanted - set(Scope.values))) or "none given"
        raise UnknownScopeError(f"Unknown scope ({unknown}); choose from {', '.join(Scope.values)}.")
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        store=store,
        name=name or "key",
        prefix=prefix,
        hashed_key=_hash(secret),
        scopes=[scope for scope in Scope.values if scope in wanted],
    )
    return key, f"{prefix}.{secret}"


def authenticate(plain: str) -> ApiKey | None:
    """The living key this text proves, with its store, or None; at most one query. A key that was revoked, or a store
    that was renamed, is what it was for KINDRED_STALE_SECONDS seconds."""
    if not _SHAPE.fullmatch(plain):
        return None
    prefix, _, secret = plain.partition(".")
    key = _living_key(prefix)
    # Hash and compare even when there is no such prefix: both refusals then take the same time.
    is_proven = hmac.compare_digest(_hash(secret), key.hashed_key if key else _hash(""))
    return key if key and is_proven else None


def _living_key(prefix: str) -> ApiKey | None:
    """The key with its store."""
    try:
        row = _row_of(prefix, this_moment())
    except ApiKey.DoesNotExist:
        return None
    key = ApiKey.from_db("default", _KEY_FIELDS, row[: len(_KEY_FIELDS)])
    key.store = Store.from_db("default", _STORE_FIELDS, row[len(_KEY_FIELDS) :])
    return key


@lru_cache(maxsize=1024)
def _row_of(prefix: str, moment: float) -> tuple[Any, ...]:
    """Every request comes through here, and SQL as text spares it 1 ms of composing it. That there is none is not
    remembered: raises ApiKey.DoesNotExist."""
    rows = fetch(_LIVING_KEY, [prefix])
    if not rows:
        raise ApiKey.DoesNotExist
    return rows[0]


def revoke_api_key(key: ApiKey) -> None:
    """Refuse the key, within KINDRED_STALE_SECONDS seconds. Revoking twice keeps the first time."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    key.refresh_from_db(fields=["revoked_at"])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
