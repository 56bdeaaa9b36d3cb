"""Suppliers' offers over REST: told in bulk, matched in the background, or asked about at once."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, QueryDict
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.authentication import store_of
from catalog.api.images import FORM_OVERHEAD
from catalog.api.parsers import BoundedJSONParser, BoundedMultiPartParser
from catalog.api.photos import open_photo
from catalog.api.products import refusal
from catalog.api.serializers import MAX_ROWS, ImageUploadSerializer
from catalog.api.strict import StrictSerializer
from catalog.images import ImageRejected, read_upload
from catalog.importers.fields import CODE_LIMIT, DESCRIPTION_LIMIT, NAME_LIMIT, TITLE_LIMIT
from catalog.importers.offers import ASKED_FIELDS, PRICE_CEILING, parse_asked, parse_offer
from catalog.models import Offer, Scope, Store
from catalog.rows import Issue, OfferRow, RowOutcome, Severity, Status
from catalog.selectors import has_supplier
from catalog.services.offers import set_picture, unknown_supplier, upsert_offers
from embeddings.api.problems import told_to_the_caller
from recommender import tasks
from recommender.api.decisions import MatchConflict, RemarkSerializer, read_given
from recommender.api.match_shapes import (
    CandidateSerializer,
    OfferSerializer,
    ThresholdsSerializer,
    VerdictSerializer,
    spell_candidate,
    spell_offer,
    spell_thresholds,
)
from recommender.matching.asked import AskedOffer
from recommender.matching.blocking import MAX_CANDIDATES
from recommender.models import Match
from recommender.selectors import find_offer
from recommender.services.claims import MatchRefused
from recommender.services.match_questions import Answer, ask
from recommender.services.new_products import ProductRefused, make_product

MAX_FIELDS_BYTES = 1024 * 1024
# Of an offer, but told elsewhere.
_NOT_TAKEN = {
    "image": "Upload the picture to the offer's own address, once it is there.",
    "supplier_name": "Suppliers are named in the admin.",
}


class OfferFieldsSerializer(serializers.Serializer):
    """Describes what an offer says of itself; `catalog.importers.offers` reads it."""

    supplier = serializers.CharField(
        max_length=NAME_LIMIT,
        required=False,
        help_text="Whose it is: a supplier of the store, by slug or name, which is read in small letters with hyphens.",
    )
    title = serializers.CharField(max_length=TITLE_LIMIT)
    description = serializers.CharField(
        required=False, allow_blank=True, help_text=f"Of a longer one {DESCRIPTION_LIMIT:,} characters are read."
    )
    brand = serializers.CharField(max_length=NAME_LIMIT, required=False, allow_blank=True)
    gtin = serializers.CharField(
        required=False, allow_blank=True, help_text="With a wrong check digit it is kept, flagged and not trusted."
    )
    mpn = serializers.CharField(max_length=CODE_LIMIT, required=False, allow_blank=True)
    price = serializers.DecimalField(
        12,
        2,
        required=False,
        allow_null=True,
        max_value=PRICE_CEILING,
        help_text="Above 0; further decimals are rounded.",
    )
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)


class OfferWriteSerializer(OfferFieldsSerializer):
    """Describes an offer to be written."""

    supplier_sku = serializers.CharField(max_length=CODE_LIMIT, help_text="The supplier's own number.")


class OffersSerializer(StrictSerializer):
    supplier = serializers.CharField(max_length=NAME_LIMIT, default="")
    offers = serializers.ListField(child=serializers.JSONField(allow_null=True), min_length=1, max_length=MAX_ROWS)


class OffersDescription(serializers.Serializer):
    supplier = serializers.CharField(required=False, help_text="Whose the rows are that say nothing.")
    offers = OfferWriteSerializer(many=True, help_text=f"At most {MAX_ROWS:,}.")


class OfferIssueSerializer(serializers.Serializer):
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()
    severity = serializers.ChoiceField(
        [severity.value for severity in Severity],
        help_text="`error`: the row was not taken; `warning`: it was, and this is to be known of it.",
    )


class OfferOutcomeSerializer(serializers.Serializer):
    supplier = serializers.CharField()
    supplier_sku = serializers.CharField()
    id = serializers.IntegerField(allow_null=True, help_text="Null where the row was not taken.")
    status = serializers.ChoiceField([status.value for status in Status])
    issues = OfferIssueSerializer(many=True)


class OffersAnswerSerializer(serializers.Serializer):
    results = OfferOutcomeSerializer(many=True, help_text="One for each row, in order.")


class OfferListView(APIView):
    required_scope = Scope.MATCH
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="offers_upsert",
        request=OffersDescription,
        responses={202: OffersAnswerSerializer},
        examples=[
            OpenApiExample(
                "Two offers of one supplier",
                request_only=True,
                value={
                    "supplier": "kontor-wiese",
                    "offers": [
                        {
                            "supplier_sku": "4711",
                            "title": "Becher Steinzeug rot 0,3 l",
                            "price": "7.90",
                            "currency": "EUR",
                        },
                        {"supplier_sku": "4712", "title": "Becher Steinzeug blau 0,3 l", "gtin": "4006381333931"},
                    ],
                },
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Upsert up to 1,000 offers by supplier and supplier's number; a worker matches those that changed.

        Each row succeeds or fails by itself; the answer keeps the order. The same offer again changes nothing. The
        suppliers are there already: they are added in the admin, or by `manage.py import_offers`.
        """
        body = OffersSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        store = store_of(request)
        answer = _write_rows(store, body.validated_data["offers"], supplier=body.validated_data["supplier"])
        if any(row["status"] in {Status.CREATED, Status.UPDATED} for row in answer):
            tasks.match_soon(store.pk)
        return Response({"results": answer}, status=status.HTTP_202_ACCEPTED)


class OfferDetailView(APIView):
    required_scope = Scope.MATCH

    @extend_schema(operation_id="offers_read", responses=OfferSerializer)
    def get(self, request: Request, offer_id: int) -> Response:
        """An offer, how it stands, what it could be, and who decided what about it when and why."""
        return Response(spell_offer(_find_offer(store_of(request), offer_id)))


class ProductOfOfferSerializer(RemarkSerializer):
    sku = serializers.CharField(
        max_length=CODE_LIMIT, default="", help_text="What to call the product; without, the supplier's number."
    )


class OfferProductView(APIView):
    required_scope = (Scope.MATCH, Scope.CATALOG)
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="offer_product_make",
        request=ProductOfOfferSerializer,
        responses={200: OpenApiResponse(OfferSerializer, "It had been made before."), 201: OfferSerializer},
    )
    def post(self, request: Request, offer_id: int) -> Response:
        """Make a product of an offer that is new: unpublished, with what the offer says and its picture, and linked to
        it. A GTIN that is wrong, or another product's, is left out. Said again, nothing happens.

        Undoing the match makes the offer new again and leaves the product as it is. Takes the scopes `match` and
        `catalog`.
        """
        given = read_given(request, ProductOfOfferSerializer)
        offer = _find_offer(given["store"], offer_id)
        if not hasattr(offer, "match"):
            raise MatchConflict("The offer was not matched yet.", "not_new")
        try:
            made = make_product(match_id=offer.match.pk, **given)
        except Match.DoesNotExist as error:
            raise Http404 from error
        except MatchRefused as error:
            raise MatchConflict(error.message, error.code) from error
        except ProductRefused as error:
            raise refusal(error.issues) from error
        answer = spell_offer(_find_offer(given["store"], offer_id))
        return Response(answer, status=status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK)


class OfferImageView(APIView):
    required_scope = Scope.MATCH
    parser_classes = [BoundedMultiPartParser]
    max_body_bytes = settings.KINDRED_IMAGE_MAX_BYTES + FORM_OVERHEAD

    @extend_schema(
        operation_id="offer_image_write",
        request={"multipart/form-data": ImageUploadSerializer},
        responses={202: OfferSerializer},
    )
    def post(self, request: Request, offer_id: int) -> Response:
        """Give an offer its picture, instead of the one it has; a worker matches it anew."""
        store = store_of(request)
        offer = _find_offer(store, offer_id)
        form = ImageUploadSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            changed = set_picture(offer=offer, data=read_upload(form.validated_data["image"]))
        except ImageRejected as error:
            raise serializers.ValidationError(
                {"image": [serializers.ErrorDetail(error.message, error.code)]}
            ) from error
        if changed:
            tasks.match_soon(store.pk)
        return Response(spell_offer(_find_offer(store, offer_id)), status=status.HTTP_202_ACCEPTED)


class MatchParameters(OfferFieldsSerializer):
    """One offer, asked about and not kept."""

    image_url = serializers.URLField(max_length=2_000, required=False, help_text="Address of the offer's picture.")
    limit = serializers.IntegerField(min_value=1, max_value=MAX_CANDIDATES, default=5)


class MatchUpload(MatchParameters):
    image = serializers.FileField(required=False, help_text="The offer's picture, instead of an address.")


class AsGiven(serializers.Field):
    """What is read elsewhere."""

    def to_internal_value(self, data: Any) -> Any:
        return data


class QuestionSerializer(StrictSerializer, MatchUpload):
    """What the offer says of itself is left to the reader of offers that are kept."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), **{name: AsGiven(required=False, allow_null=True) for name in ASKED_FIELDS}}

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if "image" in given and "image_url" in given:
            raise serializers.ValidationError({"image_url": "Give image or image_url, not both."}, code="ambiguous")
        return given


class MatchAnswerSerializer(serializers.Serializer):
    issues = OfferIssueSerializer(
        many=True, help_text="What was not taken as it stands; with what can't be taken at all the question is refused."
    )
    space = serializers.CharField(allow_null=True, help_text="Null: nothing is embedded yet, so words alone matched.")
    matcher = serializers.IntegerField(allow_null=True, help_text="The version that scored; null is the shipped one.")
    gtin_trusted = serializers.BooleanField(help_text="Whether there is a GTIN, with the right check digit.")
    verdict = VerdictSerializer()
    thresholds = ThresholdsSerializer()
    candidates = CandidateSerializer(many=True, help_text="The likeliest, best first.")


class MatchView(APIView):
    required_scope = Scope.MATCH
    parser_classes = [BoundedJSONParser, BoundedMultiPartParser]

    @property
    def max_body_bytes(self) -> int:
        """A picture and the fields around it."""
        return int(settings.KINDRED_IMAGE_MAX_BYTES) + MAX_FIELDS_BYTES

    @extend_schema(
        operation_id="match",
        request={"application/json": MatchParameters, "multipart/form-data": MatchUpload},
        responses=MatchAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        """Which of the store's products this offer is, how probably and why. Nothing is stored.

        The offer is read as `POST /api/v1/offers/` reads it: what fails a row there is refused here.
        """
        body = request.data.dict() if isinstance(request.data, QueryDict) else request.data
        question = QuestionSerializer(data=body)
        question.is_valid(raise_exception=True)
        given, store = question.validated_data, store_of(request)
        offer, issues = _read_asked(store, given)
        with told_to_the_caller():
            answer = ask(store=store, offer=offer, photo=open_photo(given), limit=given["limit"])
        return Response(_spell_answer(answer, issues))


def _write_rows(store: Store, bodies: list[Any], *, supplier: str) -> list[dict[str, Any]]:
    parsed = [_read(body, supplier) for body in bodies]
    written = iter(upsert_offers(store=store, rows=[row for row, _ in parsed if row]))
    outcomes = [
        next(written) if row else RowOutcome(_spell_code(body, "supplier_sku"), Status.FAILED)
        for body, (row, _) in zip(bodies, parsed, strict=True)
    ]
    ids = _find_ids(store, [row for row, _ in parsed if row])
    return [
        _spell_outcome(body, supplier, row, outcome, (*issues, *outcome.issues), ids)
        for body, (row, issues), outcome in zip(bodies, parsed, outcomes, strict=True)
    ]


def _read(body: Any, supplier: str) -> tuple[OfferRow | None, tuple[Issue, ...]]:
    if not isinstance(body, Mapping):
        return None, (Issue("offers", "not_an_object", "An offer is a JSON object."),)
    parsed = parse_offer({name: value for name, value in body.items() if name not in _NOT_TAKEN}, supplier=supplier)
    elsewhere = [
        Issue(name, "not_taken_here", where, Severity.WARNING) for name, where in _NOT_TAKEN.items() if body.get(name)
    ]
    return parsed.row, (*parsed.issues, *elsewhere)


def _find_ids(store: Store, rows: list[OfferRow]) -> dict[tuple[str, str], int]:
    found = Offer.objects.of(store).filter(supplier_sku__in={row.supplier_sku for row in rows})
    return {(slug, number): pk for slug, number, pk in found.values_list("supplier__slug", "supplier_sku", "pk")}


def _spell_outcome(
    body: Any,
    supplier: str,
    row: OfferRow | None,
    outcome: RowOutcome,
    issues: tuple[Issue, ...],
    ids: dict[tuple[str, str], int],
) -> dict[str, Any]:
    is_taken = row is not None and outcome.status != Status.FAILED
    return {
        "supplier": row.supplier if row else _spell_code(body, "supplier") or supplier,
        "supplier_sku": outcome.sku,
        "id": ids[row.supplier, row.supplier_sku] if row and is_taken else None,
        "status": outcome.status.value,
        "issues": _spell_issues(issues),
    }


def _spell_issues(issues: Iterable[Issue]) -> list[dict[str, str]]:
    return [
        {"field": each.field, "code": each.code, "message": each.message, "severity": each.severity.value}
        for each in issues
    ]


def _spell_code(body: Any, name: str) -> str:
    """What a refused row calls itself, fit to be answered."""
    value = body.get(name) if isinstance(body, Mapping) else None
    return str(value)[:CODE_LIMIT].encode(errors="replace").decode() if isinstance(value, str | int) else ""


def _find_offer(store: Store, offer_id: int) -> Offer:
    offer = find_offer(store, offer_id)
    if offer is None:
        raise Http404
    return offer


def _read_asked(store: Store, given: Mapping[str, Any]) -> tuple[AskedOffer, tuple[Issue, ...]]:
    parsed = parse_asked({name: given[name] for name in ASKED_FIELDS if name in given})
    if parsed.row is None:
        raise refusal(tuple(issue for issue in parsed.issues if issue.severity == Severity.ERROR))
    supplier = parsed.row.supplier
    if supplier and not has_supplier(store, supplier):
        raise refusal((unknown_supplier(supplier),))
    return AskedOffer(supplier=supplier, **parsed.row.facts), parsed.issues


def _spell_answer(answer: Answer, issues: Iterable[Issue]) -> dict[str, Any]:
    return {
        "issues": _spell_issues(issues),
        "space": answer.space.name if answer.space else None,
        "matcher": answer.version,
        "gtin_trusted": bool(answer.offer.identifiers.trusted_gtin),
        "verdict": {"kind": answer.verdict.kind, "sku": answer.sku, "why": answer.verdict.why},
        "thresholds": spell_thresholds(answer.accept_at, answer.reject_below),
        "candidates": [
            spell_candidate(
                answer.products[each.product_id],
                probability=each.probability,
                contributions=each.contributions,
                sources=each.sources,
            )
            for each in answer.candidates
        ],
    }
