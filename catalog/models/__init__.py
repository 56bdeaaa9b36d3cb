"""The facts of a shop: who owns them, what is sold, where it came from."""

from catalog.models.imports import ImportIssue, ImportRun
from catalog.models.products import Category, Product, ProductImage
from catalog.models.stores import ApiKey, Scope, Store
from catalog.models.suppliers import Offer, Supplier
from catalog.models.words import Lexeme, Vocabulary

__all__ = [
    "ApiKey",
    "Category",
    "ImportIssue",
    "ImportRun",
    "Lexeme",
    "Offer",
    "Product",
    "ProductImage",
    "Scope",
    "Store",
    "Supplier",
    "Vocabulary",
]
