from django.urls import path

from recommender.api import converters as converters  # registers `shopper`
from recommender.api import duplicates
from recommender.api.events import EventsView
from recommender.api.experiments import ExperimentDetailView, ExperimentListView, ExperimentReportView
from recommender.api.matches import AcceptView, ClaimView, MatchListView, NewView, RejectView, UndoView
from recommender.api.offers import MatchView, OfferDetailView, OfferImageView, OfferListView, OfferProductView
from recommender.api.outcomes import OutcomesView
from recommender.api.questions import RecommendationsView, SearchView, SimilarView, TogetherView
from recommender.api.rules import RuleDetailView, RuleListView
from recommender.api.scenarios import ScenarioSettingsView
from recommender.api.shoppers import MergeView, ProfileView, ShopperView

urlpatterns = [
    path("products/<sku:sku>/similar/", SimilarView.as_view(), name="similar"),
    path("products/<sku:sku>/bought-together/", TogetherView.as_view(), name="bought-together"),
    path("search/", SearchView.as_view(), name="search"),
    path("recommendations/", RecommendationsView.as_view(), name="recommendations"),
    path("events/", EventsView.as_view(), name="events"),
    path("rules/", RuleListView.as_view(), name="rules"),
    path("rules/<int:rule_id>/", RuleDetailView.as_view(), name="rule"),
    path("shoppers/<shopper:external_id>/", ShopperView.as_view(), name="shopper"),
    path("shoppers/<shopper:external_id>/merge/", MergeView.as_view(), name="merge-shopper"),
    path("shoppers/<shopper:external_id>/profile/", ProfileView.as_view(), name="shopper-profile"),
    path("offers/", OfferListView.as_view(), name="offers"),
    path("offers/<int:offer_id>/", OfferDetailView.as_view(), name="offer"),
    path("offers/<int:offer_id>/image/", OfferImageView.as_view(), name="offer-image"),
    path("offers/<int:offer_id>/product/", OfferProductView.as_view(), name="offer-product"),
    path("match/", MatchView.as_view(), name="match"),
    path("matches/", MatchListView.as_view(), name="matches"),
    path("matches/claim/", ClaimView.as_view(), name="match-claim"),
    path("matches/<int:match_id>/accept/", AcceptView.as_view(), name="match-accept"),
    path("matches/<int:match_id>/reject/", RejectView.as_view(), name="match-reject"),
    path("matches/<int:match_id>/new/", NewView.as_view(), name="match-new"),
    path("matches/<int:match_id>/undo/", UndoView.as_view(), name="match-undo"),
    path("duplicates/", duplicates.DuplicateListView.as_view(), name="duplicates"),
    path("duplicates/claim/", duplicates.ClaimView.as_view(), name="duplicate-claim"),
    path("duplicates/<int:pair_id>/accept/", duplicates.AcceptView.as_view(), name="duplicate-accept"),
    path("duplicates/<int:pair_id>/reject/", duplicates.RejectView.as_view(), name="duplicate-reject"),
    path("duplicates/<int:pair_id>/undo/", duplicates.UndoView.as_view(), name="duplicate-undo"),
    path("outcomes/", OutcomesView.as_view(), name="outcomes"),
    path("scenarios/<str:scenario>/", ScenarioSettingsView.as_view(), name="scenario"),
    path("experiments/", ExperimentListView.as_view(), name="experiments"),
    path("experiments/<int:experiment_id>/", ExperimentDetailView.as_view(), name="experiment"),
    path("experiments/<int:experiment_id>/report/", ExperimentReportView.as_view(), name="experiment-report"),
]
