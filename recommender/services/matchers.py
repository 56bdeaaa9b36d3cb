"""The scoring models of a store: which is in use, taking another, going back."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.module_loading import import_string

from catalog.models import Store
from catalog.services.stores import lock_store
from recommender.matching.contract import Matcher
from recommender.models import MatcherUse, MatcherVersion


class NoEarlierVersionError(Exception):
    """The store has no version to go back to."""


@dataclass(frozen=True)
class ActiveMatcher:
    """`version_id` and `number` None are the model Kindred ships."""

    version_id: int | None
    number: int | None
    matcher: Matcher


@dataclass(frozen=True)
class LearnedFrom:
    """As MatcherVersion keeps it."""

    last_decision: int
    decisions_sha256: str


def active_version_id(store: Store) -> int | None:
    return MatcherVersion.objects.filter(store=store, is_active=True).values_list("pk", flat=True).first()


def active_matcher(store: Store) -> ActiveMatcher:
    found = MatcherVersion.objects.filter(store=store, is_active=True).values_list("pk", "number").first()
    version_id, number = found or (None, None)
    return ActiveMatcher(version_id, number, matcher_of(version_id))


def matcher_of(version_id: int | None) -> Matcher:
    """Of a version; without, the one Kindred ships."""
    return _load(settings.KINDRED_MATCHER, version_id)


def find_version(*, store: Store, artifact: bytes) -> MatcherVersion | None:
    """The store's version of these very bytes."""
    return store.matchers.filter(sha256=_sum(artifact)).defer("artifact").first()


@transaction.atomic
def add_version(
    *,
    store: Store,
    artifact: bytes,
    metrics: Mapping[str, Any],
    made_by: str = "",
    reason: str = "",
    learned: LearnedFrom | None = None,
) -> MatcherVersion:
    """Keep a trained model beside the one in use; `learned` if it was trained on the store's decisions."""
    lock_store(store.pk)
    last = store.matchers.aggregate(last=Max("number"))["last"] or 0
    return MatcherVersion.objects.create(
        store=store,
        number=last + 1,
        artifact=artifact,
        sha256=_sum(artifact),
        metrics=dict(metrics),
        made_by=made_by,
        reason=reason[:500],
        **(asdict(learned) if learned else {}),
    )


@transaction.atomic
def activate_version(*, version: MatcherVersion, by: str) -> None:
    """From now on offers are scored by it; what waits for review becomes due and is scored anew."""
    lock_store(version.store_id)
    versions, now = MatcherVersion.objects.filter(store_id=version.store_id), timezone.now()
    if versions.filter(pk=version.pk, is_active=True).exists():
        return
    versions.filter(is_active=True).update(is_active=False)
    versions.filter(pk=version.pk).update(is_active=True, activated_at=now, activated_by=by)
    MatcherUse.objects.create(version=version, at=now, by=by)


@transaction.atomic
def roll_back(*, store: Store) -> MatcherVersion | None:
    """Return to the version that the present one replaced, or, from the first, to the model Kindred ships (None).

    Raises NoEarlierVersionError when that is in use already.
    """
    lock_store(store.pk)
    standing = MatcherUse.objects.filter(version__store=store, undone_at=None)
    present, earlier = [*standing[:2], None, None][:2]
    if present is None:
        raise NoEarlierVersionError
    standing.filter(pk=present.pk).update(undone_at=timezone.now())
    versions = MatcherVersion.objects.filter(store=store).defer("artifact")
    versions.filter(is_active=True).update(is_active=False)
    if earlier is None:
        return None
    versions.filter(pk=earlier.version_id).update(is_active=True)
    return versions.get(pk=earlier.version_id)


def _sum(artifact: bytes) -> str:
    return hashlib.sha256(artifact).hexdigest()


def check_artifact(path: Path) -> dict[str, Any]:
    """The metrics of a model's file, once it has been loaded as it will be. Raises OSError, ValueError."""
    load: Any = import_string(settings.KINDRED_MATCHER)
    return dict(load(path).metrics)


@lru_cache(maxsize=8)
def _load(loader: str, version_id: int | None) -> Matcher:
    """A version's artifact never changes, so its number says what is loaded."""
    load: Any = import_string(loader)
    if version_id is None:
        return load(None)
    artifact = MatcherVersion.objects.values_list("artifact", flat=True).get(pk=version_id)
    with tempfile.TemporaryDirectory(prefix="kindred-") as folder:
        path = Path(folder, "matcher")
        path.write_bytes(artifact)
        return load(path)
