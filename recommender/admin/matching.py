"""The queue of offers: one offer beside one candidate, decided by keys, and the record of what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
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
    make_bars,
    make_row,
    show_attributes,
    show_category,
    show_price,
)
from recommender.models import Match, MatchDecision, MatcherVersion
from recommender.selectors import ReviewProgress, review_progress
from recommender.services.match_decisions import accept_match, call_new, reject_match, undo_match

SHOWN_CANDIDATES = 5


@admin.register(Match)
class MatchAdmin(ReviewAdmin):
    list_display = ["picture", "offer", "product", "shown_status", "shown_probability", "why", "claimed_by", "review"]
    list_display_links = ["offer"]
    list_filter = ["status", "verdict", "store"]
    list_select_related = ["offer__product", "offer__supplier", "store"]
    search_fields = ["offer__title", "offer__supplier_sku__exact"]
    exclude = ["text_vector"]
    review_title = "Review offers"
    decisions = MatchDecision
    item_of_decision = "offer__match"

    def decide(self, act: str, given: Mapping[str, str], *, store: Store, pk: int, by: str) -> Match | None:
        sku = given.get("sku", "")
        match act:
            case "accept":
                return accept_match(store=store, match_id=pk, by=by, sku=sku)
            case "reject":
                return reject_match(store=store, match_id=pk, by=by, sku=sku)
            case "new":
                return call_new(store=store, match_id=pk, by=by)
            case "undo":
                return undo_match(store=store, match_id=pk, by=by)
        return None

    def name_item(self, item: Match) -> str:
        return item.offer.title

    def measure(self, store: Store, *, by: str) -> ReviewProgress:
        return review_progress(store, by=by)

    def describe(self, item: Match, query: Mapping[str, str]) -> dict[str, Any]:
        offer, sku = item.offer, query.get("sku", "")
        said = offer.decisions.all()
        rejected = {each.product_id for each in said if each.verdict == "reject" and not each.undone_at}
        ranked = sorted(offer.candidates.all(), key=lambda each: each.rank)
        candidates = [each for each in ranked if each.product_id not in rejected][:SHOWN_CANDIDATES]
        chosen = next((each for each in candidates if each.product.sku == sku), candidates[0] if candidates else None)
        beside = f"product {chosen.product.sku}" if chosen else "nothing: no candidate is left"
        acts = [("accept", "a", "Accept"), ("reject", "r", "Reject")] if chosen else []
        return {
            "acts": [*acts, ("new", "n", "New product"), ("undo", "u", "Undo")],
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[MatcherVersion]:
        return super().get_queryset(request).defer("artifact")


def _rows(offer: Offer, product: Product) -> list[Row]:
    category, attributes = show_category(product), show_attributes(product)
    said = f"{product.title} {product.description} {product.brand} {category} {attributes}"
    offered = f"{offer.title} {offer.description} {offer.brand}"
    gtin = offer.gtin if offer.trusted_gtin or not offer.gtin else f"{offer.gtin} (wrong)"
    texts = offer.description[:SHOWN_TEXT], product.description[:SHOWN_TEXT]
    return [
        make_row("Title", offer.title, product.title, against=(said, offered)),
        make_row("Brand", offer.brand, product.brand),
        make_row("Price", show_price(offer.price, offer.currency), show_price(product.price, product.currency)),
        make_row("GTIN", gtin, product.gtin),
        make_row("MPN", offer.mpn, product.mpn),
        make_row("Category", "", category, against=("", offered)),
        make_row("Attributes", "", attributes, against=("", offered)),
        make_row("Description", *texts, against=(said, offered)),
    ]
