from rest_framework import serializers
from rest_framework.generics import ListAPIView

from embeddings.models import EmbeddingSpace


class SpaceSerializer(serializers.ModelSerializer):
    class Meta:
        model = EmbeddingSpace
        fields = ["name", "status", "encoder", "fusion", "layout", "calibration", "created_at", "activated_at"]


class SpaceListView(ListAPIView):
    """The store's embedding spaces, newest first."""

    required_scope = "read"
    serializer_class = SpaceSerializer
    queryset = EmbeddingSpace.objects.none()

    def get_queryset(self):  # type: ignore[no-untyped-def]
        if self.request.auth is None:  # the schema generator asks without a key
            return super().get_queryset()
        return EmbeddingSpace.objects.of(self.request.auth.store)
