"""The queue of offers: one offer beside one candidate, decided by keys, and the record of what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from catalog.admin.pictures import show_file
from catalog.models import Offer, Product, Store
from recommender.admin.events import ReadOnlyAdmin
from recommender.admin.reviewing import (
    SHOWN_TEXT,
    Choice,
    ReviewAdmin,
    Row,
    first_picture,
    make_attributes_row,
    make_bars,
    make_prose_row,
    make_row,
    show_attributes,
    show_category,
    show_price,
    who,
)
from recommender.models import Match, MatchDecision, MatcherVersion
from recommender.selectors import ReviewProgress, review_progress
from recommender.services.claims import MatchRefused
from recommender.services.match_decisions import accept_match, call_new, reject_match, undo_match
from recommender.services.new_products import ProductRefused, make_product

SHOWN_CANDIDATES = 5
# Of offers that products are made of with one click, some 20 ms each.
MOST_MADE, SHOWN_REFUSALS = 200, 5


@admin.register(Match)
class MatchAdmin(ReviewAdmin):
    list_display = ["picture", "offer", "product", "shown_status", "shown_probability", "why", "claimed_by", "review"]
    list_display_links = ["offer"]
    list_filter = ["status", "verdict", "store"]
    list_select_related = ["offer__product", "offer__supplier", "store"]
    search_fields = ["offer__title", "offer__supplier_sku__exact"]
    exclude = ["text_vector"]
    review_title = "Review offers"
    noun = "offer"
    decisions = MatchDecision
    item_of_decision = "offer__match"
    act_permissions: ClassVar[Mapping[str, str]] = {"product": "catalog.add_product"}
    actions = ["make_products"]

    def decide(self, act: str, given: Mapping[str, str], *, store: Store, pk: int, by: str) -> Match | None:
        sku = given.get("sku", "")
        match act:
            case "accept":
                return accept_match(store=store, match_id=pk, by=by, sku=sku)
            case "reject":
                return reject_match(store=store, match_id=pk, by=by, sku=sku)
            case "new":
                return call_new(store=store, match_id=pk, by=by)
            case "product":
                return make_product(store=store, match_id=pk, by=by, sku=sku.strip()).match
            case "undo":
                return undo_match(store=store, match_id=pk, by=by)
        return None

    def tell_done(self, request: HttpRequest, act: str, item: Match) -> str:
        told = super().tell_done(request, act, item)
        if act == "new" and self.has_make_permission(request):
            address = (
                f"{reverse('admin:recommender_match_review')}?{urlencode({'store': item.store.slug, 'item': item.pk})}"
            )
            return format_html('{} <a href="{}" class="underline">Make a product of it</a>', told, address)
        if act == "product" and item.offer.product:
            address = reverse("admin:catalog_product_change", args=[item.offer.product.pk])
            what = '{} <a href="{}" class="underline">Look at product {}</a>, unpublished as yet.'
            return format_html(what, told, address, item.offer.product.sku)
        return told

    def name_item(self, item: Match) -> str:
        return item.offer.title

    def measure(self, store: Store, *, by: str) -> ReviewProgress:
        return review_progress(store, by=by)

    def describe(self, item: Match, query: Mapping[str, str]) -> dict[str, Any]:
        offer, sku = item.offer, query.get("sku", "")
        said = offer.decisions.all()
        rejected = {each.product_id for each in said if each.verdict == "reject" and each.stands}
        ranked = sorted(offer.candidates.all(), key=lambda each: each.rank)
        candidates = [each for each in ranked if each.product_id not in rejected][:SHOWN_CANDIDATES]
        chosen = next((each for each in candidates if each.product.sku == sku), candidates[0] if candidates else None)
        beside = f"product {chosen.product.sku}" if chosen else "nothing: no candidate is left"
        acts = [("accept", "a", "Accept"), ("reject", "r", "Reject")] if chosen else []
        return {
            "acts": [*acts, ("new", "n", "New product"), ("undo", "u", "Undo")],
            "new_sku": offer.supplier_sku if item.status == Match.Status.NEW else "",
            "heading": offer.title,
            "given": {"sku": chosen.product.sku} if chosen else {},
            "choices": [
                Choice(f"{each.product.sku} · {each.probability:.2f}", "sku", each.product.sku, each == chosen)
                for each in candidates
            ],
            "caption": f"Offer {offer.supplier.slug}/{offer.supplier_sku} beside {beside}",
            "heads": ("Offer", "Candidate"),
            "pictures": (
                (offer.image.url if offer.image else None, "Picture of the offer"),
                (first_picture(chosen.product) if chosen else None, "Picture of the candidate"),
            ),
            "rows": _rows(offer, chosen.product if chosen else Product()),
            "bars": make_bars(chosen.contributions) if chosen else [],
            "history": sorted(said, key=lambda each: each.pk),
        }

    def has_make_permission(self, request: HttpRequest) -> bool:
        return self.has_decide_permission(request) and request.user.has_perm("catalog.add_product")

    @admin.action(description="Make unpublished products of these new offers", permissions=["make"])
    def make_products(self, request: HttpRequest, queryset: QuerySet[Match]) -> None:
        """Each by itself: one that can't be leaves the others alone."""
        matches = list(queryset.select_related("store", "offer").order_by("pk")[: MOST_MADE + 1])
        if len(matches) > MOST_MADE:
            messages.error(request, f"At most {MOST_MADE} at a time.")
            return
        made, refused = 0, []
        for match in matches:
            try:
                made += make_product(store=match.store, match_id=match.pk, by=who(request)).is_new
            except (Match.DoesNotExist, MatchRefused, ProductRefused) as error:
                refused.append(f"{match.offer}: {error}")
        messages.success(request, f"{made} products were made, unpublished as yet.")
        for reason in refused[:SHOWN_REFUSALS]:
            messages.error(request, reason)
        if len(refused) > SHOWN_REFUSALS:
            messages.error(request, f"And {len(refused) - SHOWN_REFUSALS} others were refused.")

    @display(description="")
    def picture(self, match: Match) -> SafeString | str:
        return show_file(match.offer.image)

    @display(description="Linked to")
    def product(self, match: Match) -> Product | None:
        return match.offer.product


@admin.register(MatchDecision)
class MatchDecisionAdmin(ReadOnlyAdmin):
    """The record of all decisions, also of those undone and of offers that are gone."""

    list_display = ["at", "offer_name", "verdict", "sku", "by", "why", "undone_at", "undone_by", "store"]
    list_filter = ["verdict", "store"]
    list_select_related = ["store"]
    search_fields = ["offer_name", "sku", "by"]


@admin.register(MatcherVersion)
class MatcherVersionAdmin(ReadOnlyAdmin):
    list_display = ["number", "store", "is_active", "reason", "created_at", "activated_at", "activated_by"]
    list_filter = ["store", "is_active"]
    list_select_related = ["store"]
    exclude = ["artifact"]
    list_before_template = "admin/recommender/matcherversion/hindrances.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[MatcherVersion]:
        return super().get_queryset(request).defer("artifact")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from recommender.services import learning  # a second and tens of megabytes, for a page that few open

        stores = Store.objects.filter(match_decisions__isnull=False).distinct().order_by("slug")
        told = [(store, learning.find_hindrance(store)) for store in stores]
        return super().changelist_view(request, {**(extra_context or {}), "hindrances": told})


def _rows(offer: Offer, product: Product) -> list[Row]:
    category = show_category(product)
    said = f"{product.title} {product.description} {product.brand} {category} {show_attributes(product)}"
    offered = f"{offer.title} {offer.description} {offer.brand}"
    mistyped = " (wrong)" if offer.gtin and not offer.trusted_gtin else ""
    texts = offer.description[:SHOWN_TEXT], product.description[:SHOWN_TEXT]
    return [
        make_row("Title", offer.title, product.title, against=(said, offered)),
        make_row("Brand", offer.brand, product.brand),
        make_row("Price", show_price(offer.price, offer.currency), show_price(product.price, product.currency)),
        make_row("GTIN", offer.gtin, product.gtin, left_note=mistyped),
        make_row("MPN", offer.mpn, product.mpn),
        make_row("Category", "", category),
        make_attributes_row({}, product.attributes, against=("", offered)),
        make_prose_row("Description", *texts, against=(said, offered)),
    ]
