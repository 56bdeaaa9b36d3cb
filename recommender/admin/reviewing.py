"""Pages on which people decide what waits for them: two things side by side, one pair after the other, by keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods
from unfold.decorators import display

from catalog.api.cards import image_url, spell_price
from catalog.models import Product, Store
from recommender.admin.events import ReadOnlyAdmin
from recommender.matching.differences import SAME, Piece, compare_facts, compare_prose, compare_words
from recommender.matching.topics import sum_by_topic
from recommender.models import DuplicateDecision, MatchDecision
from recommender.queues import Queue, queue_of, queues_for
from recommender.selectors import ReviewProgress
from recommender.services.claims import MatchRefused, UnknownSkuError, claim_item, claim_next
from recommender.services.new_products import ProductRefused

#: Items a reviewer can step back through, in the session.
TRAIL_LENGTH = 50
SHOWN_TEXT, SHOWN_NAME = 1_500, 60
STATUS_LABELS = {
    "linked": "success",
    "merged": "success",
    "review": "warning",
    "new": "info",
    "rejected": "danger",
    "failed": "danger",
}


@dataclass(frozen=True)
class Row:
    """A fact of both; `differs` where both say something and not the same."""

    name: str
    left: list[Piece]
    right: list[Piece]
    differs: bool


@dataclass(frozen=True)
class Bar:
    """A topic's share, `width` in percent of the largest."""

    name: str
    share: float
    width: float


@dataclass(frozen=True)
class Choice:
    """What else the page can show of the item, asked for by `name` and `value` in its address."""

    label: str
    name: str
    value: str
    is_shown: bool


class ReviewAdmin(ReadOnlyAdmin):
    """A queue's list and its page. Subclasses say what an item looks like and which service each act is."""

    change_list_template = "admin/recommender/queue_list.html"
    review_title: ClassVar[str]
    #: What an item is called.
    noun: ClassVar[str]
    decisions: ClassVar[type[MatchDecision] | type[DuplicateDecision]]
    #: From a decision to its item.
    item_of_decision: ClassVar[str]
    #: What an act takes besides the right to decide.
    act_permissions: ClassVar[Mapping[str, str]] = {}

    def describe(self, item: Any, query: Mapping[str, str]) -> dict[str, Any]:
        raise NotImplementedError

    def decide(self, act: str, given: Mapping[str, str], *, store: Store, pk: int, by: str) -> Any:
        """The item after the act; None of an act that there isn't. Raises what the services raise."""
        raise NotImplementedError

    def name_item(self, item: Any) -> str:
        raise NotImplementedError

    def tell_done(self, request: HttpRequest, act: str, item: Any) -> str:
        """What the reviewer is told of an act, on the page that follows."""
        return f"{self.name_item(item)[:80]}: {item.get_status_display().lower()}."

    def measure(self, store: Store, *, by: str) -> ReviewProgress:
        raise NotImplementedError

    @property
    def kind(self) -> Any:
        return self.model

    @property
    def queue(self) -> Queue:
        return queue_of(self.kind)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(self.review_view))
        return [path("review/", view, name=self.queue.view_name), *super().get_urls()]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        shown = list(super().get_list_display(request))
        return shown if self.has_decide_permission(request) else [each for each in shown if each != "review"]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.queue.is_for(request.user)

    def review_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        store = self._choose_store(request)
        if store is None:
            return self._show_nothing(request, None)
        if request.method == "POST":
            return self._act(request, store)
        item = self._choose_item(request, store)
        if item is None:
            return self._show_nothing(request, store)
        return self._show(request, store, item) if request.GET.get("item") else self._go_to(store, item=item.pk)

    @display(description="")
    def review(self, item: Any) -> SafeString:
        query = urlencode({"store": item.store.slug, "item": item.pk})
        return format_html('<a href="{}?{}">Look</a>', self.queue.address, query)

    @display(description="Status", ordering="status", label=STATUS_LABELS)
    def shown_status(self, item: Any) -> str:
        return str(item.status)

    @display(description="Probability", ordering="probability")
    def shown_probability(self, item: Any) -> str:
        return f"{item.probability:.0%}"

    def _show(self, request: HttpRequest, store: Store, item: Any) -> HttpResponse:
        shown = {"item": item, "is_anothers": item.claimed_by not in ("", who(request))}
        shown |= self.describe(item, request.GET.dict())
        return self._render(request, store, shown)

    def _show_nothing(self, request: HttpRequest, store: Store | None) -> HttpResponse:
        """Why there is nothing to show, and where to go on: asked for by name, what there isn't is not found."""
        slug, item = request.GET.get("store", ""), request.GET.get("item", "")
        if store is None and slug:
            return self._render(request, None, {"absence": f"There is no store {slug[:SHOWN_NAME]}."}, status=404)
        if store is not None and item:
            gone = f"{store} has no {self.noun} {item[:SHOWN_NAME]}: there never was one, or it has gone since."
            return self._render(request, store, {"absence": gone}, status=404)
        return self._render(request, store, {})

    def _render(
        self, request: HttpRequest, store: Store | None, shown: Mapping[str, Any], *, status: int = 200
    ) -> HttpResponse:
        stores = Store.objects.filter(pk__in=self.kind.objects.order_by().values("store"))
        context = {
            **self.admin_site.each_context(request),
            "title": self.review_title,
            "opts": self.opts,
            "is_fullwidth": "1",
            "store": store,
            "stores": stores if store is None or len(stores) > 1 else [],
            "queues": queues_for(request.user),
            "queue": self.queue,
            "progress": self.measure(store, by=who(request)) if store else ReviewProgress(0, 0, 0),
            **shown,
        }
        return TemplateResponse(request, "admin/recommender/match/review.html", context, status=status)

    def _choose_store(self, request: HttpRequest) -> Store | None:
        """The one named, else that of the item asked for, else one where something waits."""
        slug = request.GET.get("store")
        if slug:
            return Store.objects.filter(slug=slug).first() if slug.isprintable() else None
        items = self.kind.objects.select_related("store").order_by("store")
        known = items.filter(pk=_number(request.GET.get("item"))).first() or items.in_review().first() or items.first()
        return known.store if known else None

    def _choose_item(self, request: HttpRequest, store: Store) -> Any:
        """The item asked for, the one behind or before another, or else the next of the queue."""
        by, trail = who(request), self._trail(request, store)
        wanted = _number(request.GET.get("item"))
        if wanted is None and request.GET.get("item"):
            return None
        after, before = _number(request.GET.get("after")), _number(request.GET.get("before"))
        if before is not None and before in trail:
            wanted = trail[max(trail.index(before) - 1, 0)]
        elif after is not None and after in trail and after != trail[-1]:
            wanted = trail[trail.index(after) + 1]
        if wanted is not None:
            item = claim_item(self.kind, store=store, pk=wanted, by=by)
        else:
            known = after is not None and self.kind.objects.of(store).filter(pk=after).exists()
            behind = claim_next(self.kind, store=store, by=by, after=after if known else None)
            item = next(iter(behind or claim_next(self.kind, store=store, by=by)), None)
        if item is not None and item.pk not in trail:
            trails = request.session.get(self._trail_name, {})
            request.session[self._trail_name] = {**trails, store.slug: [*trail, item.pk][-TRAIL_LENGTH:]}
        return item

    def _act(self, request: HttpRequest, store: Store) -> HttpResponse:
        given = {name: str(text) for name, text in request.POST.items()}
        act, pk = given.get("act", ""), _number(given.get("item")) or 0
        if act in self.act_permissions and not request.user.has_perm(self.act_permissions[act]):
            raise PermissionDenied
        if act == "undo":
            pk = self._undoable(request, store, pk)
        try:
            done = self.decide(act, given, store=store, pk=pk, by=who(request))
        except (MatchRefused, ProductRefused) as error:
            messages.error(request, str(error))
            return self._go_to(store, item=pk)
        except (UnknownSkuError, self.kind.DoesNotExist):
            messages.error(request, "What this was about is gone.")
            return self._go_to(store)
        if done is None:
            return self._go_to(store, item=pk)
        messages.success(request, self.tell_done(request, act, done))
        stays = act == "undo" or done.status == "review"
        return self._go_to(store, item=done.pk) if stays else self._go_to(store)

    def _undoable(self, request: HttpRequest, store: Store, item: int) -> int:
        """The item shown if something was decided of it, else the last that this reviewer decided."""
        own = self.decisions.objects.of(store).filter(undone_at=None, by=who(request))
        if own.filter(**{self.item_of_decision: item}).exists():
            return item
        known = own.exclude(**{self.item_of_decision: None}).order_by("-pk")
        return known.values_list(self.item_of_decision, flat=True).first() or item

    def _go_to(self, store: Store, **query: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(f"{self.queue.address}?{urlencode({'store': store.slug, **query})}")

    def _trail(self, request: HttpRequest, store: Store) -> list[int]:
        """What the reviewer came by, as far as it is still there."""
        seen = request.session.get(self._trail_name, {}).get(store.slug, [])
        there = set(self.kind.objects.of(store).filter(pk__in=seen).values_list("pk", flat=True))
        return [pk for pk in seen if pk in there]

    @property
    def _trail_name(self) -> str:
        return f"{self.opts.model_name}_trail"


def make_row(name: str, left: str, right: str, *, against: tuple[str, str] | None = None, left_note: str = "") -> Row:
    """`against` are the texts that the left one's and the right one's words are looked for in; a note is no content
    and differs from nothing."""
    for_left, for_right = against or (right, left)
    # A side that says nothing is not contradicted.
    left_pieces = compare_words(left, for_left if right or against else left)
    right_pieces = compare_words(right, for_right if left or against else right)
    left_pieces += [Piece(left_note, SAME)] if left_note else []
    return Row(name, left_pieces, right_pieces, _differ(left, right))


def make_prose_row(name: str, left: str, right: str, *, against: tuple[str, str]) -> Row:
    """As `make_row`, of long texts."""
    return Row(name, compare_prose(left, against[0]), compare_prose(right, against[1]), _differ(left, right))


def make_attributes_row(left: Mapping[str, Any], right: Mapping[str, Any], *, against: tuple[str, str]) -> Row:
    """As `make_row`, of the values alone."""
    pieces = compare_facts(left, against[0]), compare_facts(right, against[1])
    return Row("Attributes", *pieces, _differ(*("".join(piece.text for piece in each) for each in pieces)))


def make_bars(contributions: Mapping[str, float]) -> Sequence[Bar]:
    """One a topic, the largest first."""
    shares = sum_by_topic(contributions)
    largest = max(map(abs, shares.values()), default=0) or 1
    return [Bar(topic, share, 100 * abs(share) / largest) for topic, share in shares.items() if share]


def show_price(price: Any, currency: str) -> str:
    return f"{spell_price(price)} {currency}".strip() if price is not None else ""


def show_category(product: Product) -> str:
    return product.category.path if product.category else ""


def show_attributes(product: Product) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(product.attributes.items()))


def first_picture(product: Product) -> str | None:
    return next((url for image in product.images.all() if (url := image_url(image))), None)


def who(request: HttpRequest) -> str:
    return f"user {request.user.get_username()}"


def _differ(left: str, right: str) -> bool:
    return bool(left and right and left.casefold() != right.casefold())


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
