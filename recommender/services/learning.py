"""Learning from what people decided: a new version of a store's matcher, put to use only where it proves better.

It is a chooser (`choosing`), taught on all decisions that stand and nothing else: undo one, and the next version knows
nothing of it. It is tried in folds on decisions that no version ever in use has seen, of families of products none has
seen, beside the matcher in use, of whatever kind that is (`gate`); and a version that was rolled back from comes back
only by as many new decisions as it took the first time.

Nothing is held while it learns: a process killed in here leaves no version, and the next run begins anew. Where enough
was decided, and yet nothing can be learned from it, that is remembered for managers, and tried again at night only when
something more was decided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from catalog.models import Store
from catalog.services.stores import lock_store
from recommender.matching import gate
from recommender.matching.choosing import digest_group, save_chooser, taught_groups
from recommender.matching.choosing_training import (
    FOLDS,
    LEAST_MATCHES,
    LEAST_TRIED,
    RECIPE,
    check_enough,
    deal_folds,
    train_chooser,
)
from recommender.matching.contract import MACHINE
from recommender.matching.decided import Decided, read_decided
from recommender.matching.gate import Gate
from recommender.matching.training import Recipe, TooFewPairs
from recommender.models import FailedLesson
from recommender.services.matchers import LearnedFrom, activate_version, active_matcher, active_version_id, add_version
from recommender.services.offer_trials import (
    BOTH,
    KnownOffer,
    ask_matcher,
    know_decided,
    line_up_offers,
    read_catalogue,
    try_offers,
)

logger = structlog.get_logger(__name__)

# The newest; with 20 candidates each, 100,000 pairs and 55 MB of features. Learning from that takes many minutes.
MAX_DECISIONS = 5_000
# A trial in more folds leaves more to learn from, and takes as much longer.
MOST_FOLDS = 10
# Versions that were never in use are kept this long in number, for who wants to put one to use after all.
KEPT_UNUSED = 10


@dataclass(frozen=True)
class Lesson:
    """What came of it. `version` is None where nothing was learned."""

    reason: str
    version: int | None = None
    is_in_use: bool = False
    metrics: dict[str, Any] = field(default_factory=dict)


def learn_from_decisions(*, store: Store, by: str = MACHINE, recipe: Recipe = RECIPE) -> Lesson:
    """Raises EncoderUnavailable where the encoder must be asked about a text that matching has not seen."""
    with _alone(store) as is_alone:
        if not is_alone:
            return Lesson("another process is learning")
        decided = read_decided(store, limit=MAX_DECISIONS)
        if reason := _find_hindrance(store, decided):
            return Lesson(reason)
        try:
            return _learn(store, decided, recipe, by)
        except TooFewPairs as error:
            reason = str(error).rstrip(".")
            told = {"decisions_sha256": decided.sha256, "reason": reason, "at": timezone.now()}
            FailedLesson.objects.update_or_create(store=store, defaults=told)
            return Lesson(reason)


def is_due(store: Store) -> bool:
    return not find_hindrance(store)


def find_hindrance(store: Store) -> str:
    """Why workers learn nothing from what was decided in the store; empty where they will."""
    decided = read_decided(store, limit=MAX_DECISIONS)
    failed = FailedLesson.objects.filter(store=store, decisions_sha256=decided.sha256).first()
    return _find_hindrance(store, decided) or (failed.reason if failed else "")


def _find_hindrance(store: Store, decided: Decided) -> str:
    """Why there is no use in trying now."""
    last = store.matchers.defer("artifact").exclude(decisions_sha256="").order_by("-pk").first()
    if last is not None and last.decisions_sha256 == decided.sha256:
        return f"nothing was decided or undone since version {last.number} learned"
    accepted, refused = decided.since(_last_used(store)).count()
    least, of_each = settings.KINDRED_LEARN_DECISIONS, settings.KINDRED_LEARN_OF_EACH
    if accepted + refused < least or min(accepted, refused) < of_each:
        return (
            f"{accepted} accepted and {refused} refused since a version learned that was in use; "
            f"it takes {least}, and {of_each} of either"
        )
    known, _ = decided.count()
    return f"{known} accepted in all; it takes {LEAST_MATCHES}" if known < LEAST_MATCHES else ""


def _last_used(store: Store) -> int:
    """The newest decision that a version ever in use has learned from."""
    used = store.matchers.filter(activated_at__isnull=False)
    return used.aggregate(last=Max("last_decision"))["last"] or 0


def _learn(store: Store, decided: Decided, recipe: Recipe, by: str) -> Lesson:
    present = active_matcher(store)
    known = know_decided(store, decided.answers)
    held = _hold_out(known, taught=_taught_ever(store))
    offers = list(known.values())
    lineups = line_up_offers(store, offers)
    check_enough(lineups)
    folds = _count_folds(held, offers, seed=recipe.seed)
    tried = try_offers(store, held, way=BOTH, folds=folds, seed=recipe.seed, learned=offers, recipe=recipe)
    beside = ask_matcher(store, present.matcher, held)
    verdict = gate.weigh(tried, beside, precision=recipe.precision, seed=recipe.seed)
    taught = train_chooser(lineups, catalogue=read_catalogue(store), recipe=recipe)
    trial = gate.describe(tried, beside, seed=recipe.seed)
    metrics = {**taught.metrics, **_describe_decisions(decided), **trial}
    return _keep(store, decided, present.version_id, save_chooser(taught), metrics, verdict, by)


def _taught_ever(store: Store) -> set[str]:
    """What any version was taught that was ever in use, from decisions or from a file: also from what was undone since,
    or is too long ago to be learned from again."""
    used = store.matchers.filter(activated_at__isnull=False).values_list("artifact", flat=True)
    return {group for artifact in used.iterator(chunk_size=1) for group in taught_groups(bytes(artifact))}


def _hold_out(known: Mapping[int, KnownOffer], *, taught: Set[str]) -> list[KnownOffer]:
    """Offers of families that were taught to none. Raises TooFewPairs."""
    held = [each for each in known.values() if digest_group(each.group) not in taught]
    if (families := len({each.group for each in held})) < FOLDS:
        raise TooFewPairs(f"The held-out offers are of {families} families; a trial takes at least {FOLDS}.")
    return held


def _count_folds(held: Sequence[KnownOffer], learned: Sequence[KnownOffer], *, seed: int) -> int:
    """The fewest folds, from FOLDS on, each of which leaves LEAST_TRIED matches to learn from. Raises TooFewPairs."""
    groups = [each.group for each in held]
    matches = Counter(each.group for each in learned if each.is_found)
    most_left = 0
    for count in range(FOLDS, min(MOST_FOLDS, len(set(groups))) + 1):
        away = [0] * count
        for group, fold in dict(zip(groups, deal_folds(groups, count=count, seed=seed).tolist(), strict=True)).items():
            away[fold] += matches[group]
        left = matches.total() - max(away)
        if left >= LEAST_TRIED:
            return count
        most_left = max(most_left, left)
    raise TooFewPairs(
        f"A trial keeps some families of products back, and of {matches.total()} accepted offers leaves {most_left} to "
        f"learn from; it takes at least {LEAST_TRIED}. Most are of the same few families: decide offers of others."
    )


def _describe_decisions(decided: Decided) -> dict[str, Any]:
    accepted, refused = decided.count()
    moments = [each.at for each in decided.decisions]
    span = {"from": min(moments).isoformat(), "to": max(moments).isoformat()}
    return {"decisions": {"accepted": accepted, "refused": refused, **span}}


@transaction.atomic
def _keep(
    store: Store,
    decided: Decided,
    present_id: int | None,
    artifact: bytes,
    metrics: dict[str, Any],
    verdict: Gate,
    by: str,
) -> Lesson:
    """The version, and what becomes of it, at one moment."""
    lock_store(store.pk)
    is_compared = active_version_id(store) == present_id
    reason = verdict.why if is_compared else f"another version came into use meanwhile; {verdict.why}"
    learned = LearnedFrom(decided.last, decided.sha256)
    version = add_version(store=store, artifact=artifact, metrics=metrics, made_by=by, reason=reason, learned=learned)
    if verdict.is_open and is_compared:
        activate_version(version=version, by=by)
    _forget_unused(store)
    FailedLesson.objects.filter(store=store).delete()
    return Lesson(reason, version.number, verdict.is_open and is_compared, metrics)


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
