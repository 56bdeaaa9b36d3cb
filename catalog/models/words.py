from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from catalog.models.stores import Store


class Vocabulary(models.Model):
    """What a store's published products say, as last counted: a memory that may be lost and is made anew."""

    store = models.OneToOneField(Store, models.CASCADE, related_name="vocabulary", primary_key=True)
    products = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "vocabularies"

    def __str__(self) -> str:
        return f"words of {self.store_id}"


class Lexeme(models.Model):
    """A word of a store, stemmed as PostgreSQL does, with how many published products have it in their text or in the
    name of their category. `deletions` are what misspellings of it share with it (`catalog.spelling`)."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="lexemes", db_index=False)
    word = models.CharField(max_length=64)
    products = models.PositiveIntegerField()
    deletions = ArrayField(models.CharField(max_length=64))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "word"], include=["products"], name="lexeme_once_per_store")
        ]
        indexes = [GinIndex(fields=["deletions"], name="lexeme_deletions")]

    def __str__(self) -> str:
        return self.word
