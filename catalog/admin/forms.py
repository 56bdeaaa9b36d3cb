"""Forms of what belongs to a store, and stays with it once it exists."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest


class StoredForm(forms.ModelForm):
    """`own` are fields that name other things of the same store: those of others are not offered, once the store is
    known. Choosing one all the same is for subclasses to refuse."""

    fields: dict[str, Any]
    own: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.own if self.instance.pk else ():
            if field := self.fields.get(name):
                field.widget.widget = _OwnChoices(field.widget.widget, store_id=self.instance.store_id)

    def _get_validation_exclusions(self) -> set[str]:
        """Names are compared with the store's others also where the store is only shown."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded if "store" in self.fields else excluded - {"store"}


class OwnSearch:
    """Beside ModelAdmin, of what `own` fields name."""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        store = request.GET.get(_STORE, "")
        found = queryset.filter(store=int(store)) if store.isdecimal() else queryset
        return super().get_search_results(request, found, search_term)  # type: ignore[misc]


_STORE = "of_store"


class _OwnChoices(AutocompleteSelect):
    def __init__(self, widget: AutocompleteSelect, *, store_id: int) -> None:
        super().__init__(widget.field, widget.admin_site, attrs=widget.attrs, choices=widget.choices)
        self.store_id = store_id

    def get_url(self) -> str:
        return f"{super().get_url()}?{_STORE}={self.store_id}"
