"""Buttons and tables over the services; nothing is decided here."""

from catalog.admin import categories as categories
from catalog.admin import imports as imports
from catalog.admin import products as products
from catalog.admin import stores as stores
from catalog.admin import suppliers as suppliers
