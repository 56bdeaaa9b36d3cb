"""The queue of products that are probably one: the one that would stay beside the one merged into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin

from catalog.models import Product, Store
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
)
from recommender.models import DuplicateDecision, DuplicatePair
from recommender.selectors import ReviewProgress, duplicate_progress
from recommender.services.duplicate_decisions import accept_duplicate, choose_kept, reject_duplicate, undo_duplicate


@admin.register(DuplicatePair)
class DuplicatePairAdmin(ReviewAdmin):
    list_display = ["one", "other", "group", "shown_status", "shown_probability", "why", "claimed_by", "review"]
    list_filter = ["status", "store"]
    list_select_related = ["one", "other", "store"]
    search_fields = ["one__sku__exact", "other__sku__exact", "one__title", "other__title"]
    review_title = "Review duplicates"
    noun = "pair"
    decisions = DuplicateDecision
    item_of_decision = "pair"

    def decide(self, act: str, given: Mapping[str, str], *, store: Store, pk: int, by: str) -> DuplicatePair | None:
        match act:
            case "accept":
                return accept_duplicate(store=store, pair_id=pk, by=by, keep=given.get("keep", ""))
            case "reject":
                return reject_duplicate(store=store, pair_id=pk, by=by)
            case "undo":
                return undo_duplicate(store=store, pair_id=pk, by=by)
        return None

    def name_item(self, item: DuplicatePair) -> str:
        return item.one.title

    def measure(self, store: Store, *, by: str) -> ReviewProgress:
        return duplicate_progress(store, by=by)

    def describe(self, item: DuplicatePair, query: Mapping[str, str]) -> dict[str, Any]:
        history = sorted(item.decisions.all(), key=lambda each: each.pk)
        merger = next((each.kept_sku for each in history if not each.undone_at), "")
        both = {product.sku: product for product in (item.one, item.other)}
        kept = both.get(merger) or both.get(query.get("keep", "")) or choose_kept(item.one, item.other)
        [gone] = [product for product in both.values() if product.pk != kept.pk]
        return {
            "acts": [("accept", "a", "Merge"), ("reject", "r", "Two products"), ("undo", "u", "Undo")],
            "heading": " · ".join(dict.fromkeys([kept.title, gone.title])),
            "given": {"keep": kept.sku},
            "choices": [Choice(f"Keep {sku}", "keep", sku, sku == kept.sku) for sku in both],
            "caption": f"Product {kept.sku} stays, {gone.sku} becomes part of it",
            "heads": ("Stays", "Becomes part of it"),
            "pictures": (
                (first_picture(kept), "Picture of the product that stays"),
                (first_picture(gone), "Picture of the product merged into it"),
            ),
            "rows": _rows(kept, gone),
            "bars": make_bars(item.contributions),
            "history": history,
        }


@admin.register(DuplicateDecision)
class DuplicateDecisionAdmin(ReadOnlyAdmin):
    """The record of all decisions, also of those undone and of products that are gone."""

    list_display = ["at", "skus", "verdict", "kept_sku", "by", "why", "undone_at", "undone_by", "store"]
    list_filter = ["verdict", "store"]
    list_select_related = ["store"]
    search_fields = ["kept_sku", "by"]


def _rows(kept: Product, gone: Product) -> list[Row]:
    texts = [
        f"{each.title} {each.description} {each.brand} {show_category(each)} {show_attributes(each)}"
        for each in (kept, gone)
    ]
    against = (texts[1], texts[0])
    return [
        make_row("Title", kept.title, gone.title, against=against),
        make_row("Brand", kept.brand, gone.brand),
        make_row("Price", show_price(kept.price, kept.currency), show_price(gone.price, gone.currency)),
        make_row("GTIN", kept.gtin, gone.gtin),
        make_row("MPN", kept.mpn, gone.mpn),
        make_row("Category", show_category(kept), show_category(gone)),
        make_attributes_row(kept.attributes, gone.attributes, against=against),
        make_prose_row("Description", kept.description[:SHOWN_TEXT], gone.description[:SHOWN_TEXT], against=against),
        make_row("Published", *("yes" if each.is_published else "no" for each in (kept, gone))),
    ]
