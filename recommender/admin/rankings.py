from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from catalog.models import Product
from recommender.admin.events import ReadOnlyAdmin
from recommender.models import Event, Ranking


@admin.register(Ranking)
class RankingAdmin(ReadOnlyAdmin):
    list_display = ["id", "scenario", "shopper", "shown", "experiment", "fallback", "store", "created_at"]
    list_filter = ["scenario", "store"]
    search_fields = ["id__exact", "shopper__exact"]
    search_help_text = "A whole ranking id or shopper"
    fields = [
        *("id", "store", "scenario", "shopper", "created_at", "experiment", "fallback", "request", "results"),
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ranking]:
        # A join finds no variant where its experiment was deleted, as reading it by itself would not.
        return super().get_queryset(request).select_related("store", "variant__experiment")

    @display(description="Products")
    def shown(self, ranking: Ranking) -> int:
        return len(ranking.product_ids)

    @display(description="Experiment", empty_value="-")
    def experiment(self, ranking: Ranking) -> str | None:
        return f"{ranking.variant.experiment}: {ranking.variant}" if ranking.variant else None

    @display(description="Results")
    def results(self, ranking: Ranking) -> SafeString:
        """In the order shown, each with what events tell of it."""
        products = Product.objects.in_bulk(ranking.product_ids)
        came: dict[int, list[str]] = {}
        for event in Event.objects.filter(store_id=ranking.store_id, ranking=ranking.pk).order_by("at"):
            came.setdefault(event.product_id, []).append(event.kind)
        return format_html_join(
            "",
            "<div>{}. {} {} <b>{}</b></div>",
            (
                (place, f"{score:.3f}", products.get(pk, "(deleted)"), ", ".join(came.get(pk, [])))
                for place, (pk, score) in enumerate(zip(ranking.product_ids, ranking.scores, strict=True), start=1)
            ),
        )
