"""The pipeline as one recommender among others, with the weights, diversity and clock to be tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from catalog.models import Product, Store
from embeddings.layout import WEIGHT_NAMES as BLOCK_OF_WEIGHT
from embeddings.selectors import active_space
from recommender import pipeline, selectors
from recommender.evaluation.baselines import Occasion, Recommender
from recommender.mix import BLOCK_WEIGHTS
from recommender.policies import Policy
from recommender.questions import Question
from recommender.setup import Setup

HOME = "home"
# What is mixed with likeness: everywhere, and where there is a product to go with and a shopper to suit.
SIGNALS = ("again", "popular")
BESIDE = ("personal", "together")


@dataclass(frozen=True)
class Setting:
    """What can be tuned. No weights: the scenario's own. What is not among weights counts nothing."""

    weights: Mapping[str, float] = field(default_factory=dict)
    diversity: float | None = None


OWN = Setting()


def ask_pipeline(store: Store, setting: Setting, *, scenario: str = HOME, now: datetime) -> Recommender:
    """Steady pages: shoppers take no part in experiments, nothing takes turns and nothing tires."""
    nothing = dict.fromkeys((*BLOCK_WEIGHTS, *SIGNALS, *BESIDE), 0.0)
    weights = {**nothing, **setting.weights} if setting.weights else {}

    def recommend(occasion: Occasion, k: int) -> list[int]:
        question = Question(
            store=store,
            scenario=scenario,
            shopper_id=occasion.shopper,
            weights=weights,
            limit=k,
            diversity=setting.diversity,
            collapse=False,
            now=now,
            is_trial=True,
        )
        beside = list(Product.objects.of(store).filter(pk=occasion.beside)) if occasion.beside else []
        return [result.product_id for result in pipeline.recommend(question, beside=beside).results]

    return recommend


def weights_of(store: Store, scenario: str) -> tuple[str, ...]:
    """The names of weights that make a difference in the store's space and the scenario."""
    space = active_space(store)
    blocks = (name for name in BLOCK_WEIGHTS if space and BLOCK_OF_WEIGHT[name] in space.layout.names)
    return (*blocks, *SIGNALS, *(() if scenario == HOME else BESIDE))


def policy_of(store: Store, scenario: str) -> Policy:
    return Setup.of(Question(store=store, scenario=scenario), pipeline.SCENARIOS[scenario]).policy


def spare_unwanted(store: Store, recommend: Recommender, *, scenario: str, now: datetime) -> Recommender:
    """Without what the pipeline would not show the shopper or on the page either, so that orders are compared, not
    policies."""
    policy = policy_of(store, scenario)

    def narrowed(occasion: Occasion, k: int) -> list[int]:
        known = selectors.find_shopper(store, occasion.shopper)
        unwanted = occasion.own | (selectors.unwanted(known, policy, now=now) if known else set())
        return [product for product in recommend(occasion, k + len(unwanted)) if product not in unwanted][:k]

    return narrowed
