"""Queues of items for people over REST, whatever the items are: taking some, deciding, taking a decision back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic

from django.http import Http404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from catalog.api.authentication import store_of
from catalog.api.parsers import BoundedJSONParser
from catalog.api.strict import StrictSerializer
from catalog.models import ApiKey, Scope
from recommender.models.matching import NAME_LENGTH
from recommender.services.claims import (
    MAX_CLAIMED,
    Item,
    MatchRefused,
    NotACandidateError,
    UnknownDecisionError,
    UnknownSkuError,
    claim_next,
)


class ClaimSerializer(StrictSerializer):
    limit = serializers.IntegerField(min_value=1, max_value=MAX_CLAIMED, default=1)
    after = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, help_text="Go on behind this.")
    reviewer = serializers.CharField(
        max_length=100, default="", help_text="Who looks; of one key there may be several."
    )


class RemarkSerializer(StrictSerializer):
    why = serializers.CharField(max_length=500, default="", allow_blank=True)
    reviewer = serializers.CharField(max_length=100, default="", allow_blank=True, help_text="As in the claim.")


class MatchConflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT


class MostInformativeFirst(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[name-defined]
    ordering = ("-uncertainty", "id")


@dataclass(frozen=True)
class QueueViews(Generic[Item]):
    """What is the same of every view of a queue. `kind` are its items, of which `spell` makes the `answer`; where a
    decision names a product, `sku_field` does, and `unknown_sku` says why it can't be that one."""

    name: str
    kind: type[Item]
    spell: Callable[[Any], dict[str, Any]]
    answer: type[serializers.Serializer]
    sku_field: str
    unknown_sku: str

    def claim_view(self) -> type[APIView]:
        def post(_: APIView, request: Request) -> Response:
            given = read_given(request, ClaimSerializer)
            with self._told_to_the_caller():
                items = claim_next(self.kind, **given)
            return Response({"results": [self.spell(item) for item in items]})

        several = inline_serializer(f"Claimed{self.answer.__name__}", {"results": self.answer(many=True)})
        what = "The next items of the queue, for ten minutes this reviewer's alone. Asked again, the same ones."
        return self._view("claim", post, ClaimSerializer, several, what)

    def decision_view(
        self, act: str, decide: Callable[..., Any], shape: type[RemarkSerializer], *, what: str
    ) -> type[APIView]:
        """`decide` is the service, which is given what the body of this shape says and the id of the address."""

        def post(_: APIView, request: Request, **item: int) -> Response:
            given = read_given(request, shape)
            with self._told_to_the_caller():
                decided = decide(**item, **given)
            return Response(self.spell(self.kind.objects.for_queue().get(pk=decided.pk)))

        return self._view(act, post, shape, self.answer, what)

    def _view(self, act: str, post: Callable[..., Response], shape: Any, answer: Any, what: str) -> type[APIView]:
        described = extend_schema(operation_id=f"{self.name}_{act}", request=shape, responses=answer, description=what)
        attributes = {"required_scope": Scope.MATCH, "parser_classes": [BoundedJSONParser], "post": described(post)}
        return type(f"{self.name.title()}{act.title()}View", (APIView,), attributes)

    @contextmanager
    def _told_to_the_caller(self) -> Iterator[None]:
        try:
            yield
        except self.kind.DoesNotExist as error:
            raise Http404 from error
        except NotACandidateError as error:
            detail = serializers.ErrorDetail("The offer has no such candidate.", "not_a_candidate")
            raise serializers.ValidationError({self.sku_field: [detail]}) from error
        except UnknownSkuError as error:
            detail = serializers.ErrorDetail(self.unknown_sku, "unknown_sku")
            raise serializers.ValidationError({self.sku_field: [detail]}) from error
        except UnknownDecisionError as error:
            detail = serializers.ErrorDetail("There is no such decision on it.", "unknown_decision")
            raise serializers.ValidationError({"decision": [detail]}) from error
        except MatchRefused as error:
            raise MatchConflict(error.message, error.code) from error


def read_given(request: Request, shape: type[StrictSerializer]) -> dict[str, Any]:
    """What is given, with whose store it is about and who says it."""
    form = shape(data=request.data)
    form.is_valid(raise_exception=True)
    given = dict(form.validated_data)
    reviewer = given.pop("reviewer")
    return {**given, "store": store_of(request), "by": _name_caller(request, reviewer)}


def _name_caller(request: Request, reviewer: str) -> str:
    """Of a key's name as much as there is room for: it is known by its prefix."""
    key = request.auth
    assert isinstance(key, ApiKey)
    said = f" ({key.prefix}…): {reviewer}" if reviewer else f" ({key.prefix}…)"
    return f"API key {key.name}"[: NAME_LENGTH - len(said)] + said
