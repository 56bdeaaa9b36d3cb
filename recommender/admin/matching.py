"""The review queue: one offer beside one candidate, decided by keys, and the record of what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods
from unfold.decorators import display

from catalog.admin.pictures import show_file
from catalog.api.cards import image_url, spell_price
from catalog.models import Offer, Product, Store
from recommender.admin.events import ReadOnlyAdmin
from recommender.matching.differences import Piece, compare_words
from recommender.models import Match, MatchCandidate, MatchDecision, MatcherVersion
from recommender.selectors import ReviewProgress, review_progress
from recommender.services.match_decisions import (
    MatchRefused,
    UnknownSkuError,
    accept_match,
    call_new,
    claim_match,
    claim_matches,
    reject_match,
    undo_match,
)

STATUS_LABELS = {"linked": "success", "review": "warning", "rejected": "danger", "new": "info", "failed": "danger"}
REVIEW_URL = "admin:recommender_match_review"
#: Items a reviewer can step back through, in the session.
TRAIL, TRAIL_LENGTH = "match_trail", 50
SHOWN_CANDIDATES = 5
SHOWN_TEXT = 1_500


@dataclass(frozen=True)
class Row:
    """A fact of both; `differs` where both say something and not the same."""

    name: str
    offer: list[Piece]
    product: list[Piece]
    differs: bool


@dataclass(frozen=True)
class Bar:
    """A feature's share, `width` in percent of the largest."""

    name: str
    share: float
    width: float


@admin.register(Match)
class MatchAdmin(ReadOnlyAdmin):
    list_display = ["picture", "offer", "product", "shown_status", "shown_probability", "why", "claimed_by", "review"]
    list_display_links = ["offer"]
    list_filter = ["status", "verdict", "store"]
    list_select_related = ["offer__product", "offer__supplier", "store"]
    search_fields = ["offer__title", "offer__supplier_sku__exact"]
    exclude = ["text_vector"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(self.review_view))
        return [path("review/", view, name="recommender_match_review"), *super().get_urls()]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("recommender.change_match")

    def review_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        store = _choose_store(request)
        if store is None:
            return self._show(request, None, None)
        if request.method == "POST":
            return _act(request, store)
        match = _choose_item(request, store)
        if match is None or request.GET.get("item"):
            return self._show(request, store, match)
        return _go_to(store, item=match.pk)

    def _show(self, request: HttpRequest, store: Store | None, match: Match | None) -> HttpResponse:
        stores = Store.objects.filter(matches__isnull=False).distinct()
        context = {
            **self.admin_site.each_context(request),
            "title": "Review offers",
            "opts": self.opts,
            "is_fullwidth": "1",
            "store": store,
            "stores": stores if stores.count() > 1 else [],
            "progress": review_progress(store, by=_who(request)) if store else ReviewProgress(0, 0, 0),
            **(_describe(match, request.GET.get("sku", ""), _who(request)) if match else {}),
        }
        return TemplateResponse(request, "admin/recommender/match/review.html", context)

    @display(description="")
    def picture(self, match: Match) -> SafeString | str:
        return show_file(match.offer.image)

    @display(description="Linked to")
    def product(self, match: Match) -> Product | None:
        return match.offer.product

    @display(description="Status", ordering="status", label=STATUS_LABELS)
    def shown_status(self, match: Match) -> str:
        return match.status

    @display(description="Probability", ordering="probability")
    def shown_probability(self, match: Match) -> str:
        return f"{match.probability:.0%}"

    @display(description="")
    def review(self, match: Match) -> SafeString:
        query = urlencode({"store": match.store.slug, "item": match.pk})
        return format_html('<a href="{}?{}">Look</a>', reverse(REVIEW_URL), query)


@admin.register(MatchDecision)
class MatchDecisionAdmin(ReadOnlyAdmin):
    """The record of all decisions, also of those undone and of offers that are gone."""

    list_display = ["at", "offer_name", "verdict", "sku", "by", "why", "undone_at", "undone_by", "store"]
    list_filter = ["verdict", "store"]
    list_select_related = ["store"]
    search_fields = ["offer_name", "sku", "by"]


@admin.register(MatcherVersion)
class MatcherVersionAdmin(ReadOnlyAdmin):
    list_display = ["number", "store", "is_active", "metrics", "created_at", "activated_at", "activated_by"]
    list_filter = ["store", "is_active"]
    list_select_related = ["store"]
    exclude = ["artifact"]


def _who(request: HttpRequest) -> str:
    return f"user {request.user.get_username()}"


def _choose_store(request: HttpRequest) -> Store | None:
    slug = request.GET.get("store")
    if slug:
        return Store.objects.filter(slug=slug).first()
    waiting = Match.objects.in_review().select_related("store").order_by("store").first()
    return waiting.store if waiting else Store.objects.filter(matches__isnull=False).first()


def _choose_item(request: HttpRequest, store: Store) -> Match | None:
    """The item asked for, the one behind or before another, or else the next of the queue."""
    by, trail = _who(request), _trail(request, store)
    wanted = _number(request.GET.get("item"))
    after, before = _number(request.GET.get("after")), _number(request.GET.get("before"))
    if before is not None and before in trail:
        wanted = trail[max(trail.index(before) - 1, 0)]
    elif after is not None and after in trail and after != trail[-1]:
        wanted = trail[trail.index(after) + 1]
    if wanted is not None:
        match = claim_match(store=store, match_id=wanted, by=by)
    else:
        known = after is not None and Match.objects.of(store).filter(pk=after).exists()
        behind = claim_matches(store=store, by=by, after=after if known else None)
        match = next(iter(behind or claim_matches(store=store, by=by)), None)
    if match is not None and match.pk not in trail:
        request.session[TRAIL] = {**request.session.get(TRAIL, {}), store.slug: [*trail, match.pk][-TRAIL_LENGTH:]}
    return match


def _act(request: HttpRequest, store: Store) -> HttpResponse:
    act, sku = request.POST.get("act", ""), request.POST.get("sku", "")
    item = _number(request.POST.get("item")) or 0
    given: dict[str, Any] = {"store": store, "match_id": item, "by": _who(request)}
    try:
        match act:
            case "accept":
                done = accept_match(sku=sku, **given)
            case "reject":
                done = reject_match(sku=sku, **given)
            case "new":
                done = call_new(**given)
            case "undo":
                done = undo_match(**(given | {"match_id": _undoable(request, store, item)}))
            case _:
                return _go_to(store, item=item)
    except MatchRefused as error:
        messages.error(request, error.message)
        return _go_to(store, item=item)
    except (UnknownSkuError, Match.DoesNotExist):
        messages.error(request, "The offer or the product is gone.")
        return _go_to(store)
    messages.success(request, f"{done.offer.title[:80]}: {done.get_status_display().lower()}.")
    stays = act == "undo" or done.status == Match.Status.REVIEW
    return _go_to(store, item=done.pk) if stays else _go_to(store)


def _undoable(request: HttpRequest, store: Store, item: int) -> int:
    """The item shown if something was decided of it, else the last that this reviewer decided."""
    own = MatchDecision.objects.of(store).standing().filter(by=_who(request))
    if own.filter(offer__match=item).exists():
        return item
    last = own.exclude(offer=None).order_by("-pk").values_list("offer__match", flat=True).first()
    return last or item


def _go_to(store: Store, **query: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse(REVIEW_URL)}?{urlencode({'store': store.slug, **query})}")


def _trail(request: HttpRequest, store: Store) -> list[int]:
    return list(request.session.get(TRAIL, {}).get(store.slug, []))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _describe(match: Match, sku: str, who: str) -> dict[str, Any]:
    offer = match.offer
    rejected = {each.product_id for each in offer.decisions.all() if each.verdict == "reject" and not each.undone_at}
    ranked = sorted(offer.candidates.all(), key=lambda each: each.rank)
    candidates = [each for each in ranked if each.product_id not in rejected][:SHOWN_CANDIDATES]
    chosen = next((each for each in candidates if each.product.sku == sku), candidates[0] if candidates else None)
    return {
        "match": match,
        "offer": offer,
        "history": sorted(offer.decisions.all(), key=lambda each: each.pk),
        "is_anothers": match.claimed_by not in ("", who),
        "candidates": candidates,
        "chosen": chosen,
        "picture": _picture(chosen.product) if chosen else None,
        "rows": _rows(offer, chosen.product) if chosen else _rows(offer, Product()),
        "bars": _bars(chosen) if chosen else [],
    }


def _picture(product: Product) -> str | None:
    return next((url for image in product.images.all() if (url := image_url(image))), None)


def _rows(offer: Offer, product: Product) -> list[Row]:
    category = product.category.path if product.category else ""
    attributes = ", ".join(f"{name} {value}" for name, value in sorted(product.attributes.items()))
    said = f"{product.title} {product.description} {product.brand} {category} {attributes}"
    offered = f"{offer.title} {offer.description} {offer.brand}"
    gtin = offer.gtin if offer.trusted_gtin or not offer.gtin else f"{offer.gtin} (wrong)"
    return [
        _row("Title", offer.title, product.title, against=(said, offered)),
        _row("Brand", offer.brand, product.brand),
        _row("Price", _price(offer.price, offer.currency), _price(product.price, product.currency)),
        _row("GTIN", gtin, product.gtin),
        _row("MPN", offer.mpn, product.mpn),
        _row("Category", "", category, against=("", offered)),
        _row("Attributes", "", attributes, against=("", offered)),
        _row("Description", offer.description[:SHOWN_TEXT], product.description[:SHOWN_TEXT], against=(said, offered)),
    ]


def _row(name: str, offer: str, product: str, *, against: tuple[str, str] | None = None) -> Row:
    """`against` are the texts that the offer's and the product's words are looked for in."""
    for_offer, for_product = against or (product, offer)
    # A side that says nothing is not contradicted.
    left = compare_words(offer, for_offer if product or against else offer)
    right = compare_words(product, for_product if offer or against else product)
    return Row(name, left, right, bool(offer and product and offer.casefold() != product.casefold()))


def _price(price: Any, currency: str) -> str:
    return f"{spell_price(price)} {currency}".strip() if price is not None else ""


def _bars(candidate: MatchCandidate) -> Sequence[Bar]:
    shares = sorted(candidate.contributions.items(), key=lambda each: -abs(each[1]))
    largest = max((abs(share) for _, share in shares), default=0) or 1
    return [Bar(name.replace("_", " "), share, 100 * abs(share) / largest) for name, share in shares if share][:12]
