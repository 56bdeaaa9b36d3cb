"""Learning from what people decided: a new version of a store's scoring model, put to use only where it proves better.

It is always taught on what the store had before it learned anything, the shipped model or one of a file, from all
decisions that stand: undo one, and the next version knows nothing of it. It is tried on decisions that no version ever
in use has seen, of families of products none has seen (`stacking`), so it is compared with the present one on equal
terms, and a version that was rolled back from comes back only by as many new decisions as it took the first time.

Nothing is held while it learns: a process killed in here leaves no version, and the next run begins anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from catalog.models import Store
from catalog.services.stores import lock_store
from embeddings.selectors import active_space
from recommender.matching.contract import MACHINE
from recommender.matching.decided import Decided, DecidedPairs, measure_decided, read_decided
from recommender.matching.measures import Labels
from recommender.matching.scoring import Matcher, save_matcher
from recommender.matching.stacking import Gate, describe_trial, teach, try_out, weigh_trial
from recommender.matching.trained import TrainedMatcher
from recommender.matching.training import Recipe, TooFewPairs
from recommender.services.matchers import LearnedFrom, activate_version, active_version_id, add_version, matcher_of

logger = structlog.get_logger(__name__)

# The newest; with 20 candidates each, 100,000 pairs and 25 MB of features. Learning from that takes some minutes.
MAX_DECISIONS = 5_000
# Versions that were never in use are kept this long in number, for who wants to put one to use after all.
KEPT_UNUSED = 10


@dataclass(frozen=True)
class Lesson:
    """What came of it. `version` is None where nothing was learned."""

    reason: str
    version: int | None = None
    is_in_use: bool = False
    metrics: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Footing:
    """What is in use, and what it and a new version are taught on."""

    present_id: int | None
    base_id: int | None
    present: Matcher
    base: Matcher


def learn_from_decisions(*, store: Store, by: str = MACHINE, recipe: Recipe | None = None) -> Lesson:
    """Raises EncoderUnavailable where the encoder must be asked about a text that matching has not seen."""
    with _alone(store) as is_alone:
        if not is_alone:
            return Lesson("another process is learning")
        decided = read_decided(store, limit=MAX_DECISIONS)
        if reason := _find_hindrance(store, decided):
            return Lesson(reason)
        footing = _find_footing(store)
        if footing is None:
            return Lesson("the model in use is of a kind that decisions can't be taught to")
        try:
            return _learn(store, decided, footing, recipe or Recipe(), by)
        except TooFewPairs as error:
            return Lesson(str(error))


def is_due(store: Store) -> bool:
    return not _find_hindrance(store, read_decided(store, limit=MAX_DECISIONS))


def _find_hindrance(store: Store, decided: Decided) -> str:
    """Why nothing can be learned now."""
    last = store.matchers.defer("artifact").exclude(decisions_sha256="").order_by("-pk").first()
    if last is not None and last.decisions_sha256 == decided.sha256:
        return f"nothing was decided or undone since version {last.number} learned"
    accepted, refused = decided.since(_last_used(store)).count()
    least, of_each = settings.KINDRED_LEARN_DECISIONS, settings.KINDRED_LEARN_OF_EACH
    if accepted + refused >= least and min(accepted, refused) >= of_each:
        return ""
    return (
        f"{accepted} accepted and {refused} refused since a version learned that was in use; "
        f"it takes {least}, and {of_each} of either"
    )


def _last_used(store: Store) -> int:
    """The newest decision that a version ever in use has learned from."""
    used = store.matchers.filter(activated_at__isnull=False)
    return used.aggregate(last=Max("last_decision"))["last"] or 0


def _find_footing(store: Store) -> _Footing | None:
    version = store.matchers.defer("artifact").filter(is_active=True).first()
    present_id = version.pk if version else None
    base_id = version.base_id if version and version.is_learned else present_id
    present, base = matcher_of(present_id), matcher_of(base_id)
    if not isinstance(present, TrainedMatcher) or not isinstance(base, TrainedMatcher):
        return None
    if present.model.reading or base.model.reading:
        return None  # stacking asks for margins from features alone
    return _Footing(present_id, base_id, present.model, base.model)


def _learn(store: Store, decided: Decided, footing: _Footing, recipe: Recipe, by: str) -> Lesson:
    pairs = measure_decided(store, active_space(store), decided, frequencies=footing.base.frequencies)
    held = _hold_out(pairs, after=_last_used(store))
    trial = try_out(footing.base, footing.present, pairs.examples, held, recipe=recipe)
    gate = weigh_trial(trial, recipe=recipe)
    taught = teach(footing.base, pairs.examples, recipe=recipe)
    metrics = {**taught.metrics, **_describe_decisions(decided), **describe_trial(trial)}
    return _keep(store, decided, footing, save_matcher(taught), metrics, gate, by)


def _hold_out(pairs: DecidedPairs, *, after: int) -> Labels:
    """bool[n]: of families of which every decision is newer."""
    known = np.unique(pairs.examples.groups[pairs.latest <= after])
    return ~np.isin(pairs.examples.groups, known)


def _describe_decisions(decided: Decided) -> dict[str, Any]:
    accepted, refused = decided.count()
    moments = [each.at for each in decided.decisions]
    span = {"from": min(moments).isoformat(), "to": max(moments).isoformat()}
    return {"decisions": {"accepted": accepted, "refused": refused, **span}}


@transaction.atomic
def _keep(
    store: Store,
    decided: Decided,
    footing: _Footing,
    artifact: bytes,
    metrics: dict[str, Any],
    gate: Gate,
    by: str,
) -> Lesson:
    """The version, and what becomes of it, at one moment."""
    lock_store(store.pk)
    is_compared = active_version_id(store) == footing.present_id
    reason = gate.why if is_compared else f"another version came into use meanwhile; {gate.why}"
    learned = LearnedFrom(footing.base_id, decided.last, decided.sha256)
    version = add_version(store=store, artifact=artifact, metrics=metrics, made_by=by, reason=reason, learned=learned)
    if gate.is_open and is_compared:
        activate_version(version=version, by=by)
    _forget_unused(store)
    return Lesson(reason, version.number, gate.is_open and is_compared, metrics)


def _forget_unused(store: Store) -> None:
    unused = store.matchers.exclude(decisions_sha256="").filter(activated_at=None).order_by("-pk")
    store.matchers.filter(pk__in=list(unused.values_list("pk", flat=True)[KEPT_UNUSED:])).delete()


@contextmanager
def _alone(store: Store) -> Iterator[bool]:
    """Yields whether this process alone now learns for the store. The lock dies with the process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('learn matcher', %s))", [store.pk])
        is_alone = bool(cursor.fetchone()[0])
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended('learn matcher', %s))", [store.pk])
