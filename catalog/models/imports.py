from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.db import models
from django.db.models import Q

from catalog.models.stores import Store


def feed_storage() -> Storage:
    """Feeds hold what a store may not want to show: they lie outside MEDIA_ROOT, which is public."""
    root = settings.KINDRED_PRIVATE_ROOT
    return FileSystemStorage(location=root)


class ImportRun(models.Model):
    """One reading of one feed file. A killed run, told by its old `heartbeat_at`, continues at `next_row`."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    store = models.ForeignKey(Store, models.CASCADE, related_name="import_runs")
    kind = models.CharField(max_length=16, default="products")
    format = models.CharField(max_length=16)
    file = models.FileField(storage=feed_storage, upload_to="imports", blank=True, max_length=255)
    file_name = models.CharField(max_length=255)
    images_dir = models.CharField(max_length=1000, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    error = models.CharField(max_length=1000, blank=True)
    next_row = models.PositiveIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Times it was taken up since next_row moved.")
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    queued_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["heartbeat_at"], condition=Q(status__in=["queued", "running"]), name="import_unfinished"
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.status})"


class ImportIssue(models.Model):
    """Why a row (error), or a part of it (warning), was not taken."""

    class Severity(models.TextChoices):
        ERROR = "error"
        WARNING = "warning"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="issues")
    row = models.PositiveIntegerField()
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.ERROR)
    field = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=64)
    message = models.CharField(max_length=1000)
    raw = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"row {self.row}, {self.field}: {self.message}"
