from rest_framework import serializers
from rest_framework.generics import ListAPIView

from catalog.models import ApiKey
from embeddings.models import EmbeddingSpace
from embeddings.querysets import EmbeddingSpaceQuerySet


class SpaceSerializer(serializers.ModelSerializer):
    # Not as it is configured, which may be a folder of the server.
    encoder = serializers.CharField(source="encoder_id", read_only=True)

    class Meta:
        model = EmbeddingSpace
        fields = [
            *("name", "status", "encoder", "fusion", "layout", "calibration", "classification"),
            *("created_at", "activated_at"),
        ]


class SpaceListView(ListAPIView):
    """The store's embedding spaces, newest first."""

    required_scope = "read"
    serializer_class = SpaceSerializer
    queryset = EmbeddingSpace.objects.none()

    def get_queryset(self) -> EmbeddingSpaceQuerySet:
        key = self.request.auth
        # The schema generator asks without a key.
        return EmbeddingSpace.objects.of(key.store) if isinstance(key, ApiKey) else EmbeddingSpace.objects.none()
