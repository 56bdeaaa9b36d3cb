import numpy as np
import pytest

from recommender.matching.features import MISSING, cosine
from recommender.matching.items import Item
from recommender.matching.scenes import Scenes, learn_scenes

SIZE = 32


def unit(row: np.ndarray) -> np.ndarray:
    return (row / np.linalg.norm(row)).astype(np.float32)


def make_shop(count: int = 40) -> tuple[list[Item], dict[str, list[Item]]]:
    """Products in the shop's studio, and offers of them in the same order: what a supplier's pictures share is more of
    each than what the thing is."""
    chance = np.random.default_rng(2)
    things = chance.normal(size=(count, SIZE))
    table, cellar, studio = 3 * chance.normal(size=(3, SIZE))
    products = [Item("", pictures=(unit(thing + studio),)) for thing in things]
    return products, {
        name: [Item("", supplier=name, image_vector=unit(thing + scene)) for thing in things]
        for name, scene in (("table", table), ("cellar", cellar))
    }


PRODUCTS, OFFERS = make_shop()
SCENES = learn_scenes([*OFFERS["table"], *OFFERS["cellar"]], PRODUCTS)


@pytest.mark.parametrize("supplier", ["table", "cellar"])
def test_without_their_scenes_pictures_of_one_thing_are_alike(supplier):
    for place, offer in enumerate(OFFERS[supplier]):
        alone = [SCENES.compare(SCENES.see(offer), product) for product in PRODUCTS]
        assert int(np.argmax(alone)) == place
        assert alone[place] > 0.85
        assert sorted(alone)[-2] < 0.75
    together = [[cosine(offer.image_vector, product.pictures[0]) for product in PRODUCTS] for offer in OFFERS[supplier]]
    assert max(np.diag(together)) < 0.75  # as they are, they show the scene


def test_the_nearest_of_a_products_pictures_counts():
    product = Item("", pictures=(*PRODUCTS[1].pictures, *PRODUCTS[0].pictures))
    seen = SCENES.see(OFFERS["table"][0])
    assert SCENES.compare(seen, product) == pytest.approx(SCENES.compare(seen, PRODUCTS[0]))


def test_a_supplier_of_few_pictures_is_taken_to_be_like_all():
    scenes = learn_scenes([*OFFERS["table"], *OFFERS["cellar"][:4]], PRODUCTS)
    assert set(scenes.suppliers) == {"table"}
    new = Item("", supplier="new", image_vector=OFFERS["cellar"][5].image_vector)
    assert scenes.see(new) == pytest.approx(scenes.see(OFFERS["cellar"][5]))


def test_what_cannot_be_told_is_missing():
    offer = OFFERS["table"][0]
    assert Scenes().see(offer) is None
    assert learn_scenes([], PRODUCTS).common == learn_scenes(OFFERS["table"], []).common == {}
    assert SCENES.see(Item("", supplier="table")) is None
    assert SCENES.see(Item("", supplier="table", image_vector=np.zeros(SIZE, np.float32))) is None
    assert SCENES.see(Item("", supplier="table", image_vector=np.ones(7, np.float32))) is None  # another encoder's
    assert SCENES.compare(None, PRODUCTS[0]) == SCENES.compare(SCENES.see(offer), Item("")) == MISSING


def test_kept_and_read_again_they_say_the_same():
    again = Scenes.from_arrays(SCENES.arrays() | {"roots": np.zeros(3)})
    for offer in (*OFFERS["table"], *OFFERS["cellar"]):
        assert (again.see(offer) == SCENES.see(offer)).all()
    assert Scenes.from_arrays({"roots": np.zeros(3)}).common == {}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"scene.common.shop": np.zeros(3)}, "fit together"),
        ({"scene.of.table": np.zeros((2, SIZE))}, "fit together"),
        ({"scene.of.table": np.full(SIZE, np.nan)}, "no numbers"),
    ],
)
def test_what_is_no_scene_is_refused(changed, why):
    with pytest.raises(ValueError, match=why):
        Scenes.from_arrays(SCENES.arrays() | changed)
