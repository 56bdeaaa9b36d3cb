import pytest

from catalog.models import Product
from recommender.behaviour.companions import Pair
from recommender.candidates.together import companions
from recommender.services.behaviour import replace_companions

pytestmark = pytest.mark.django_db


@pytest.fixture
def paired(store, shop):
    """`paired("mug-red lamp-red .5", …)`: these are the companions there are."""

    def pair(*lines: str) -> None:
        pairs = []
        for line in lines:
            a, b, score = line.split()
            pairs.append(Pair(shop[a].pk, shop[b].pk, float(score), 3))
        replace_companions(store=store, pairs=pairs)

    return pair


def ask(store, shop, *skus: str, limit: int = 10, **options) -> dict[str, float]:
    found = companions(store, [shop[sku].pk for sku in skus], limit=limit, **options)
    names = {product.pk: sku for sku, product in shop.items()}
    return {names[pk]: score for pk, score in found.items()}


def test_best_first_and_ties_by_id(store, shop, paired):
    paired("mug-red mug-blue .2", "mug-red lamp-red .9", "mug-red pan-red .2", "mug-blue bare .8")
    assert list(ask(store, shop, "mug-red").items()) == [("lamp-red", 0.9), ("mug-blue", 0.2), ("pan-red", 0.2)]
    assert list(ask(store, shop, "mug-red", limit=2)) == ["lamp-red", "mug-blue"]


def test_of_several_products_the_mean_counts_and_none_of_them_comes_back(store, shop, paired):
    paired("mug-red lamp-red .8", "mug-blue lamp-red .4", "mug-red bare .9", "mug-red mug-blue 1")
    assert ask(store, shop, "mug-red", "mug-blue") == {
        "lamp-red": pytest.approx(0.6),
        "bare": pytest.approx(0.45),
    }
    assert ask(store, shop, "mug-red", "mug-blue", "mug-blue")["lamp-red"] == pytest.approx(0.6)


def test_the_unpublished_the_excluded_and_the_ineligible_are_left_out_and_made_up_for(store, shop, paired):
    paired("mug-red mug-blue .9", "mug-red lamp-red .8", "mug-red bare .7", "mug-red pan-red .6")
    Product.objects.filter(sku="mug-blue").update(is_published=False)
    assert list(ask(store, shop, "mug-red", limit=2)) == ["lamp-red", "bare"]
    assert list(ask(store, shop, "mug-red", limit=2, exclude=[shop["bare"].pk])) == ["lamp-red", "pan-red"]
    eligible = Product.objects.of(store).published().by_brand("Fjord")
    assert list(ask(store, shop, "mug-red", eligible=eligible)) == ["pan-red"]
    assert ask(store, shop, "mug-red", eligible=eligible.none()) == {}


def test_nothing_asked_or_nothing_known(store, shop, paired):
    paired("mug-red bare .7")
    assert companions(store, [], limit=5) == {}
    assert ask(store, shop, "lamp-blue") == {}


def test_another_stores_products_have_no_companions_here(store, shop, other_store, other_shop, paired):
    paired("mug-red bare .7")
    assert companions(other_store, [shop["mug-red"].pk], limit=5) == {}
    everyone = Product.objects.published()
    assert companions(other_store, [shop["mug-red"].pk], eligible=everyone, limit=5) == {}
