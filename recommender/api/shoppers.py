"""One shopper: what is known of them, what they did under another name, and how to be forgotten."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.authentication import store_of
from catalog.api.cards import ProductCardSerializer, spell_card
from catalog.api.parsers import BoundedJSONParser
from catalog.api.strict import StrictSerializer
from recommender.models import Event
from recommender.profiles import Reason, ShopperProfile, describe_profile
from recommender.services.shoppers import forget_shopper, merge_shoppers

STRENGTH_DIGITS = 6


class MergeSerializer(StrictSerializer):
    into = serializers.CharField(max_length=128, help_text="The shopper who logged in; made when not known yet.")


class MergedSerializer(serializers.Serializer):
    shopper = serializers.CharField(help_text="Whose the events are now.")
    moved = serializers.IntegerField(help_text="How many events were moved; 0 when told again.")


class ReasonSerializer(ProductCardSerializer):
    strength = serializers.FloatField(help_text="Their events with it, weighed by kind and faded with time, summed.")


class InterestSerializer(serializers.Serializer):
    share = serializers.FloatField(min_value=0, max_value=1, help_text="Of everything they like; all sum to 1.")
    products: Any = ReasonSerializer(many=True, help_text="What it was made of, the strongest first, at most 10.")


class HappeningSerializer(serializers.Serializer):
    sku = serializers.CharField()
    kind = serializers.ChoiceField(Event.Kind.choices)
    at = serializers.DateTimeField()


class ProfileSerializer(serializers.Serializer):
    shopper = serializers.CharField()
    interests: Any = InterestSerializer(many=True, help_text="At most 3, the largest share first.")
    disliked: Any = ReasonSerializer(many=True, help_text="Products whose dislikes outweigh the rest, at most 10.")
    latest: Any = HappeningSerializer(many=True, help_text="The latest events, newest first, at most 20.")


class ShopperView(APIView):
    required_scope = {"DELETE": "events"}

    @extend_schema(operation_id="forget_shopper", responses={204: None})
    def delete(self, request: Request, external_id: str) -> Response:
        """Forget a shopper with everything they did. Also of one who is not known, nothing is known afterwards."""
        forget_shopper(store=store_of(request), external_id=external_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MergeView(APIView):
    required_scope = "events"
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="merge_shopper",
        request=MergeSerializer,
        responses=MergedSerializer,
        examples=[
            OpenApiExample("A session logs in", request_only=True, value={"into": "account-7"}),
            OpenApiExample("Moved", response_only=True, value={"shopper": "account-7", "moved": 12}),
        ],
    )
    def post(self, request: Request, external_id: str) -> Response:
        """Give what a session did to the shopper who logged in; the session is gone. Told again, nothing changes."""
        body = MergeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        into = body.validated_data["into"]
        if into == external_id:
            message = serializers.ErrorDetail("Must be another shopper than the one in the address.", "same_shopper")
            raise serializers.ValidationError({"into": [message]})
        moved = merge_shoppers(store=store_of(request), session=external_id, into=into)
        return Response({"shopper": into, "moved": moved})


class ProfileView(APIView):
    required_scope = "read"

    @extend_schema(operation_id="shopper_profile", responses=ProfileSerializer)
    def get(self, request: Request, external_id: str) -> Response:
        """What is known of a shopper: interests with the products behind them, dislikes, the latest events."""
        profile = describe_profile(store=store_of(request), external_id=external_id, now=timezone.now())
        if profile is None:
            raise Http404
        return Response({"shopper": external_id, **_spell_profile(profile)})


def _spell_profile(profile: ShopperProfile) -> dict[str, Any]:
    return {
        "interests": [
            {
                "share": round(interest.share, STRENGTH_DIGITS),
                "products": [_spell_reason(reason) for reason in interest.products],
            }
            for interest in profile.interests
        ],
        "disliked": [_spell_reason(reason) for reason in profile.disliked],
        "latest": HappeningSerializer(profile.latest, many=True).data,
    }


def _spell_reason(reason: Reason) -> dict[str, Any]:
    return {**spell_card(reason.card), "strength": round(reason.strength, STRENGTH_DIGITS)}
