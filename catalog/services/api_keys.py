"""API keys: `<prefix>.<secret>`. The prefix finds the row, the hash of the secret proves it."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable

from django.utils import timezone

from catalog.models import ApiKey, Scope, Store

_SHAPE = re.compile(r"[0-9a-f]{12}\.[A-Za-z0-9_-]{43}", re.ASCII)


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
    """The living key this text proves, with its store, or None; one query."""
    if not _SHAPE.fullmatch(plain):
        return None
    prefix, _, secret = plain.partition(".")
    key = ApiKey.objects.select_related("store").filter(prefix=prefix, revoked_at=None).first()
    # Hash and compare even when there is no such prefix: both refusals then take the same time.
    is_proven = hmac.compare_digest(_hash(secret), key.hashed_key if key else _hash(""))
    return key if key and is_proven else None


def revoke_api_key(key: ApiKey) -> None:
    """Refuse the key from now on. Revoking twice keeps the first time."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    key.refresh_from_db(fields=["revoked_at"])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
