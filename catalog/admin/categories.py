from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from catalog.admin.forms import OwnSearch, StoredForm
from catalog.models import Category
from catalog.services.categories import CategoryRefused, check_category, delete_category, save_category


class CategoryForm(StoredForm):
    own = ("parent",)

    class Meta:
        model = Category
        fields = ["store", "parent", "name"]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        store = facts.get("store") or (self.instance.store if self.instance.pk else None)
        if store and facts.get("name"):
            try:
                check_category(
                    store=store,
                    name=facts["name"],
                    parent=facts.get("parent"),
                    category=self.instance if self.instance.pk else None,
                )
            except CategoryRefused as error:
                self.add_error(error.field, error.message)
        return facts


@admin.register(Category)
class CategoryAdmin(OwnSearch, ModelAdmin):
    form = CategoryForm
    list_display = ["path", "store"]
    list_filter = ["store"]
    list_select_related = ["store"]
    search_fields = ["path"]
    autocomplete_fields = ["parent", "store"]
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Category | None = None) -> list[str]:
        return ["store"] if obj else []

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        stored = Category.objects.get(pk=obj.pk) if change else None
        saved = save_category(store=obj.store, name=obj.name, parent=obj.parent, category=stored)
        obj.pk, obj.path, obj.slug = saved.pk, saved.path, saved.slug

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        delete_category(category=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Category]) -> None:
        for category in queryset.select_related("store"):
            delete_category(category=category)
