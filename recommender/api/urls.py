from django.urls import path

from recommender.api.events import EventsView
from recommender.api.questions import RecommendationsView, SearchView, SimilarView

urlpatterns = [
    path("products/<sku:sku>/similar/", SimilarView.as_view(), name="similar"),
    path("search/", SearchView.as_view(), name="search"),
    path("recommendations/", RecommendationsView.as_view(), name="recommendations"),
    path("events/", EventsView.as_view(), name="events"),
]
