from django.urls import path

from embeddings.api.spaces import SpaceListView

urlpatterns = [path("spaces/", SpaceListView.as_view(), name="spaces")]
