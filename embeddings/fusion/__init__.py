"""Fusion methods: how the `fused` block is made of what a product has. One file per method."""

from collections.abc import Callable
from importlib import import_module

from embeddings.fusion.base import Fusion

FUSIONS = {
    "weighted": "embeddings.fusion.weighted.WeightedFusion",
    "none": "embeddings.fusion.none.NoFusion",
}


def load_fusion(name: str) -> Fusion:
    """Raises KeyError for a name that is not in the table."""
    module, _, attribute = FUSIONS[name].rpartition(".")
    factory: Callable[[], Fusion] = getattr(import_module(module), attribute)
    return factory()


__all__ = ["FUSIONS", "Fusion", "load_fusion"]
