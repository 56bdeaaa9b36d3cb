import numpy as np

from embeddings.inference import model_of
from embeddings.selectors import require_active_space
from recommender.matching.asked import AskedOffer
from recommender.matching.blocking import MAX_CANDIDATES, Probe, find_candidates, take_turns
from recommender.matching.seeing import see_offers
from tests.factories import make_image, make_product, make_products
from tests.recommender.conftest import COLOURS, embed


def test_lists_take_turns_behind_the_named():
    lists = {"text": [1, 2, 3, 4], "image": [5, 1], "words": []}
    assert take_turns({9: ("gtin",), 2: ("mpn",)}, lists, limit=5) == {
        9: ("gtin",),
        2: ("mpn", "text"),
        1: ("text", "image"),
        5: ("image",),
        3: ("text",),
    }
    assert take_turns({}, {}, limit=5) == {}


def test_each_way_of_looking_finds_what_the_others_miss(store, embedded_shop):
    make_products(store, [{"sku": f"filler-{n}", "title": f"filler {n} thing"} for n in range(60)])
    named = make_product(store, sku="named", title="unlike anything")
    embed(store)
    space = require_active_space(store)
    model = model_of(space)
    text = model.encode_texts(["stoneware mug rose"])[0]
    looks = np.asarray(space.layout.unpack(_vector(space, embedded_shop["lamp-blue"].pk))["image"])
    [found] = find_candidates(store, space, [Probe("pan", text, looks, named={named.pk: ("gtin",)})])
    assert len(found) == MAX_CANDIDATES
    skus = {name: found.get(embedded_shop[name].pk, ()) for name in ("mug-rose", "lamp-blue", "pan-red")}
    assert found[named.pk][0] == "gtin"
    assert "text" in skus["mug-rose"] and "image" in skus["lamp-blue"] and "words" in skus["pan-red"]


def test_without_vectors_words_alone_look(store, embedded_shop, other_shop):
    space = require_active_space(store)
    [found] = find_candidates(store, space, [Probe("rose stoneware")])
    assert next(iter(found)) == embedded_shop["mug-rose"].pk
    assert set(found.values()) == {("words",)}
    assert set(found) <= {product.pk for product in embedded_shop.values()}


def test_a_joint_encoder_looks_for_what_the_text_says(store, settings):
    settings.KINDRED_ENCODER = "fake:32:joint"
    rows = [
        {"sku": f"p-{n}", "title": f"thing {n}", "images": [make_image(colour)]}
        for n, colour in enumerate(COLOURS.values())
    ]
    products = make_products(store, rows)
    embed(store)
    space = require_active_space(store)
    looks = space.layout.unpack(_vector(space, products[1].pk))["image"]
    text = model_of(space).encode_texts(["nothing of the kind"])
    [seen] = see_offers(space, [AskedOffer("nothing of the kind")], known_texts={})
    assert np.allclose(seen.imagined_vector, text[0], atol=1e-3)  # this encoder's crossing is the identity
    [found] = find_candidates(store, space, [Probe("", imagined_vector=looks)])
    assert next(iter(found.items())) == (products[1].pk, ("looks",))


def _vector(space, pk):
    from embeddings.selectors import vectors_of

    return vectors_of(space, [pk])[pk]
