"""The endpoint that shows where in a product's picture words are seen."""

import hashlib
from collections.abc import Iterable

import structlog
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from catalog.api.authentication import store_of
from catalog.api.products import find_product
from catalog.api.strict import StrictSerializer
from catalog.models import Product, ProductImage, Scope
from embeddings import inference
from embeddings.api.parameters import MAX_TEXT
from embeddings.api.problems import told_to_the_caller
from embeddings.encoders import NoPatches
from embeddings.heatmap import MAX_SIDE, draw_heatmap, measure_heat
from embeddings.layout import IMAGE, TEXT
from embeddings.selectors import SpaceView, require_active_space
from embeddings.services import open_picture

logger = structlog.get_logger(__name__)

PNG = "image/png"
MAX_AGE = 3_600


class HeatmapParameters(StrictSerializer):
    text = serializers.CharField(max_length=MAX_TEXT, help_text="What to look for: `lamp shade`.")
    image = serializers.IntegerField(
        required=False, min_value=0, help_text="The picture at this position; not given, the first."
    )


class NoPicture(exceptions.NotFound):
    default_code = "no_picture"


class NoHeatmap(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "no_patches"
    default_detail = "The store's encoder can't say which part of a picture words belong to."


class WhateverIsAccepted(DefaultContentNegotiation):
    """The picture is no rendered answer: `Accept` chooses nothing, also not for the problems, which are JSON."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class HeatmapView(APIView):
    required_scope = Scope.READ
    content_negotiation_class = WhateverIsAccepted

    @extend_schema(operation_id="heatmap", parameters=[HeatmapParameters], responses={(200, PNG): OpenApiTypes.BINARY})
    def get(self, request: Request, sku: str) -> HttpResponseBase:
        """Where in a product's picture words are seen: the picture in grey, yellow where they are, violet elsewhere.

        A picture without what the words say stays violet. How fine it is depends on the encoder, the starter's grid is
        8 x 8: it tells things apart, and parts only where they are large.
        """
        parameters = HeatmapParameters(data=request.query_params.dict())
        parameters.is_valid(raise_exception=True)
        text = parameters.validated_data["text"]
        store = store_of(request)
        product = find_product(store, sku)
        with told_to_the_caller():
            space = require_active_space(store)
            picture = _choose_picture(product, parameters.validated_data.get("image"))
            etag = _tag(space, picture, text)
            answer = get_conditional_response(request, etag=etag)
            if answer is None:
                answer = HttpResponse(_draw(space, picture, text), content_type=PNG)
        answer["ETag"] = etag
        patch_cache_control(answer, private=True, max_age=MAX_AGE)
        patch_vary_headers(answer, ["Authorization"])
        return answer


def _choose_picture(product: Product, position: int | None) -> ProductImage:
    ready = [image for image in product.images.all() if image.status == ProductImage.Status.READY]
    for image in ready:
        if position in (None, image.position):
            return image
    raise NoPicture("The product has no picture." if position is None else f"There is no picture {position}.")


def _tag(space: SpaceView, picture: ProductImage, text: str) -> str:
    """All that decides what is drawn."""
    facts = (picture.sha256, space.encoder_id, str(_deviation(space)), text)
    return f'"{hashlib.sha256(chr(0).join(facts).encode()).hexdigest()[:32]}"'


def _draw(space: SpaceView, picture: ProductImage, text: str) -> bytes:
    try:
        image = open_picture(str(picture.file), MAX_SIDE)
    except OSError as error:
        logger.exception("picture unreadable", image=picture.pk)
        raise NoPicture("The picture cannot be read.") from error
    model = inference.model_of(space)
    try:
        patches = model.encode_patches(image)
    except NoPatches as error:
        raise NoHeatmap from error
    asked = model.encoder.to_image_space(model.encode_texts([text]))[0]
    return draw_heatmap(image, measure_heat(patches, asked, deviation=_deviation(space)))


def _deviation(space: SpaceView) -> float:
    """Of random texts and pictures in this space; 0 where too few of both were there to measure it."""
    measured = space.calibration.pairs.get((TEXT, IMAGE))
    return measured.deviation if measured else 0.0
