from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from catalog import tasks
from catalog.api import serializers as shapes
from catalog.api.authentication import store_of
from catalog.api.images import FORM_OVERHEAD
from catalog.api.parsers import BoundedMultiPartParser
from catalog.models import ImportIssue, ImportRun, Scope, Store
from catalog.services.imports import start_import


class InOrder(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[name-defined]
    ordering = "id"


class ImportListView(ListAPIView):
    required_scope = Scope.CATALOG
    parser_classes = [BoundedMultiPartParser]
    max_body_bytes = settings.KINDRED_IMPORT_MAX_BYTES + FORM_OVERHEAD
    serializer_class = shapes.ImportRunSerializer
    queryset = ImportRun.objects.none()

    @extend_schema(operation_id="imports_list")
    def get(self, request: Request) -> Response:
        """The store's imports, the newest first."""
        return self.list(request)

    @extend_schema(
        operation_id="imports_create",
        request={"multipart/form-data": shapes.ImportStartSerializer},
        responses={202: shapes.ImportRunSerializer},
    )
    def post(self, request: Request) -> Response:
        """Upload a product feed; a worker imports it. Pictures come from addresses in the feed."""
        form = shapes.ImportStartSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        file, format = form.validated_data["file"], form.validated_data["format"]
        run = start_import(store=store_of(request), file=file, file_name=file.name, format=format)
        # Where Redis is away, the sweep finds it.
        transaction.on_commit(lambda: tasks.import_feed.apply_async([run.pk], retry=False), robust=True)
        return Response(shapes.ImportRunSerializer(run).data, status=status.HTTP_202_ACCEPTED)

    def get_queryset(self) -> Any:
        return ImportRun.objects.filter(store=store_of(self.request))


class ImportDetailView(APIView):
    required_scope = Scope.CATALOG

    @extend_schema(operation_id="imports_read", responses=shapes.ImportRunSerializer)
    def get(self, request: Request, run_id: int) -> Response:
        """How far an import is, or how it ended."""
        return Response(shapes.ImportRunSerializer(_find_run(store_of(request), run_id)).data)


class ImportIssuesView(ListAPIView):
    required_scope = Scope.CATALOG
    serializer_class = shapes.ImportIssueSerializer
    pagination_class = InOrder
    queryset = ImportIssue.objects.none()

    @extend_schema(operation_id="import_issues_list")
    def get(self, request: Request, run_id: int) -> Response:
        """What was not taken, and why, in the order of the rows."""
        return self.list(request)

    def get_queryset(self) -> Any:
        return _find_run(store_of(self.request), self.kwargs["run_id"]).issues.all()


def _find_run(store: Store, run_id: int) -> ImportRun:
    run = ImportRun.objects.filter(store=store, pk=run_id).first()
    if run is None:
        raise Http404
    return run
