from django.apps import AppConfig


class EmbeddingsConfig(AppConfig):
    name = "embeddings"

    def ready(self) -> None:
        # Content changes start embedding; vectors are registered with psycopg before its first connection is made.
        from embeddings import receivers, wire  # noqa: F401
