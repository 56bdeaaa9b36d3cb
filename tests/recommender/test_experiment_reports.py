import uuid
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from catalog.models import Product
from recommender.experiment_reports import report_experiment
from recommender.experiments import assign
from recommender.lift import Moments, relative_lift
from recommender.models import Experiment
from recommender.services.events import NewEvent, record_events
from recommender.services.experiments import NewVariant, create_experiment, start_experiment, stop_experiment
from recommender.services.rankings import ShownRanking, write_rankings

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def experiment(store, shop):
    """Started two days ago: `control` and `diverse`, half and half."""
    variants = [NewVariant("control", 0.5), NewVariant("diverse", 0.5, {"diversity": 0.4})]
    made = start_experiment(create_experiment(store=store, name="e1", scenario="home", variants=variants))
    made.started_at = timezone.now() - timedelta(days=2)
    made.save()
    return made


@pytest.fixture
def show(experiment, store, shop):
    """`show("diverse", "ann", hours=3)`: a ranking of the red mug and lamp, three hours ago; gives its id."""
    variants = {variant.name: variant.pk for variant in experiment.variants.all()}

    def make(variant, shopper, *, hours=5.0, store=store):
        ranking = ShownRanking(
            uuid.uuid4(),
            store.pk,
            "home",
            [shop["mug-red"].pk, shop["lamp-red"].pk],
            [1.0, 0.5],
            shopper=shopper,
            variant_id=variants.get(variant),
            created_at=timezone.now() - hours * HOUR,
        )
        write_rankings(rankings=[ranking])
        return ranking.id

    return make


def figures(experiment: Experiment, name: str):
    return next(variant for variant in report_experiment(experiment).variants if variant.variant == name)


def test_shoppers_are_counted_with_what_they_did_since_they_were_shown_it(experiment, show, happens):
    now = timezone.now()
    first, second = show("diverse", "ann", hours=5), show("diverse", "ann", hours=4)
    show("diverse", "bob", hours=3)
    show("diverse", "cat", hours=3)
    happens("ann", "click", "mug-red", "lamp-red", ranking_id=first)
    happens("bob", "click", "mug-red")  # found elsewhere
    happens("ann", "cart", "mug-red", at=now - 2 * HOUR)
    happens("ann", "purchase", "mug-red", "lamp-red", at=now - HOUR)
    happens("bob", "cart", "mug-red", at=now - 4 * HOUR)  # before it was shown to them
    happens("bob", "purchase", "mug-blue", at=now - HOUR, ranking_id=second)
    report = figures(experiment, "diverse")
    assert (report.shoppers, report.rankings, report.is_control) == (3, 4, False)
    assert report.click_through.value == 1 / 4
    assert report.cart_rate.value == 1 / 3
    assert report.purchase_rate.value == 2 / 3
    assert report.revenue.value == pytest.approx((10 + 60 + 12) / 3)
    control = figures(experiment, "control")
    assert (control.shoppers, control.rankings, control.click_through.value) == (0, 0, None)


def test_only_this_experiments_rankings_of_known_shoppers_expose(experiment, store, other_store, show, happens):
    show(None, "ann")
    show("diverse", "")
    show("diverse", "ann", hours=24 * 5)  # before it started
    show("diverse", "ann", store=other_store)
    assert figures(experiment, "diverse").shoppers == 0


def test_another_stores_events_do_not_count(experiment, other_store, other_shop, show, happens):
    shown = show("diverse", "ann")
    happens("ann", "click", "theirs", store=other_store, ranking_id=shown)
    happens("ann", "purchase", "theirs", store=other_store)
    report = figures(experiment, "diverse")
    assert (report.click_through.value, report.purchase_rate.value) == (0, 0)


def test_what_happens_after_the_end_does_not_count(experiment, show, happens):
    show("diverse", "ann", hours=20)
    happens("ann", "purchase", "mug-red", at=timezone.now() - 15 * HOUR)
    show("diverse", "bob", hours=9)
    happens("ann", "cart", "mug-red", at=timezone.now() - 9 * HOUR)
    stop_experiment(experiment)
    Experiment.objects.update(stopped_at=timezone.now() - 10 * HOUR)
    report = figures(Experiment.objects.get(), "diverse")
    assert (report.shoppers, report.purchase_rate.value, report.cart_rate.value) == (1, 1, 0)


def test_a_draft_has_nothing_to_show(store):
    variants = [NewVariant("control", 0.5), NewVariant("diverse", 0.5, {"diversity": 0.4})]
    report = report_experiment(create_experiment(store=store, name="e1", scenario="home", variants=variants))
    assert (report.status, report.since, report.until, report.mismatch) == ("draft", None, None, None)
    assert [(variant.shoppers, variant.revenue) for variant in report.variants] == [(0, None), (0, None)]


def test_the_report_says_from_when_rankings_are_left(experiment, settings):
    settings.KINDRED_RANKING_DAYS = 1
    now = timezone.now()
    report = report_experiment(experiment, now=now)
    assert (report.since, report.until) == (now - timedelta(days=1), now)


def test_revenue_is_left_out_where_currencies_differ(experiment, show, happens):
    show("diverse", "ann")
    happens("ann", "purchase", "mug-red", "lamp-red")
    Product.objects.filter(sku="mug-red").update(currency="EUR")
    assert figures(experiment, "diverse").revenue is None
    Product.objects.update(currency="EUR")
    report = report_experiment(experiment)
    assert (report.currency, report.variants[1].revenue.value) == ("EUR", 70)


def simulate(experiment: Experiment, shop, *, lift: float, seed: int) -> dict[str, list[tuple[float, float, bool]]]:
    """400 shoppers, assigned as answers would be; variant -> (clicked, rankings, bought) of each. `diverse` is clicked
    `1 + lift` times as often."""
    generator = np.random.default_rng(seed)
    rankings, events, truth = [], [], {"control": [], "diverse": []}
    shown_at = timezone.now() - 5 * HOUR
    for number in range(400):
        shopper = f"s-{seed}-{number}"
        part = assign(experiment.store, "home", shopper)
        readiness = generator.beta(2, 8) * (1 + lift * (part.variant == "diverse"))
        count = 1 + generator.poisson(3)
        clicks = generator.random(count) < readiness
        bought = bool(generator.random() < readiness)
        truth[part.variant].append((float(clicks.sum()), float(count), bought))
        for clicked in clicks:
            ranking = ShownRanking(
                *(uuid.uuid4(), experiment.store_id, "home", [shop["mug-red"].pk], [1.0], shopper),
                variant_id=part.variant_id,
                created_at=shown_at,
            )
            rankings.append(ranking)
            if clicked:
                events.append(NewEvent(f"c-{ranking.id}", shopper, "mug-red", "click", ranking_id=ranking.id))
        if bought:
            events.append(NewEvent(f"p-{shopper}", shopper, "mug-red", "purchase"))
    write_rankings(rankings=rankings)
    report = record_events(store=experiment.store, events=dict(enumerate(events)))
    assert report.accepted == len(events)
    return truth


@pytest.mark.parametrize(("lift", "is_found"), [(0.0, False), (1.0, True)], ids=["A/A", "A/B"])
def test_a_simulated_experiment_is_reported_as_it_was(experiment, shop, lift, is_found):
    truth = simulate(experiment, shop, lift=lift, seed=3)
    report = report_experiment(experiment)
    clicks = {name: Moments.of((x, y) for x, y, _ in people) for name, people in truth.items()}
    buys = {name: Moments.of((float(b), 1.0) for *_, b in people) for name, people in truth.items()}
    for variant in report.variants:
        assert variant.shoppers == len(truth[variant.variant])
        assert variant.rankings == sum(y for _, y, _ in truth[variant.variant])
        assert variant.click_through.value == pytest.approx(clicks[variant.variant].ratio)
        assert variant.purchase_rate.value == pytest.approx(buys[variant.variant].ratio)
        assert variant.revenue.value == pytest.approx(10 * buys[variant.variant].ratio)
    control, diverse = report.variants
    assert control.click_through.lift is None
    for found, moments in ((diverse.click_through.lift, clicks), (diverse.purchase_rate.lift, buys)):
        expected = relative_lift(moments["diverse"], moments["control"])
        assert (found.relative, found.low, found.high) == pytest.approx(
            (expected.relative, expected.low, expected.high)
        )
    assert (diverse.click_through.lift.low > 0) is is_found
    assert report.mismatch > 0.001
    assert not report.is_mismatched


def test_lost_shoppers_are_noticed(experiment, show):
    for number in range(60):
        show("control", f"c-{number}")
        if number % 3 == 0:
            show("diverse", f"d-{number}")
    report = report_experiment(experiment)
    assert report.is_mismatched
    assert report.mismatch < 0.001


def test_a_report_costs_a_fixed_number_of_queries(experiment, show, happens, django_assert_num_queries):
    for number in range(30):
        happens(f"s-{number}", "click", "mug-red", ranking_id=show("control", f"s-{number}"))
    with django_assert_num_queries(3):  # variants, sums, currencies
        report_experiment(experiment)
