"""Products over REST. Rows are read by the importers' own rules, only that here any issue refuses the row."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api import serializers as shapes
from catalog.api.authentication import store_of
from catalog.api.parsers import BoundedJSONParser
from catalog.importers.rows import ParsedRow, parse_row
from catalog.models import Product, Scope, Store
from catalog.rows import FilePicture, Issue, ProductRow, RowOutcome, Status
from catalog.selectors import list_products
from catalog.services.products import OthersMergedError, delete_product, upsert_products

READ_AND_WRITE = {
    "GET": Scope.READ,
    "POST": Scope.CATALOG,
    "PUT": Scope.CATALOG,
    "PATCH": Scope.CATALOG,
    "DELETE": Scope.CATALOG,
}
# A PUT says everything about a product but its pictures, which have addresses of their own.
_NOTHING_SAID: dict[str, Any] = {
    **dict.fromkeys(("description", "brand", "category", "currency", "gtin", "mpn", "variant_group"), ""),
    "price": None,
    "attributes": {},
    "availability": "in_stock",
    "is_published": True,
}


class OthersMerged(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "others_merged"
    default_detail = "Other products were merged into it: undo that, or delete those, first."


class ProductListView(ListAPIView):
    required_scope = READ_AND_WRITE
    parser_classes = [BoundedJSONParser]
    serializer_class = shapes.ProductSerializer
    queryset = Product.objects.none()

    @extend_schema(operation_id="products_list", parameters=[shapes.ProductFilterSerializer])
    def get(self, request: Request) -> Response:
        """The store's products, published or not, the newest first."""
        return self.list(request)

    @extend_schema(
        operation_id="products_create",
        request=shapes.ProductWriteSerializer,
        responses={
            200: OpenApiResponse(shapes.ProductSerializer, "The sku existed and was updated."),
            201: shapes.ProductSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        """Create a product; a retry, or a sku that exists, updates it with what is given."""
        return _write(store_of(request), _parse(_as_object(request.data)))

    def get_queryset(self) -> Any:
        query = shapes.ProductFilterSerializer(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        return list_products(store_of(self.request), **query.validated_data)


class ProductDetailView(APIView):
    required_scope = READ_AND_WRITE
    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="products_read", responses=shapes.ProductSerializer)
    def get(self, request: Request, sku: str) -> Response:
        """The product whole, with its pictures."""
        return _show(find_product(store_of(request), sku))

    @extend_schema(
        operation_id="products_replace",
        request=shapes.ProductWriteSerializer,
        responses={200: shapes.ProductSerializer, 201: shapes.ProductSerializer},
    )
    def put(self, request: Request, sku: str) -> Response:
        """Write a product whole; what is absent is emptied, except for its pictures."""
        return _write(store_of(request), _parse(_NOTHING_SAID | _addressed(request.data, sku)))

    @extend_schema(
        operation_id="products_update", request=shapes.ProductPatchSerializer, responses=shapes.ProductSerializer
    )
    def patch(self, request: Request, sku: str) -> Response:
        """Change what is given."""
        product = find_product(store_of(request), sku)
        return _write(store_of(request), _parse(_addressed(request.data, product.sku)))

    @extend_schema(operation_id="products_delete", responses={204: None})
    def delete(self, request: Request, sku: str) -> Response:
        """Delete a product with its pictures, vectors and events; not while others are merged into it."""
        try:
            delete_product(product=find_product(store_of(request), sku))
        except OthersMergedError as error:
            raise OthersMerged from error
        return Response(status=status.HTTP_204_NO_CONTENT)


class ProductBulkView(APIView):
    required_scope = Scope.CATALOG
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="products_bulk", request=shapes.ProductBulkDescription, responses=shapes.BulkAnswerSerializer
    )
    def post(self, request: Request) -> Response:
        """Upsert up to 1,000 products. Each row succeeds or fails by itself; the answer keeps the order."""
        body = shapes.ProductBulkSerializer(data=_as_object(request.data))
        body.is_valid(raise_exception=True)
        outcomes = write_rows(store_of(request), body.validated_data["products"])
        return Response({"results": [shapes.describe_outcome(outcome) for outcome in outcomes]})


def write_rows(store: Store, bodies: list[Any]) -> list[RowOutcome]:
    parsed = [_read(body) for body in bodies]
    written = iter(upsert_products(store=store, rows=[each.row for each in parsed if each.row]))
    return [next(written) if each.row else _failed(body, each) for body, each in zip(bodies, parsed, strict=True)]


def find_product(store: Store, sku: str) -> Product:
    product = Product.objects.of(store).with_card().select_related("merged_into").filter(sku=sku).first()
    if product is None:
        raise Http404
    return product


def _read(body: Any) -> ParsedRow:
    """A row without any issue, or none."""
    if not isinstance(body, dict):
        return ParsedRow(None, (Issue("products", "not_an_object", "A product is a JSON object."),))
    parsed = parse_row(body)
    issues = list(parsed.issues)
    if parsed.row and any(isinstance(picture, FilePicture) for picture in parsed.row.pictures or ()):
        issues.append(Issue("images", "not_an_address", "Give http(s) addresses, or upload to the product's images."))
    return ParsedRow(None, tuple(issues)) if issues else parsed


def _failed(body: Any, parsed: ParsedRow) -> RowOutcome:
    sku = body.get("sku") if isinstance(body, dict) else None
    return RowOutcome(sku[:128] if isinstance(sku, str) else "", Status.FAILED, parsed.issues)


def _parse(body: dict[str, Any]) -> ProductRow:
    parsed = _read(body)
    if parsed.row is None:
        raise refusal(parsed.issues)
    return parsed.row


def _write(store: Store, row: ProductRow) -> Response:
    outcome = upsert_products(store=store, rows=[row])[0]
    if outcome.status == Status.FAILED:
        raise refusal(outcome.issues)
    created = outcome.status == Status.CREATED
    return _show(find_product(store, row.sku), status.HTTP_201_CREATED if created else status.HTTP_200_OK)


def _show(product: Product, code: int = status.HTTP_200_OK) -> Response:
    return Response(shapes.ProductSerializer(product).data, status=code)


def refusal(issues: tuple[Issue, ...]) -> ValidationError:
    errors: dict[str, list[ErrorDetail]] = {}
    for issue in issues:
        errors.setdefault(issue.field or "body", []).append(ErrorDetail(issue.message, issue.code))
    return ValidationError(errors)


def _as_object(body: Any) -> dict[str, Any]:
    if not isinstance(body, Mapping):
        raise ValidationError({"body": [ErrorDetail("Send a JSON object.", "not_an_object")]})
    return dict(body)


def _addressed(body: Any, sku: str) -> dict[str, Any]:
    """The body with the sku of its address, which it may repeat but not contradict."""
    fields = _as_object(body)
    if fields.get("sku", sku) != sku:
        raise ValidationError({"sku": [ErrorDetail("The sku is the one in the address.", "sku_fixed")]})
    return fields | {"sku": sku}
