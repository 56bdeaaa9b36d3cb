from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.static import serve
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Pictures are public, named by content hash and never executable; a CDN or nginx may serve the folder instead."""
    return serve(request, path, document_root=str(settings.MEDIA_ROOT))


urlpatterns = [
    path("", RedirectView.as_view(pattern_name="docs")),
    # For pages without a word on their icon, such as pictures and JSON.
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}config/icon.svg")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("catalog.api.urls")),
    path("api/v1/", include("embeddings.api.urls")),
    path("api/v1/", include("recommender.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("media/<path:path>", media),
]

handler400 = "config.problems.bad_request"
handler404 = "config.problems.not_found"
handler500 = "config.problems.server_error"
