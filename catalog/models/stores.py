from django.contrib.postgres.fields import ArrayField
from django.db import models


class Store(models.Model):
    """A tenant: owns products, suppliers, shoppers, events, keys and embedding spaces."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class Scope(models.TextChoices):
    READ = "read"
    EVENTS = "events"
    CATALOG = "catalog"
    MATCH = "match"
    ADMIN = "admin"


class ApiKey(models.Model):
    """A key `<prefix>.<secret>`; only the SHA-256 of the secret is kept.

    The secret holds 256 random bits, so a slow password hash would add latency to every request and no safety.
    """

    store = models.ForeignKey(Store, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=16, unique=True, editable=False)
    hashed_key = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope.choices))
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
