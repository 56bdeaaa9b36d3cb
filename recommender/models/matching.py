from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from pgvector.django import HalfVectorField

from catalog.models import Offer, Product, Store
from recommender.querysets import MatchCandidateQuerySet, MatchDecisionQuerySet, MatchQuerySet

NAME_LENGTH = 300


class MatcherVersion(models.Model):
    """A scoring model of a store, with what it scored when it was made; at most one is in use, else the shipped one.

    `artifact` is 0.6 MB of trees, and 14 MB more with a reader: lists defer it. One learned from decisions says up to
    which decision, and from exactly which ones (`decisions_sha256`, of their ids): where the standing ones are still
    these, there is nothing to learn anew.
    """

    store = models.ForeignKey(Store, models.CASCADE, related_name="matchers")
    number = models.PositiveIntegerField()
    artifact = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    metrics = models.JSONField(default=dict)
    last_decision = models.PositiveBigIntegerField(null=True, blank=True)
    decisions_sha256 = models.CharField(max_length=64, blank=True)
    # Why it was put to use when it was made, or was not.
    reason = models.CharField(max_length=500, blank=True)
    made_by = models.CharField(max_length=NAME_LENGTH, blank=True)
    is_active = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    activated_by = models.CharField(max_length=NAME_LENGTH, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="matcher_number_once_per_store"),
            models.UniqueConstraint(fields=["store"], condition=Q(is_active=True), name="one_active_matcher_per_store"),
            models.CheckConstraint(
                condition=Q(last_decision=None, decisions_sha256="")
                | Q(last_decision__isnull=False) & ~Q(decisions_sha256=""),
                name="matcher_learned_from_decisions_names_them",
            ),
        ]

    def __str__(self) -> str:
        return f"matcher {self.number}"

    @property
    def is_learned(self) -> bool:
        """From the store's decisions, not from a file."""
        return bool(self.decisions_sha256)


class MatcherUse(models.Model):
    """A version was put to use. A store uses the last that was not undone, by rolling back, and without one the shipped
    model; what stands before it is what it replaced."""

    version = models.ForeignKey(MatcherVersion, models.CASCADE, related_name="uses")
    at = models.DateTimeField()
    by = models.CharField(max_length=NAME_LENGTH, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.version} from {self.at:%Y-%m-%d %H:%M}"


class FailedLesson(models.Model):
    """Why a store's last lesson came to nothing, and from exactly which decisions; gone when one makes a version."""

    store = models.OneToOneField(Store, models.CASCADE, related_name="failed_lesson")
    decisions_sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reason


class Match(models.Model):
    """How an offer stands: what the machine made of it, where people's decisions have brought it.

    `offer_at` is the offer's `updated_at` that was read: where they differ, matching is due. `text_vector` is kept with
    the hash of the text it was made from, so that an unchanged text calls no encoder. `status` follows from the
    standing decisions, the candidates and the machine's verdict, see `recommender.services.match_decisions`.
    """

    class Status(models.TextChoices):
        LINKED = "linked"
        REVIEW = "review"
        REJECTED = "rejected"
        NEW = "new"
        FAILED = "failed"

    class Verdict(models.TextChoices):
        ACCEPT = "accept"
        REVIEW = "review"
        REJECT = "reject"
        NEW = "new"

    store = models.ForeignKey(Store, models.CASCADE, related_name="matches", db_index=False)
    offer = models.OneToOneField(Offer, models.CASCADE, related_name="match")
    status = models.CharField(max_length=8, choices=Status.choices)
    verdict = models.CharField(max_length=6, choices=Verdict.choices, default=Verdict.NEW)
    why = models.CharField(max_length=200, blank=True)
    # Of the best candidate that nobody has rejected.
    probability = models.FloatField(default=0)
    uncertainty = models.FloatField(default=0)
    accept_at = models.FloatField(default=1)
    reject_below = models.FloatField(default=0)
    version = models.ForeignKey(MatcherVersion, models.SET_NULL, null=True, blank=True, related_name="+")
    encoder_id = models.CharField(max_length=200, blank=True)
    text_hash = models.CharField(max_length=64, blank=True)
    text_vector = HalfVectorField(null=True, blank=True)
    error = models.CharField(max_length=1000, blank=True)
    claimed_by = models.CharField(max_length=NAME_LENGTH, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    offer_at = models.DateTimeField()
    matched_at = models.DateTimeField()

    objects = MatchQuerySet.as_manager()

    class Meta:
        ordering = ["-uncertainty", "id"]
        verbose_name_plural = "matches"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["linked", "review", "rejected", "new", "failed"]), name="match_status_known"
            ),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1, uncertainty__gte=0), name="match_probability_is_one"
            ),
            models.CheckConstraint(
                condition=Q(claimed_by="", claimed_until=None) | ~Q(claimed_by="") & Q(claimed_until__isnull=False),
                name="match_claim_has_an_end",
            ),
            models.CheckConstraint(condition=~Q(status="failed") | ~Q(error=""), name="match_failure_says_why"),
        ]
        indexes = [models.Index(fields=["store", "status", "-uncertainty", "id"], name="match_queue")]

    def __str__(self) -> str:
        return f"{self.offer_id}: {self.status}"

    def holder_at(self, now: datetime) -> str:
        """Who has claimed it, while the claim lasts."""
        return self.claimed_by if self.claimed_until and self.claimed_until > now else ""


class MatchCandidate(models.Model):
    """A product that an offer may be, as last scored, with what spoke for and against it. All candidates of an offer
    are written at once, by the version its Match names; `rank` starts at 1."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="candidates", db_index=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField()
    probability = models.FloatField()
    contributions = models.JSONField(default=dict)
    sources = ArrayField(models.CharField(max_length=8))

    objects = MatchCandidateQuerySet.as_manager()

    class Meta:
        ordering = ["offer_id", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "product"], name="candidate_once_per_offer"),
            models.UniqueConstraint(fields=["offer", "rank"], name="candidate_rank_once_per_offer"),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1, rank__gte=1), name="candidate_probability_is_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id}: {self.product_id} ({self.probability:.2f})"


class MatchDecision(models.Model):
    """Who said what an offer is, when and why: a record that is never edited but for being undone, and that outlives
    offer and product, whose names it keeps. A rejection does not count while an accept of the same product stands."""

    class Verdict(models.TextChoices):
        ACCEPT = "accept"
        REJECT = "reject"
        NEW = "new"

    store = models.ForeignKey(Store, models.CASCADE, related_name="match_decisions")
    offer = models.ForeignKey(Offer, models.SET_NULL, null=True, related_name="decisions")
    offer_name = models.CharField(max_length=200)
    product = models.ForeignKey(Product, models.SET_NULL, null=True, blank=True, related_name="match_decisions")
    sku = models.CharField(max_length=128, blank=True)
    verdict = models.CharField(max_length=6, choices=Verdict.choices)
    # The product was made of the offer, and stands for it beside the word that there was none.
    made_product = models.BooleanField(default=False, db_default=False)
    probability = models.FloatField(null=True, blank=True)
    contributions = models.JSONField(default=dict)
    why = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=NAME_LENGTH)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=NAME_LENGTH, blank=True)
    undone_why = models.CharField(max_length=500, blank=True)
    #: Whether it counts; those that `with_standing()` found have it.
    stands: bool

    objects = MatchDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=["accept", "reject"]) & ~Q(sku="") | Q(verdict="new", sku="", product=None),
                name="decision_names_a_product_as_its_verdict_does",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by="") | Q(undone_at__isnull=False) & ~Q(undone_by=""),
                name="decision_undone_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["offer"],
                condition=Q(undone_at=None, verdict__in=["accept", "new"], made_product=False),
                name="one_standing_answer_per_offer",
            ),
            models.UniqueConstraint(
                fields=["offer"],
                condition=Q(undone_at=None, made_product=True),
                name="one_standing_product_made_per_offer",
            ),
            models.CheckConstraint(
                condition=Q(made_product=False) | Q(verdict="accept"), name="decision_made_the_product_it_names"
            ),
            models.UniqueConstraint(
                fields=["offer", "product"],
                condition=Q(undone_at=None, verdict="reject"),
                name="one_standing_rejection_per_candidate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_name}: {self.verdict} {self.sku}".strip()
