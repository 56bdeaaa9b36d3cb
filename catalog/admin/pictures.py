"""How the admin shows a picture."""

from django.db.models.fields.files import FieldFile
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.api.cards import image_url
from catalog.models import ProductImage


def thumbnail(image: ProductImage | None, side: int = 48) -> SafeString | str:
    return _show(image_url(image) if image else None, side)


def show_file(file: FieldFile, side: int = 48) -> SafeString | str:
    return _show(file.url if file else None, side)


def _show(url: str | None, side: int) -> SafeString | str:
    if url is None:
        return "–"  # noqa: RUF001
    style = f"width:{side}px;height:{side}px;max-width:none;object-fit:cover;border-radius:6px"
    return format_html('<img src="{}" alt="" loading="lazy" style="{}">', url, style)
