"""Lists are paged by cursor: stable while rows come and go."""

from rest_framework.pagination import CursorPagination as BaseCursorPagination


class CursorPagination(BaseCursorPagination):
    ordering = "-id"
    page_size_query_param = "limit"
    max_page_size = 200
