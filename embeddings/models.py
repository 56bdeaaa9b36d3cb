"""Vectors and where they come from. The `Embedding` table is partitioned by space: see `embeddings.indexes`."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from pgvector.django import HalfVectorField

from catalog.models import Category, Product, Store
from embeddings import palettes
from embeddings.querysets import CategorySuggestionQuerySet, EmbeddingSpaceQuerySet


class EmbeddingSpace(models.Model):
    """An encoder, an alignment, a fusion and a layout, fixed for good: a model change is a new space."""

    class Status(models.TextChoices):
        BUILDING = "building"
        INDEXING = "indexing"
        READY = "ready"
        ACTIVE = "active"
        RETIRED = "retired"
        FAILED = "failed"

    store = models.ForeignKey(Store, models.CASCADE, related_name="spaces")
    name = models.CharField(max_length=100)
    encoder = models.CharField(max_length=500)
    encoder_id = models.CharField(max_length=200)
    alignment = models.CharField(max_length=50, default="identity")
    fusion = models.CharField(max_length=50)
    layout = models.JSONField()
    calibration = models.JSONField(default=dict)
    classification = models.JSONField(default=dict)
    metrics = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.BUILDING)
    error = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True, blank=True)

    objects = EmbeddingSpaceQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["store", "name"], name="space_name_once_per_store"),
            models.UniqueConstraint(fields=["store"], condition=Q(status="active"), name="one_active_space_per_store"),
        ]

    def __str__(self) -> str:
        return self.name


class ImageFeature(models.Model):
    """What one encoder made of one picture, whatever the space or store: nothing unchanged is encoded twice."""

    pk = models.CompositePrimaryKey("encoder_id", "sha256")
    encoder_id = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    vector = HalfVectorField()
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.encoder_id}: {self.sha256}"


class Palette(models.Model):
    """The colours of what a picture shows (`embeddings.palettes`); no encoder has a part in it."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    vector = HalfVectorField(dimensions=palettes.SIZE)
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.sha256


class Embedding(models.Model):
    """A product's vector in a space, laid out by the space's layout.

    `content_hash` is the product's when the vector was made; `text_hash` lets a changed picture keep the text block.
    The table and its partitions are made in SQL (migration 0001, `embeddings.indexes`).
    """

    pk = models.CompositePrimaryKey("space_id", "product_id")
    space = models.ForeignKey(EmbeddingSpace, models.DO_NOTHING, related_name="+")
    product = models.ForeignKey(Product, models.DO_NOTHING, related_name="+")
    vector = HalfVectorField()
    content_hash = models.CharField(max_length=64)
    text_hash = models.CharField(max_length=64)
    present = ArrayField(models.CharField(max_length=16))
    embedded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["space", "embedded_at"], name="embedding_written")]

    def __str__(self) -> str:
        return f"{self.product_id} in space {self.space_id}"


class BehaviourVector(models.Model):
    """What shoppers taught about a product, of unit length (`embeddings.behaviour`). Made in SQL (migration 0010)."""

    pk = models.CompositePrimaryKey("space_id", "product_id")
    space = models.ForeignKey(EmbeddingSpace, models.DO_NOTHING, related_name="+")
    product = models.ForeignKey(Product, models.DO_NOTHING, related_name="+")
    vector = HalfVectorField()

    def __str__(self) -> str:
        return f"{self.product_id} in space {self.space_id}"


class BehaviourMap(models.Model):
    """Foretells a behaviour block from the others: `weights` and `bias` as safetensors, and how well they do it."""

    space = models.OneToOneField(EmbeddingSpace, models.CASCADE, related_name="behaviour_map")
    tensors = models.BinaryField()
    ridge = models.FloatField()
    learned = models.PositiveIntegerField()
    held_out_cosine = models.FloatField()
    fitted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.space_id}: {self.learned} products, {self.held_out_cosine:.2f}"


class EmbeddingFailure(models.Model):
    """A product that could not be embedded, why, and when it is tried again; `next_try` None: not before it changes."""

    space = models.ForeignKey(EmbeddingSpace, models.CASCADE, related_name="failures")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    content_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=1000)
    attempts = models.PositiveSmallIntegerField(default=1)
    next_try = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-failed_at"]
        constraints = [models.UniqueConstraint(fields=["space", "product"], name="failure_once_per_product")]

    def __str__(self) -> str:
        return f"{self.product_id} in {self.space_id}: {self.reason}"


class CategorySuggestion(models.Model):
    """Where a product may belong, for a catalogue manager to decide; the product itself is not touched by it.

    `instead_of` is the category the product had when this was suggested: where it has another by now, the suggestion
    is outdated. What was accepted or dismissed is kept, so that it is never suggested again.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DISMISSED = "dismissed"

    product = models.ForeignKey(Product, models.CASCADE, related_name="category_suggestions")
    category = models.ForeignKey(Category, models.CASCADE, related_name="suggestions")
    instead_of = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="+")
    probability = models.FloatField()
    score = models.FloatField()
    modality = models.CharField(max_length=8)
    space = models.ForeignKey(EmbeddingSpace, models.SET_NULL, null=True, related_name="+")
    encoder_id = models.CharField(max_length=200)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = CategorySuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["-probability", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "category"], name="suggestion_once_per_category"),
            models.UniqueConstraint(
                fields=["product"], condition=Q(status="open"), name="one_open_suggestion_per_product"
            ),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1), name="suggestion_probability_is_one"
            ),
        ]
        indexes = [models.Index(fields=["status", "-probability", "-id"], name="suggestion_by_probability")]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.category_id} ({self.probability:.2f})"
