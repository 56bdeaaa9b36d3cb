from django.urls import path

from catalog.api import converters as converters  # registers `sku`
from catalog.api import images, imports, products

urlpatterns = [
    path("products/", products.ProductListView.as_view(), name="products"),
    path("products/bulk/", products.ProductBulkView.as_view(), name="products-bulk"),
    path("products/<sku:sku>/images/", images.ProductImagesView.as_view(), name="product-images"),
    path("products/<sku:sku>/images/<int:image_id>/", images.ProductImageView.as_view(), name="product-image"),
    path("products/<sku:sku>/", products.ProductDetailView.as_view(), name="product"),
    path("imports/", imports.ImportListView.as_view(), name="imports"),
    path("imports/<int:run_id>/", imports.ImportDetailView.as_view(), name="import"),
    path("imports/<int:run_id>/issues/", imports.ImportIssuesView.as_view(), name="import-issues"),
]
