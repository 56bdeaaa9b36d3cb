"""How offers, candidates and decisions look in answers."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers

from catalog.api.cards import image_url, spell_price
from catalog.models import Offer, Product
from recommender.models import Match, MatchDecision

DIGITS = 6


class ThresholdsSerializer(serializers.Serializer):
    accept = serializers.FloatField(help_text="From this probability on the machine links by itself.")
    reject = serializers.FloatField(help_text="Below it nobody is asked.")


class VerdictSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(Match.Verdict.choices)
    sku = serializers.CharField(allow_null=True, help_text="Of an accept: which product it is.")
    why = serializers.CharField()


class ProductFactsSerializer(serializers.Serializer):
    sku = serializers.CharField()
    title = serializers.CharField()
    brand = serializers.CharField()
    category = serializers.CharField()
    price = serializers.DecimalField(12, 2, allow_null=True)
    currency = serializers.CharField()
    image = serializers.CharField(allow_null=True)
    is_published = serializers.BooleanField()


class CandidateSerializer(ProductFactsSerializer):
    probability = serializers.FloatField(min_value=0, max_value=1)
    contributions = serializers.DictField(
        child=serializers.FloatField(), help_text="What spoke for it (above 0) and against it, by feature."
    )
    sources = serializers.ListField(child=serializers.CharField(), help_text="Who brought it up.")


class DecisionSerializer(serializers.ModelSerializer):
    made_product = serializers.BooleanField(help_text="Whether the product was made of the offer.")
    stands = serializers.BooleanField(
        help_text="Whether it counts: not undone, and no rejection of a product that was accepted after all."
    )

    class Meta:
        model = MatchDecision
        fields = [
            *("id", "verdict", "sku", "stands", "made_product", "probability", "why", "by", "at"),
            *("undone_at", "undone_by", "undone_why"),
        ]
        read_only_fields = fields


class OfferFactsSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    supplier = serializers.CharField()
    supplier_sku = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    brand = serializers.CharField()
    gtin = serializers.CharField()
    gtin_trusted = serializers.BooleanField(help_text="Whether there is a GTIN, with the right check digit.")
    mpn = serializers.CharField()
    price = serializers.DecimalField(12, 2, allow_null=True)
    currency = serializers.CharField()
    image = serializers.CharField(allow_null=True)


class MatchSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    status = serializers.ChoiceField(Match.Status.choices)
    sku = serializers.CharField(allow_null=True, help_text="The product it is linked to.")
    verdict = serializers.ChoiceField(Match.Verdict.choices, help_text="What the machine made of it.")
    why = serializers.CharField()
    probability = serializers.FloatField(help_text="Of the best candidate that nobody has rejected.")
    uncertainty = serializers.FloatField(help_text="How much asking a person would tell, in bits.")
    thresholds = ThresholdsSerializer()
    matcher = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(help_text="Why it could not be matched.")
    claimed_by = serializers.CharField()
    claimed_until = serializers.DateTimeField(allow_null=True)
    matched_at = serializers.DateTimeField()
    offer = OfferFactsSerializer()
    candidates = CandidateSerializer(many=True)
    history = DecisionSerializer(many=True)


class OfferSerializer(OfferFactsSerializer):
    match = MatchSerializer(allow_null=True, help_text="Null until a worker has matched it.")


def spell_offer(offer: Offer) -> dict[str, Any]:
    match = getattr(offer, "match", None)
    return {**_spell_facts(offer), "match": spell_match(match) if match else None}


def spell_match(match: Match) -> dict[str, Any]:
    offer = match.offer
    return {
        "id": match.pk,
        "status": match.status,
        "sku": offer.product.sku if offer.product else None,
        "verdict": match.verdict,
        "why": match.why,
        "probability": round(match.probability, DIGITS),
        "uncertainty": match.uncertainty,
        "thresholds": spell_thresholds(match.accept_at, match.reject_below),
        "matcher": match.version.number if match.version else None,
        "error": match.error,
        "claimed_by": match.claimed_by,
        "claimed_until": match.claimed_until,
        "matched_at": match.matched_at,
        "offer": _spell_facts(offer),
        "candidates": [
            spell_candidate(
                each.product, probability=each.probability, contributions=each.contributions, sources=each.sources
            )
            for each in sorted(offer.candidates.all(), key=lambda each: each.rank)
        ],
        "history": _spell_history(offer.decisions.all()),
    }


def spell_candidate(
    product: Product, *, probability: float, contributions: Mapping[str, float], sources: Iterable[str]
) -> dict[str, Any]:
    return {
        **spell_product(product),
        "probability": round(probability, DIGITS),
        "contributions": {name: round(share, DIGITS) for name, share in contributions.items()},
        "sources": list(sources),
    }


def spell_product(product: Product) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "title": product.title,
        "brand": product.brand,
        "category": product.category.path if product.category else "",
        "price": spell_price(product.price),
        "currency": product.currency,
        "image": next((url for image in product.images.all() if (url := image_url(image))), None),
        "is_published": product.is_published,
    }


def spell_thresholds(accept_at: float, reject_below: float) -> dict[str, float]:
    return {"accept": accept_at, "reject": reject_below}


def _spell_history(decisions: Iterable[MatchDecision]) -> list[dict[str, Any]]:
    """All decisions on an offer, the oldest first."""
    history = sorted(decisions, key=lambda each: each.pk)
    return list(DecisionSerializer(history, many=True).data)


def _spell_facts(offer: Offer) -> dict[str, Any]:
    return {
        "id": offer.pk,
        "supplier": offer.supplier.slug,
        "supplier_sku": offer.supplier_sku,
        "title": offer.title,
        "description": offer.description,
        "brand": offer.brand,
        "gtin": offer.gtin,
        "gtin_trusted": bool(offer.trusted_gtin),
        "mpn": offer.mpn,
        "price": spell_price(offer.price),
        "currency": offer.currency,
        "image": offer.image.url if offer.image else None,
    }
