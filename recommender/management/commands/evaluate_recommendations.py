import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.importers.feeds import FeedError
from catalog.models import Store
from catalog.selectors import find_store
from recommender.evaluation import reports
from recommender.evaluation.asking import HOME, OWN
from recommender.evaluation.history import forget_all, last_event_at, undone
from recommender.evaluation.split import Split, split_at_end
from recommender.evaluation.trials import (
    NobodyToAskError,
    Options,
    Tuning,
    evaluate_store,
    trace_diversity,
    tune_store,
)
from recommender.models import ScenarioSettings
from recommender.pipeline import SCENARIOS
from recommender.services.event_imports import import_events
from recommender.services.scenarios import save_settings

NOBODY = {
    "home": "Nobody did anything with a published product",
    "product": "In no visit did anybody do anything with a second published product",
    "basket": "In no visit did anybody put a second published product in the basket, or buy it,",
}


class Command(BaseCommand):
    help = (
        "Take the store back by a week, ask what it would have recommended, and compare with what happened."
        " Nothing of the store changes, but what --tune finds is stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--store", default="main", help="the store's slug (main)")
        parser.add_argument("--events", type=Path, metavar="FILE", help="these events, as import_events reads them")
        parser.add_argument(
            "--scenario", choices=SCENARIOS, default=HOME, help="whose pages: home, or beside what was visited (home)"
        )
        parser.add_argument("--days", type=float, default=7, help="held out, up to the last event (7)")
        parser.add_argument("-k", type=int, default=10, help="products a page (10)")
        parser.add_argument("--shoppers", type=int, default=1_000, help="asked about at most; more are sampled (1000)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--diversity-curve", action="store_true", help="also what diversity costs and brings")
        parser.add_argument("--tune", action="store_true", help="first find weights on the stretch before the held-out")
        parser.add_argument("--trials", type=int, default=80, help="weighings that --tune may try (80)")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
        parser.add_argument("--plot", type=Path, metavar="FILE.png", help="draw them")

    def handle(self, *args: Any, store: str, events: Path | None, **options: Any) -> None:
        owner = find_store(store)
        if owner is None:
            raise CommandError(f"There is no store '{store}'.")
        for name in ("days", "k", "shoppers", "trials"):
            if options[name] <= 0:
                raise CommandError(f"{'-k' if name == 'k' else f'--{name}'} must be above 0.")
        for name in ("json", "plot"):
            if options[name] and not options[name].parent.is_dir():
                raise CommandError(f"--{name}: there is no folder {options[name].parent}.")
        with self._told(owner, events):
            try:
                self._evaluate(owner, is_own=events is None, **options)
            except NobodyToAskError as error:
                raise CommandError(
                    f"{NOBODY[options['scenario']]} in the last {options['days']:g} days of events"
                    f"{' and the same time before' if options['tune'] else ''}."
                ) from error

    @contextmanager
    def _told(self, store: Store, events: Path | None) -> Iterator[None]:
        """With a file, as if its events were all that ever happened in the store."""
        if events is None:
            yield
            return
        with undone():
            forget_all(store)
            accepted = rejected = 0
            try:
                for report in import_events(store=store, path=events):
                    accepted += report.accepted
                    rejected += len({rejection.index for rejection in report.rejections})
                    for rejection in report.rejections:
                        self.stderr.write(f"row {rejection.index}: {rejection.field}: {rejection.message}")
            except FeedError as error:
                raise CommandError(f"{events}: {error}") from error
            except OSError as error:
                raise CommandError(f"{events} can't be read: {error.strerror}.") from error
            self.stdout.write(f"{events}: {accepted:,} events, {rejected:,} rejected")
            yield

    def _evaluate(self, store: Store, *, is_own: bool, **given: Any) -> None:
        options = Options(given["scenario"], k=given["k"], at_most=given["shoppers"], seed=given["seed"])
        split = self._split(store, timedelta(days=given["days"]))
        tuning = tune_store(store, split, options, trials=given["trials"]) if given["tune"] else None
        setting = tuning.setting if tuning else OWN
        if tuning:
            self._say(reports.spell_tuning(tuning))
            if is_own:
                self._keep(store, options.scenario, tuning)
        evaluation = evaluate_store(store, split, options, setting=setting)
        self._say(reports.spell(evaluation))
        curve = trace_diversity(store, split, options, setting=setting) if given["diversity_curve"] else []
        if curve:
            self._say(reports.spell_curve(curve, k=options.k))
        if given["json"]:
            found = reports.to_json(evaluation, curve=curve, tuning=tuning, store=store.slug)
            given["json"].write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        if given["plot"]:
            # matplotlib takes half a second to import, and only this needs it.
            from recommender.evaluation.plot import draw

            draw(evaluation, given["plot"], curve=curve)

    def _keep(self, store: Store, scenario: str, tuning: Tuning) -> None:
        if tuning.score < tuning.start:
            self.stdout.write(f"Nothing was better than the settings of scenario {scenario}, which stay.")
            return
        own = ScenarioSettings.objects.of(store).filter(scenario=scenario).first()
        chosen, policies = tuning.setting, own.policies if own else {}
        save_settings(
            store=store, scenario=scenario, weights=chosen.weights, diversity=chosen.diversity, policies=policies
        )
        self.stdout.write(f"Stored as the settings of scenario {scenario}.")

    def _split(self, store: Store, held_out: timedelta) -> Split:
        last = last_event_at(store)
        if last is None:
            raise CommandError(f"Nothing ever happened in the store '{store.slug}': it has no events.")
        return split_at_end(last, held_out)

    def _say(self, lines: Iterator[str]) -> None:
        for line in lines:
            self.stdout.write(line)
