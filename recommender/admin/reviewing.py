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
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods
from unfold.decorators import display

from catalog.api.cards import image_url, spell_price
from catalog.models import Product, Store
from recommender.admin.events import ReadOnlyAdmin
from recommender.matching.differences import Piece, compare_words
from recommender.models import DuplicateDecision, DuplicatePair, Match, MatchDecision
from recommender.selectors import ReviewProgress
from recommender.services.claims import MatchRefused, UnknownSkuError, claim_item, claim_next
from recommender.services.new_products import ProductRefused

#: Items a reviewer can step back through, in the session.
TRAIL_LENGTH = 50
SHOWN_TEXT = 1_500
STATUS_LABELS = {
    "linked": "success",
    "merged": "success",
    "review": "warning",
    "new": "info",
    "rejected": "danger",
    "failed": "danger",
}
QUEUES: tuple[tuple[str, type[Match] | type[DuplicatePair]], ...] = (("Offers", Match), ("Duplicates", DuplicatePair))


@dataclass(frozen=True)
class Row:
    """A fact of both; `differs` where both say something and not the same."""

    name: str
    left: list[Piece]
    right: list[Piece]
    differs: bool


@dataclass(frozen=True)
class Bar:
    """A feature's share, `width` in percent of the largest."""

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

    review_title: ClassVar[str]
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

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(self.review_view))
        return [path("review/", view, name=_view_name(self.kind)), *super().get_urls()]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return _may_decide(request, self.kind)

    def review_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        store = self._choose_store(request)
        if store is None:
            return self._show(request, None, None)
        if request.method == "POST":
            return self._act(request, store)
        item = self._choose_item(request, store)
        if item is None or request.GET.get("item"):
            return self._show(request, store, item)
        return self._go_to(store, item=item.pk)

    @display(description="")
    def review(self, item: Any) -> SafeString:
        query = urlencode({"store": item.store.slug, "item": item.pk})
        return format_html('<a href="{}?{}">Look</a>', _address(self.kind), query)

    @display(description="Status", ordering="status", label=STATUS_LABELS)
    def shown_status(self, item: Any) -> str:
        return str(item.status)

    @display(description="Probability", ordering="probability")
    def shown_probability(self, item: Any) -> str:
        return f"{item.probability:.0%}"

    def _show(self, request: HttpRequest, store: Store | None, item: Any) -> HttpResponse:
        by = who(request)
        stores = Store.objects.filter(pk__in=self.kind.objects.order_by().values("store"))
        context = {
            **self.admin_site.each_context(request),
            "title": self.review_title,
            "opts": self.opts,
            "is_fullwidth": "1",
            "store": store,
            "stores": stores if len(stores) > 1 else [],
            "queues": [
                (name, _address(kind), kind is self.kind) for name, kind in QUEUES if _may_decide(request, kind)
            ],
            "progress": self.measure(store, by=by) if store else ReviewProgress(0, 0, 0),
        }
        if item is not None:
            context |= {"item": item, "is_anothers": item.claimed_by not in ("", by)}
            context |= self.describe(item, request.GET.dict())
        return TemplateResponse(request, "admin/recommender/match/review.html", context)

    def _choose_store(self, request: HttpRequest) -> Store | None:
        slug = request.GET.get("store")
        if slug:
            return Store.objects.filter(slug=slug).first()
        waiting = self.kind.objects.in_review().select_related("store").order_by("store").first()
        known = waiting or self.kind.objects.select_related("store").order_by("store").first()
        return known.store if known else None

    def _choose_item(self, request: HttpRequest, store: Store) -> Any:
        """The item asked for, the one behind or before another, or else the next of the queue."""
        by, trail = who(request), self._trail(request, store)
        wanted = _number(request.GET.get("item"))
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
        own = self.decisions.objects.of(store).standing().filter(by=who(request))
        if own.filter(**{self.item_of_decision: item}).exists():
            return item
        known = own.exclude(**{self.item_of_decision: None}).order_by("-pk")
        return known.values_list(self.item_of_decision, flat=True).first() or item

    def _go_to(self, store: Store, **query: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(f"{_address(self.kind)}?{urlencode({'store': store.slug, **query})}")

    def _trail(self, request: HttpRequest, store: Store) -> list[int]:
        return list(request.session.get(self._trail_name, {}).get(store.slug, []))

    @property
    def _trail_name(self) -> str:
        return f"{self.opts.model_name}_trail"


def make_row(name: str, left: str, right: str, *, against: tuple[str, str] | None = None) -> Row:
    """`against` are the texts that the left one's and the right one's words are looked for in."""
    for_left, for_right = against or (right, left)
    # A side that says nothing is not contradicted.
    left_pieces = compare_words(left, for_left if right or against else left)
    right_pieces = compare_words(right, for_right if left or against else right)
    return Row(name, left_pieces, right_pieces, bool(left and right and left.casefold() != right.casefold()))


def make_bars(contributions: Mapping[str, float]) -> Sequence[Bar]:
    shares = sorted(contributions.items(), key=lambda each: -abs(each[1]))
    largest = max((abs(share) for _, share in shares), default=0) or 1
    return [Bar(name.replace("_", " "), share, 100 * abs(share) / largest) for name, share in shares if share][:12]


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


def _may_decide(request: HttpRequest, kind: type[Match] | type[DuplicatePair]) -> bool:
    return request.user.has_perm(f"recommender.change_{kind._meta.model_name}")


def _view_name(kind: type[Match] | type[DuplicatePair]) -> str:
    return f"recommender_{kind._meta.model_name}_review"


def _address(kind: type[Match] | type[DuplicatePair]) -> str:
    return reverse(f"admin:{_view_name(kind)}")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
