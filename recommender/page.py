"""One answer in the making: what was retrieved so far, and the page that can be made of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property

import numpy as np

from catalog.cards import ProductCard, published_cards
from catalog.models import Product
from catalog.querysets import ProductQuerySet
from embeddings.layout import BEHAVIOUR, IMAGE, Vector
from embeddings.pictures import best_pictures
from embeddings.selectors import SpaceView, vectors_of
from recommender import selectors
from recommender.cursors import MOST_SHOWN, Place
from recommender.explanations import LIKENESS, Explanation, explain, explain_fallback, split_likeness
from recommender.facets import count_facets
from recommender.filters import Filters
from recommender.pool import Pool, Source, gather, rescore
from recommender.questions import Answer, Question, Result, Sort
from recommender.ranking.diversity import HEAD, diversify, likeness_of
from recommender.ranking.rotation import rotate, tire
from recommender.ranking.rules import boosted, place, quotas_of
from recommender.rule_queries import excluded, matches_of, pinned, without
from recommender.rules import ActiveRule, active_rules
from recommender.wishes import FEEDBACK_TOP, Wish, refine

# A page is chosen from so many times its length, and from no fewer.
POOL_FACTOR, LEAST_POOL = 2, 20
# Where scores are mixed, refined or spread: what one signal puts low may come up.
WIDE_FACTOR, LEAST_WIDE = 5, 50
# Where words are asked for, so many of what is like them and of what has them: with 5 and 50 pages were no better in
# the demo's shop, by requests written for choosing (nDCG 0.6809, with these 0.6813).
WORDS_FACTOR, LEAST_WORDS = 3, 30
# What a spread page is chosen from.
LEAST_SPREAD = 100
# What counts as relevant where a page is sorted by something else, or counted by facets.
RELEVANT = 200
# Of the best score, where words are asked for: with the starter and requests written for choosing, what scores less is
# an answer once in twenty times, and one answer in four is lost.
RELEVANT_SHARE = 0.3

# Called with the eligible products, `limit` and `exclude`; gives ids.
Fallback = Callable[..., list[int]]


class Page:
    """`page` holds ids in the order to be shown; `best` is what the question was refined by."""

    def __init__(self, question: Question, wish: Wish, space: SpaceView | None) -> None:
        self.question, self.wish, self.space = question, wish, space
        self.pool, self.cards = Pool(is_drained=False), dict[int, ProductCard]()
        self.page: list[int] = []
        self.relevant: list[int] = []
        self.added: dict[int, str] = {}  # id -> the fallback it came from
        self.best, self.refined = question.place.best, wish
        # What is not retrieved yet scores at most; where rules or refining move scores, about.
        self.reach = 1.0
        self._narrow()
        self.helping = self._first_helping()

    def _narrow(self) -> None:
        question, wish = self.question, self.wish
        self.rules = active_rules(question.store, question.scenario, text=wish.words, now=question.now)
        self.is_narrowed = question.filters != Filters() or any(rule.kind == "exclude" for rule in self.rules)
        self.shown = set(question.place.shown)
        self.hidden = {*wish.exclude, *wish.own, *self.shown}
        if question.collapse:
            self.hidden |= selectors.siblings_of(question.store, self.shown)
        has_pins = not self._is_sorted and any(rule.kind == "pin" for rule in self.rules)
        self.pins = pinned(self.eligible, self.rules, exclude=self.hidden) if has_pins else {}
        self.matches = matches_of(self.rules, list(self.pins.values()), question.store)

    @cached_property
    def eligible(self) -> ProductQuerySet:
        """Composed where it is asked for: most pages are narrowed by nothing."""
        question = self.question
        published = Product.objects.of(question.store).published()
        return excluded(question.filters.narrow(published, store=question.store), self.rules)

    @property
    def _is_sorted(self) -> bool:
        return self.question.sort != "relevance"

    @property
    def _is_whole(self) -> bool:
        """The relevant set is looked at whole, the same on every page."""
        return self._is_sorted or bool(self.question.facets)

    # --- retrieve ------------------------------------------------------------------------------------------------

    def wants_more(self) -> bool:
        """Variants fold into one and quotas leave out the rest, so that one helping may not fill the page."""
        if self.pool.is_drained or (self.is_narrowed and self.eligible.query.is_empty()):
            return False
        if not self.pool.parts:
            return True
        is_short = len(self.page) < self.question.limit and self.reach >= self.question.min_score
        return is_short and not self._is_sorted

    def retrieve(self) -> Pool:
        """The next helping, twice as large as the one before, so that a page is made of a dozen at most."""
        full = self._full_quotas()
        eligible = without(self.eligible, full) if full or self.is_narrowed else None
        source = Source(self.question.store, self.space, eligible, self.question.now)
        # What is looked at whole is so on every page: what was shown is left out afterwards.
        exclude = set[int]() if self._is_whole and not self.pool.parts else self._known()
        vectors = bool(self.question.diversity) or self.wish.is_refined
        found = gather(source, self.wish, limit=self.helping, exclude=exclude, vectors=vectors)
        self.helping *= 2
        return found

    def _first_helping(self) -> int:
        wish, question = self.wish, self.question
        if self._is_whole:
            return RELEVANT
        is_mixed = sum(map(bool, (wish.anchors, wish.tastes, wish.words, wish.visitor, wish.beside))) > 1
        is_plain = not (is_mixed or wish.is_refined or question.diversity or wish.rotation or self.rules)
        factor, least = (POOL_FACTOR, LEAST_POOL) if is_plain else (WIDE_FACTOR, LEAST_WIDE)
        if wish.words and wish.mix.lexical:
            factor, least = WORDS_FACTOR, LEAST_WORDS
        return max(factor * question.limit, LEAST_SPREAD if question.diversity else least)

    def _known(self) -> set[int]:
        """What need not be found again, with its variants."""
        seen = {*self.pool.parts, *self.added}
        variants = selectors.siblings_of(self.question.store, seen) if self.question.collapse else set()
        return {*self.hidden, *seen, *variants}

    def _full_quotas(self) -> list[ActiveRule]:
        """Nothing more of what they count fits on the page."""
        quotas = [(rule, self.matches.get(rule.id, ())) for rule in self.rules if rule.kind == "quota"]
        return [rule for rule, counted in quotas if sum(pk in counted for pk in self.page) >= rule.value]

    # --- score ---------------------------------------------------------------------------------------------------

    def score(self, found: Pool) -> None:
        """What is not likeness: the best answer beside the words, what was shown in vain, turns, the shop's rules."""
        wish = self.wish
        if wish.is_refined:
            self._refine(found)
        found.move("lexical", dict.fromkeys(found.named, 1.0))
        if wish.shown:
            found.move("tired", tire(found.scores, wish.shown, wish.touched))
        if wish.rotation:
            found.move("rotation", rotate(found.scores, seed=wish.seed, strength=wish.rotation))
        if self.rules:
            matches = matches_of(self.rules, list(found.parts), self.question.store)
            ruled = boosted(found.scores, matches, self.rules)
            found.move("rule", {pk: moved.score for pk, moved in ruled.items() if moved.change})
            self._count(matches)
        self.reach = max([found.reach, *found.scores.values()])
        self.pool.add(found)

    def _refine(self, found: Pool) -> None:
        if not self.space or not found.vectors:
            return
        if not self.best:
            self.best = tuple(pk for pk in found.ranked() if pk in found.vectors)[:FEEDBACK_TOP]
        known = {pk: found.vectors[pk] for pk in self.best if pk in found.vectors}
        vectors = known if len(known) == len(self.best) else vectors_of(self.space, self.best)
        self.refined = refine(self.space, self.wish, list(vectors.values()))
        rescore(found, self.refined)

    def _count(self, matches: Mapping[int, set[int]]) -> None:
        self.matches = {rule_id: self.matches.get(rule_id, set()) | found for rule_id, found in matches.items()}

    # --- diversify, rules ----------------------------------------------------------------------------------------

    def arrange(self) -> None:
        """The page from everything retrieved so far."""
        question, scores = self.question, self.pool.scores
        self._look_up([*self.added, *self.pins.values()])
        self.pins = {at: pk for at, pk in self.pins.items() if pk in self.cards}
        order = self._shown_of([pk for pk in self.pool.ranked() if scores[pk] >= question.min_score])
        self.relevant = self.relevant or self._relevant(order)
        if self._is_sorted:
            order = _sort(self.relevant, self.cards, question.sort)
        order = self._collapse([*order, *(pk for pk in self.added if pk in self.cards)])
        order = self._diversify([pk for pk in order if pk not in self.hidden])
        quotas = quotas_of(self.rules, self.matches)
        self.page = place(order, pins=self.pins, quotas=quotas, start=len(self.shown), limit=question.limit)

    def _relevant(self, order: Sequence[int]) -> list[int]:
        scores, least = self.pool.scores, 0.0
        if self.wish.words and order:
            least = RELEVANT_SHARE * scores[order[0]]
        return [pk for pk in order[:RELEVANT] if scores[pk] >= least]

    def _shown_of(self, order: Sequence[int]) -> list[int]:
        """Those that are published still, as many as the page can take: a card is most of what a candidate costs."""
        takes_all = self._is_whole or self.question.diversity or any(rule.kind == "quota" for rule in self.rules)
        needed = self.question.limit + len(self.pins)
        step = len(order) if takes_all else needed + needed // 4
        shown: list[int] = []
        left = list(order)
        while left:
            helping, left, step = left[:step], left[step:], 2 * needed
            self._look_up(helping)
            shown += [pk for pk in helping if pk in self.cards]
            if sum(pk not in self.hidden for pk in self._collapse(shown)) >= needed:
                break
        return shown

    def _look_up(self, product_ids: Iterable[int]) -> None:
        new = [pk for pk in dict.fromkeys(product_ids) if pk not in self.cards]
        self.cards |= published_cards(store_id=self.question.store.pk, product_ids=new)

    def _collapse(self, order: Iterable[int]) -> list[int]:
        """The first of every variant group; pinned ones come before all."""
        if not self.question.collapse:
            return list(order)
        taken: dict[str | int, int] = {self.cards[pk].variant_group or pk: pk for pk in self.pins.values()}
        return [pk for pk in order if taken.setdefault(self.cards[pk].variant_group or pk, pk) == pk]

    def _diversify(self, order: list[int]) -> list[int]:
        """By what is seen and said of products: that the same shoppers meet a lamp and its shade makes them no more
        alike. What fallbacks added stays behind."""
        question, space = self.question, self.space
        scored = [pk for pk in order if pk not in self.added]
        if not question.diversity or len(scored) < 2 or not space or self._is_sorted:
            return order
        nothing = np.zeros(space.layout.dims, np.float32)
        rows = np.stack([self.pool.vectors.get(pk, nothing) for pk in scored])
        if BEHAVIOUR in space.layout.names:
            rows[:, space.layout.slice_of(BEHAVIOUR)] = 0
        scores = self.pool.scores
        values = np.array([scores[pk] for pk in scored])
        likeness, limit = likeness_of(rows), question.limit + len(self.pins)
        head = int(HEAD * question.limit)
        chosen = diversify(values, likeness, diversity=question.diversity, limit=limit, head=head)
        first = [scored[at] for at in chosen]
        return [*first, *(pk for pk in order if pk not in set(first))]

    def fill_up(self, fallbacks: Mapping[str, Fallback]) -> None:
        """What could not be compared, by the first fallback that has some; of variants again one."""
        for name, fallback in fallbacks.items():
            limit = self.question.limit
            while len(self.page) < self.question.limit and self.question.min_score == 0:
                eligible = without(self.eligible, self._full_quotas())
                found = fallback(eligible, limit=limit, exclude=self._known())
                self.added |= dict.fromkeys(found, name)
                self._count(matches_of(self.rules, found, self.question.store))
                self.arrange()
                if len(found) < limit:
                    break
                limit *= 2

    # --- explain -------------------------------------------------------------------------------------------------

    def answer(self) -> Answer:
        question, scores = self.question, self.pool.scores
        pictures, reasons = self._pictures(), self._explanations(scores)
        return Answer(
            ranking_id=uuid.uuid4(),
            space=self.space.name if self.space else None,
            fallback=next((self.added[pk] for pk in self.page if pk in self.added), None),
            results=tuple(
                Result(pk, self.cards[pk], scores.get(pk, 0.0), pictures.get(pk), reasons.get(pk)) for pk in self.page
            ),
            next=self._next(),
            facets=count_facets(self.relevant or self.page, question.facets) if question.facets else None,
        )

    def _next(self) -> Place | None:
        """A quota is for one page: what it kept off this one may come on the next."""
        shown = (*self.question.place.shown, *self.page)
        is_short = len(self.page) < self.question.limit and not self._full_quotas()
        is_last = is_short or not self.page or len(shown) >= MOST_SHOWN
        return None if is_last else Place(shown, self.best)

    def _pictures(self) -> dict[int, str]:
        """The picture of each that is nearest to what was asked, of those that have several."""
        several = [pk for pk in self.page if self.cards[pk].pictures > 1]
        anchor = next(iter(self.refined.anchors or self.wish.tastes), None)
        if not several or not self.space or anchor is None or IMAGE not in self.space.layout.names:
            return {}
        asked = anchor.query.vector[self.space.layout.slice_of(IMAGE)]
        return {pk: matched.file for pk, matched in best_pictures(self.space, asked, several).items()}

    def _explanations(self, scores: Mapping[int, float]) -> dict[int, Explanation]:
        if not self.question.explain:
            return {}
        unknown = [pk for pk in self.page if pk in self.pool.parts and pk not in self.pool.vectors]
        known = self.pool.vectors | (vectors_of(self.space, unknown) if self.space and unknown else {})
        pinned_here = {pk for pk in self.pins.values() if pk not in scores}
        return {pk: self._explain(pk, known.get(pk), is_pinned=pk in pinned_here) for pk in self.page}

    def _explain(self, pk: int, vector: Vector | None, *, is_pinned: bool) -> Explanation:
        if is_pinned or pk in self.added:
            return explain_fallback("pinned" if is_pinned else self.added[pk])
        parts, layout = self.pool.parts[pk], self.space.layout if self.space else None
        likeness = parts.get(LIKENESS, 0.0)
        blocks = split_likeness(layout, self.refined.anchors, vector, likeness) if layout else {}
        return explain(parts, blocks, scenario=self.question.scenario)


def _sort(ids: Sequence[int], cards: Mapping[int, ProductCard], by: Sort) -> list[int]:
    """What has no price comes last, however prices are sorted; ties as they stand."""
    if by == "newest":
        return sorted(ids, key=lambda pk: -pk)
    sign = -1 if by == "-price" else 1

    def key(pk: int) -> tuple[bool, Decimal]:
        price = cards[pk].price
        return price is None, sign * (price or Decimal(0))

    return sorted(ids, key=key)
