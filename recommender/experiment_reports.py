"""What an experiment shows: every variant's figures, how far they are from the control's, and whether to believe it.

Shoppers were drawn by lot, so they are what is counted. A shopper is exposed by the first ranking that names a variant.
Clicks are those that name such a ranking. What they put into the cart and bought from then on counts wherever they
found it: a variant that sells only what would have been found anyway gains nothing by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from recommender.lift import MISMATCH, Lift, Moments, mismatch_probability, relative_lift
from recommender.models import Experiment
from recommender.models.experiments import Variant
from recommender.scenario_settings import parse_settings


@dataclass(frozen=True)
class Metric:
    """`value` None: nothing to divide by yet. `lift` None: the control itself, or too little to compare."""

    value: float | None
    lift: Lift | None


@dataclass(frozen=True)
class VariantReport:
    """`click_through` is rankings clicked / rankings; the others are per exposed shopper: the share who put something
    into the cart, the share who bought, and what they paid at present prices (None: in several currencies)."""

    variant: str
    is_control: bool
    share: float
    shoppers: int
    rankings: int
    click_through: Metric
    cart_rate: Metric
    purchase_rate: Metric
    revenue: Metric | None


@dataclass(frozen=True)
class ExperimentReport:
    """`since` is the start, or where rankings have expired already, the first that are left. Where `is_mismatched`, the
    numbers of shoppers do not fit the shares: something loses or repeats shoppers, and no figure is to be trusted."""

    experiment: str
    scenario: str
    status: str
    since: datetime | None
    until: datetime | None
    variants: tuple[VariantReport, ...]
    currency: str | None
    mismatch: float | None
    is_mismatched: bool


@dataclass(frozen=True)
class _Measured:
    """A variant's sums over shoppers, by metric."""

    shoppers: int
    rankings: int
    click_through: Moments
    cart_rate: Moments
    purchase_rate: Moments
    revenue: Moments


# One row a variant, whatever the number of shoppers. What they did is put under what they were shown and grouped, not
# joined: the planner cannot know how many there will be, and takes nested loops for few.
_SUMS = """
WITH exposed AS MATERIALIZED (
    SELECT variant_id, shopper, count(*) AS rankings, min(created_at) AS first_at
      FROM recommender_ranking
     WHERE store_id = %(store)s AND variant_id = ANY(%(variants)s) AND shopper <> ''
       AND created_at >= %(since)s AND created_at < %(until)s
     GROUP BY variant_id, shopper
), told AS (
    SELECT variant_id, shopper, rankings, 0 AS clicked, false AS carted, false AS bought, 0.0 AS paid FROM exposed
    UNION ALL
    SELECT r.variant_id, r.shopper, 0, count(DISTINCT r.id), false, false, 0.0
      FROM recommender_ranking r JOIN recommender_event e ON e.ranking = r.id AND e.store_id = r.store_id
     WHERE r.store_id = %(store)s AND r.variant_id = ANY(%(variants)s) AND r.shopper <> ''
       AND r.created_at >= %(since)s AND r.created_at < %(until)s AND e.kind = 'click'
     GROUP BY r.variant_id, r.shopper
    UNION ALL
    SELECT x.variant_id, x.shopper, 0, 0, e.kind = 'cart', e.kind = 'purchase',
           CASE WHEN e.kind = 'purchase' THEN coalesce(p.price, 0) ELSE 0.0 END
      FROM exposed x
      JOIN recommender_shopper s ON s.store_id = %(store)s AND s.external_id = x.shopper
      JOIN recommender_event e ON e.shopper_id = s.id AND e.at >= x.first_at AND e.at < %(until)s
      JOIN catalog_product p ON p.id = e.product_id
     WHERE e.kind IN ('cart', 'purchase')
), person AS (
    SELECT variant_id, sum(rankings)::float8 AS y, sum(clicked)::float8 AS x, bool_or(carted)::int AS carted,
           bool_or(bought)::int AS bought, sum(paid)::float8 AS paid
      FROM told GROUP BY variant_id, shopper
)
SELECT variant_id, count(*), sum(y)::bigint, sum(x), sum(x * x), sum(y * y), sum(x * y),
       sum(carted)::bigint, sum(bought)::bigint, sum(paid), sum(paid * paid)
  FROM person GROUP BY variant_id
"""
_CURRENCIES = """
SELECT DISTINCT p.currency
  FROM recommender_event e JOIN catalog_product p ON p.id = e.product_id
 WHERE e.store_id = %s AND e.kind = 'purchase' AND e.at >= %s AND e.at < %s AND p.price IS NOT NULL LIMIT 2
"""


def report_experiment(experiment: Experiment, *, now: datetime | None = None) -> ExperimentReport:
    now = now or timezone.now()
    variants = list(experiment.variants.all())
    span = _span(experiment, now)
    measured = _measure(experiment, variants, *span) if span else {}
    currency = _currency(experiment, *span) if span else None
    control = next((variant for variant in variants if not parse_settings(variant.settings).to_json()), None)
    against = measured.get(control.pk) if control else None
    counts = [measured[variant.pk].shoppers if variant.pk in measured else 0 for variant in variants]
    mismatch = mismatch_probability(counts, [variant.share for variant in variants])
    return ExperimentReport(
        experiment=experiment.name,
        scenario=experiment.scenario,
        status=experiment.status,
        since=span[0] if span else None,
        until=span[1] if span else None,
        variants=tuple(
            _compare(
                variant,
                measured.get(variant.pk),
                against,
                is_control=variant == control,
                has_revenue=currency is not None,
            )
            for variant in variants
        ),
        currency=currency,
        mismatch=mismatch,
        is_mismatched=mismatch is not None and mismatch < MISMATCH,
    )


def _span(experiment: Experiment, now: datetime) -> tuple[datetime, datetime] | None:
    if experiment.started_at is None:
        return None
    kept_from = now - timedelta(days=settings.KINDRED_RANKING_DAYS)
    return max(experiment.started_at, kept_from), experiment.stopped_at or now


def _measure(
    experiment: Experiment, variants: Sequence[Variant], since: datetime, until: datetime
) -> dict[int, _Measured]:
    """variant's id -> sums; a variant nobody was shown is left out."""
    parameters: dict[str, Any] = {"store": experiment.store_id, "variants": [variant.pk for variant in variants]}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, parameters | {"since": since, "until": until})
        return {variant_id: _gather(*sums) for variant_id, *sums in cursor.fetchall()}


def _gather(
    n: int,
    y: int,
    x: float,
    xx: float,
    yy: float,
    xy: float,
    carted: int,
    bought: int,
    paid: float,
    paid_squared: float,
) -> _Measured:
    return _Measured(
        shoppers=n,
        rankings=y,
        click_through=Moments(n, x, y, xx, yy, xy),
        # Of yes and no, squares are the same.
        cart_rate=_per_shopper(n, carted, carted),
        purchase_rate=_per_shopper(n, bought, bought),
        revenue=_per_shopper(n, paid, paid_squared),
    )


def _per_shopper(n: int, x: float, xx: float) -> Moments:
    return Moments(n=n, x=x, y=n, xx=xx, yy=n, xy=x)


def _compare(
    variant: Variant, own: _Measured | None, control: _Measured | None, *, is_control: bool, has_revenue: bool
) -> VariantReport:
    def metric(name: str) -> Metric:
        if own is None:
            return Metric(None, None)
        moments = getattr(own, name)
        comparable = control is not None and not is_control
        return Metric(moments.ratio, relative_lift(moments, getattr(control, name)) if comparable else None)

    return VariantReport(
        variant=variant.name,
        is_control=is_control,
        share=variant.share,
        shoppers=own.shoppers if own else 0,
        rankings=own.rankings if own else 0,
        click_through=metric("click_through"),
        cart_rate=metric("cart_rate"),
        purchase_rate=metric("purchase_rate"),
        revenue=metric("revenue") if has_revenue else None,
    )


def _currency(experiment: Experiment, since: datetime, until: datetime) -> str | None:
    """The one of everything the store sold then."""
    with connection.cursor() as cursor:
        cursor.execute(_CURRENCIES, [experiment.store_id, since, until])
        found = [currency for (currency,) in cursor.fetchall()]
    return found[0] if len(found) == 1 else None
