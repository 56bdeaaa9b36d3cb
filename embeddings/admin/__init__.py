"""Spaces and failures to look at, suggested categories to decide on."""

from embeddings.admin import spaces as spaces
from embeddings.admin import suggestions as suggestions
