from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from catalog.admin.forms import StoredForm
from catalog.admin.pictures import thumbnail
from catalog.models import Product, Store
from recommender.admin.events import ReadOnlyAdmin
from recommender.filter_language import FilterError, parse_filters
from recommender.models import Rule, RuleChange
from recommender.rule_facts import RuleFacts
from recommender.services.rules import RuleRefused, check_rule, create_rule, delete_rule, update_rule

STATE_LABELS = {"live": "success", "planned": "info", "over": "warning"}
ACTION_LABELS = {
    "created": "success",
    "changed": "info",
    "activated": "success",
    "deactivated": "warning",
    "deleted": "danger",
}
# What a kind has no use for is neither shown nor kept.
UNUSED = {
    "boost": ("product", "position"),
    "bury": ("product", "position"),
    "quota": ("product", "position"),
    "exclude": ("product", "position", "value"),
    "pin": ("condition", "value"),
}
PREVIEWED = 8
# Characters of a condition in the list.
CONDITION_SHOWN = 60


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return Rule.State.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.in_state(self.value(), timezone.now()) if self.value() in Rule.State.values else queryset


class RuleForm(StoredForm):
    own = ("product",)

    class Meta:
        model = Rule
        fields = [
            *("store", "name", "scenario", "kind", "value", "condition", "product", "position", "when_text"),
            *("starts", "ends", "is_active"),
        ]
        help_texts = {
            "scenario": "Where it applies.",
            "value": "Boost and bury: how strongly, above 0, at most 1. Quota: how many on a page.",
            "condition": "Which products, as JSON: everything in one object holds at once, one of a list is enough; "
            'all, any and not hold further objects. {"category": "Kitchen/Mugs", "brand": ["Fjord", "Lumo"], '
            '"price": {"max": 20}, "attributes": {"colour": "red"}, "availability": "in_stock"}',
            "position": "Over all pages, from 1.",
            "when_text": "Only for searches that have all of these words, in any order and case.",
            "ends": "From then on it applies no more.",
        }
        widgets = {
            "condition": UnfoldAdminTextareaWidget({"rows": 5, "style": "font-family:monospace", "spellcheck": "false"})
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name in UNUSED.get(given.get("kind", ""), ()):
            given[name] = {} if name == "condition" else None
            self.errors.pop(name, None)
        if given.get("condition") is None and "condition" not in self.errors:
            given["condition"] = {}
        store = self.instance.store if self.instance.pk else given.get("store")
        if store and given.get("kind"):
            self._check(store, given)
        return given

    def _check(self, store: Store, given: dict[str, Any]) -> None:
        product = given.get("product")
        if product and product.store_id != store.pk:
            self.add_error("product", "The product belongs to another store.")
        try:
            check_rule(store=store, facts=self.facts, rule=self.instance if self.instance.pk else None)
        except RuleRefused as error:
            for fault in error.faults:
                name, _, place = fault.field.partition(".")
                name = "product" if name == "sku" else name
                if name not in self.errors:
                    message = f"{place}: {fault.message}" if place else fault.message
                    self.add_error(name, forms.ValidationError(message, fault.code))

    @property
    def facts(self) -> RuleFacts:
        """What was given; where it could not be read, nothing."""
        given = {"name": "", **self.cleaned_data}
        product = given.pop("product", None)
        given.pop("store", None)
        return RuleFacts(**given, sku=product.sku if product else "")


class ChangeInline(TabularInline):
    model = RuleChange
    verbose_name_plural = "history"
    fields = readonly_fields = ["at", "by", "action", "difference"]
    per_page = 20
    hide_title = True
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Rule | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Rule | None = None) -> bool:
        return False

    @display(description="What")
    def difference(self, change: RuleChange) -> SafeString:
        return show_difference(change)


@admin.register(Rule)
class RuleAdmin(ModelAdmin):
    form = RuleForm
    inlines = [ChangeInline]
    list_display = [
        *("name", "shown_state", "shown_kind", "effect", "products", "scenario", "when_text", "starts", "ends"),
        *("store", "updated_by"),
    ]
    list_filter = [StateFilter, "kind", "scenario", "store"]
    list_select_related = ["store", "product"]
    search_fields = ["name", "when_text", "product__sku", "product__title"]
    autocomplete_fields = ["store", "product"]
    readonly_fields = ["preview", "created_at", "updated_at", "updated_by"]
    actions = ["activate", "deactivate"]
    fieldsets = [
        (None, {"fields": ["store", "name", ("kind", "scenario"), "is_active"]}),
        ("What", {"fields": ["value", "condition", "preview", "product", "position"]}),
        ("When", {"fields": ["when_text", "starts", "ends"]}),
        ("Record", {"fields": ["created_at", "updated_at", "updated_by"], "classes": ["collapse"]}),
    ]
    conditional_fields = {
        "value": "['boost', 'bury', 'quota'].includes(kind)",
        "condition": "kind != 'pin'",
        "preview": "kind != 'pin'",
        "product": "kind == 'pin'",
        "position": "kind == 'pin'",
    }

    class Media:
        js = ["recommender/rule_preview.js"]

    def get_readonly_fields(self, request: HttpRequest, obj: Rule | None = None) -> list[str]:
        return [*self.readonly_fields, "store"] if obj else self.readonly_fields

    def get_inlines(self, request: HttpRequest, obj: Rule | None = None) -> list[type[TabularInline]]:
        return self.inlines if obj else []

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(require_POST(self.preview_view))
        return [path("preview/", preview, name="recommender_rule_preview"), *super().get_urls()]

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """The condition that is being typed, as HTML to show beneath it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        number = request.POST.get("store", "")
        store = Store.objects.filter(pk=int(number)).first() if number.isdecimal() else None
        return HttpResponse(preview(store, request.POST.get("condition", "")))

    def save_model(self, request: HttpRequest, obj: Rule, form: Any, change: bool) -> None:
        who = request.user.get_username()
        if change:
            saved = update_rule(store=obj.store, rule_id=obj.pk, changes=vars(form.facts), by=who)
        else:
            saved = create_rule(store=obj.store, facts=form.facts, by=who)
        obj.pk = saved.pk

    def delete_model(self, request: HttpRequest, obj: Rule) -> None:
        delete_rule(store=obj.store, rule_id=obj.pk, by=request.user.get_username())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Rule]) -> None:
        for rule in queryset.select_related("store"):
            delete_rule(store=rule.store, rule_id=rule.pk, by=request.user.get_username())

    @display(description="State", label=STATE_LABELS)
    def shown_state(self, rule: Rule) -> str:
        return rule.state_at(timezone.now()).value

    @display(description="Kind", ordering="kind")
    def shown_kind(self, rule: Rule) -> str:
        return rule.get_kind_display()

    @display(description="Does")
    def effect(self, rule: Rule) -> str:
        return describe_effect(rule)

    @display(description="To")
    def products(self, rule: Rule) -> str:
        return (
            Truncator(json.dumps(rule.condition, ensure_ascii=False)).chars(CONDITION_SHOWN) if rule.condition else ""
        )

    @display(description="Matches now")
    def preview(self, rule: Rule) -> SafeString:
        told = preview(rule.store, json.dumps(rule.condition)) if rule.pk else "Say which products."
        return format_html(
            '<div id="rule-preview" data-url="{}" data-store="{}">{}</div>',
            reverse("admin:recommender_rule_preview"),
            rule.store_id or "",
            told,
        )

    @action(description="Switch on", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Rule]) -> None:
        self._switch(request, queryset, is_active=True)

    @action(description="Switch off", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Rule]) -> None:
        self._switch(request, queryset, is_active=False)

    def _switch(self, request: HttpRequest, rules: QuerySet[Rule], *, is_active: bool) -> None:
        switched = 0
        for rule in rules.select_related("store"):
            changes = {"is_active": is_active}
            try:
                update_rule(store=rule.store, rule_id=rule.pk, changes=changes, by=request.user.get_username())
                switched += 1
            except RuleRefused as error:
                messages.error(request, f"{rule.name}: {error}")
        if switched:
            messages.success(request, f"{switched} switched {'on' if is_active else 'off'}.")


@admin.register(RuleChange)
class RuleChangeAdmin(ReadOnlyAdmin):
    """The record of all rules, also of those that are gone."""

    list_display = ["at", "name", "shown_action", "by", "difference", "store"]
    list_display_links = ["at", "name"]
    list_filter = ["action", "store"]
    list_select_related = ["store"]
    search_fields = ["name", "by"]
    fields = ["at", "name", "shown_action", "by", "difference", "store"]

    @display(description="Action", ordering="action", label=ACTION_LABELS)
    def shown_action(self, change: RuleChange) -> str:
        return change.action

    @display(description="What")
    def difference(self, change: RuleChange) -> SafeString:
        return show_difference(change)


def describe_effect(rule: Rule) -> str:
    match rule.kind:
        case Rule.Kind.BOOST:
            return f"{rule.value:.0%} of the way up"
        case Rule.Kind.BURY:
            return f"{rule.value:.0%} of the way down"
        case Rule.Kind.QUOTA:
            return f"at most {rule.value:.0f} a page"
        case Rule.Kind.PIN:
            return f"{rule.product.sku if rule.product else 'a product that is gone'} at {rule.position}"
    return "never shown"


def show_difference(change: RuleChange) -> SafeString:
    """Field by field; of a rule that came or went, what it says."""
    before, after = change.before or {}, change.after or {}
    told = [(field.name, _spell(before, field.name), _spell(after, field.name)) for field in fields(RuleFacts)]
    if before and after:
        changed = [(name, was, became) for name, was, became in told if was != became]
        return format_html_join("", "<div><b>{}</b>: {} → {}</div>", changed)
    said = [(name, was or became) for name, was, became in told if was or became]
    return format_html_join("", "<div><b>{}</b>: {}</div>", said)


def _spell(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if value in (None, "", {}):
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | bool) else str(value)


def preview(store: Store | None, condition: str) -> SafeString | str:
    """How many published products the condition means, and the first of them."""
    if store is None:
        return "Choose a store."
    try:
        filters = parse_filters(json.loads(condition or "{}"))
    except (ValueError, RecursionError) as error:
        told = error if isinstance(error, FilterError) else "This is no JSON yet."
        return format_html("<span>{}</span>", told)
    published = Product.objects.of(store).published()
    found = filters.narrow(published, store=store)
    return format_html(
        '<div>{} of {} published products</div><div style="display:flex;gap:8px;margin-top:8px">{}</div>',
        found.count(),
        published.count(),
        _show_pictures(found.prefetch_related("images")[:PREVIEWED]),
    )


def _show_pictures(products: Iterable[Product]) -> SafeString:
    pictures = ((str(product), thumbnail(next(iter(product.images.all()), None))) for product in products)
    return format_html_join("", '<span title="{}">{}</span>', pictures)
