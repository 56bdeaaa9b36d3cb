"""Labelled pairs of made-up things, where the model number decides."""

import numpy as np

from recommender.matching.items import Item
from recommender.matching.training import Recipe

# Few trees: what is made up here takes no more.
QUICK = Recipe(rounds=25, rate=0.3, ensembles=2)
MAKERS = ["acme", "brindle", "norden", "halden"]
KINDS = ["kettle", "toaster", "lamp", "mixer", "speaker"]


def make_pairs(count: int = 240, *, seed: int = 0) -> tuple[list[tuple[Item, Item]], list[bool]]:
    """Every third pair is a match; the others share maker and kind, and differ in the model number."""
    chance = np.random.default_rng(seed)
    pairs, labels = [], []
    for number in range(count):
        maker, kind = (str(chance.choice(words)) for words in (MAKERS, KINDS))
        code, other = (f"{chance.choice(list('abcdef'))}x{chance.integers(100, 999)}" for _ in range(2))
        is_match = number % 3 == 0
        price = float(chance.uniform(10, 200))
        vectors = chance.normal(size=(2, 8)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        left = Item(f"{maker} {kind} {code}", brand=maker, price=price, image_vector=vectors[0])
        right = Item(
            f"{kind} {maker.upper()} {code if is_match else other}",
            price=price * (1.0 if is_match else 1.4),
            image_vector=vectors[0] if is_match else vectors[1],
        )
        pairs.append((left, right))
        labels.append(is_match)
    return pairs, labels
