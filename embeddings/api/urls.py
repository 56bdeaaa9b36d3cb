from django.urls import path

from embeddings.api.classify import ClassifyView
from embeddings.api.heatmap import HeatmapView
from embeddings.api.spaces import SpaceListView

urlpatterns = [
    path("spaces/", SpaceListView.as_view(), name="spaces"),
    path("classify/", ClassifyView.as_view(), name="classify"),
    path("products/<sku:sku>/heatmap.png", HeatmapView.as_view(), name="heatmap"),
]
