from django.conf import settings
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api import serializers as shapes
from catalog.api.authentication import store_of
from catalog.api.parsers import BoundedMultiPartParser
from catalog.api.products import find_product
from catalog.images import ImageRejected, read_upload
from catalog.models import ProductImage, Scope
from catalog.rows import MAX_PICTURES
from catalog.services.images import TooManyPicturesError, add_picture, delete_picture

FORM_OVERHEAD = 64 * 1024


class ProductImagesView(APIView):
    required_scope = Scope.CATALOG
    parser_classes = [BoundedMultiPartParser]
    max_body_bytes = settings.KINDRED_IMAGE_MAX_BYTES + FORM_OVERHEAD

    @extend_schema(
        operation_id="product_images_create",
        request={"multipart/form-data": shapes.ImageUploadSerializer},
        responses={201: shapes.ProductImageSerializer},
    )
    def post(self, request: Request, sku: str) -> Response:
        """Upload a picture and put it behind the product's others."""
        product = find_product(store_of(request), sku)
        form = shapes.ImageUploadSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            image = add_picture(product=product, data=read_upload(form.validated_data["image"]))
        except ImageRejected as error:
            raise ValidationError({"image": [ErrorDetail(error.message, error.code)]}) from error
        except TooManyPicturesError as error:
            message = f"A product has at most {MAX_PICTURES} pictures."
            raise ValidationError({"image": [ErrorDetail(message, "too_many")]}) from error
        return Response(shapes.ProductImageSerializer(image).data, status=status.HTTP_201_CREATED)


class ProductImageView(APIView):
    required_scope = Scope.CATALOG

    @extend_schema(operation_id="product_images_delete", responses={204: None})
    def delete(self, request: Request, sku: str, image_id: int) -> Response:
        """Delete one of a product's pictures."""
        owned = ProductImage.objects.filter(product__store=store_of(request), product__sku=sku, pk=image_id)
        image = owned.select_related("product").first()
        if image is None:
            raise Http404
        delete_picture(image=image)
        return Response(status=status.HTTP_204_NO_CONTENT)
