"""Line-ups of made-up offers in another language: a family of colours each, of which one is the answer, or none."""

import numpy as np

from embeddings.palettes import SIZE
from recommender.matching.items import Item
from recommender.matching.lineups import Lineup

COLOURS = {"blush": "zartrosa", "mustard": "senfgelb", "sage": "salbei", "navy": "marine", "rust": "rostrot"}
KINDS = {"mug": "becher", "bowl": "schale", "vase": "blumenvase", "plate": "teller"}
UNSOLD = "himmelblau"
# The light under which the supplier photographs.
DIM = 0.25


def make_catalogue(families: int) -> list[list[Item]]:
    chance = np.random.default_rng(5)
    return [
        [
            Item(
                f"{name} {list(KINDS)[family % len(KINDS)]}, {colour}",
                price=float(10 + family),
                attributes={"colour": colour},
                variant_group=name,
                image_vector=(vector := _unit(chance)),
                pictures=(vector,),
                palettes=(_paint(place), _paint(place)),
            )
            for place, colour in enumerate(COLOURS)
        ]
        for family, name in enumerate(f"model{number}" for number in range(families))
    ]


def make_lineups(families: int = 40, *, seed: int = 0) -> list[Lineup]:
    """Three offers a family: two of its colours, and one of a colour that the shop does not sell."""
    chance, lineups = np.random.default_rng(seed), []
    for number, family in enumerate(make_catalogue(families)):
        kind = list(KINDS.values())[number % len(KINDS)]
        for answer in (*chance.permutation(len(family))[:2].tolist(), None):
            colour = UNSOLD if answer is None else list(COLOURS.values())[answer]
            picture = None if answer is None else family[answer].image_vector
            price = (10 + number) * float(chance.uniform(0.48, 0.52))
            painted = _paint(len(COLOURS) if answer is None else answer) - DIM
            offer = Item(
                f"{kind} model{number} {colour}",
                price=price,
                supplier="nord",
                image_vector=picture,
                palettes=(painted,),
            )
            lineups.append(Lineup(offer, family, answer, f"model{number}"))
    return lineups


def _paint(colour: int) -> np.ndarray:
    return np.full(SIZE, 0.3 + 0.1 * colour, np.float32)


def _unit(chance: np.random.Generator) -> np.ndarray:
    vector = chance.normal(size=8).astype(np.float32)
    return vector / np.linalg.norm(vector)
