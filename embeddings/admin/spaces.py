"""Spaces and failures, to look at; the commands and tasks change them."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from embeddings.models import EmbeddingFailure, EmbeddingSpace


class ReadOnlyAdmin(ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(EmbeddingSpace)
class EmbeddingSpaceAdmin(ReadOnlyAdmin):
    list_display = ["name", "store", "status", "encoder", "fusion", "created_at", "activated_at"]
    list_filter = ["status", "store"]
    list_select_related = ["store"]
    search_fields = ["name", "encoder"]


@admin.register(EmbeddingFailure)
class EmbeddingFailureAdmin(ReadOnlyAdmin):
    list_display = ["product", "space", "reason", "attempts", "next_try", "failed_at"]
    list_filter = ["space"]
    list_select_related = ["product", "space"]
    search_fields = ["product__sku", "reason"]
