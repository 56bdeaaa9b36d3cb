"""How a question is to be answered: the endpoint's defaults, under what the store set for the scenario, under what an
experiment tries on this shopper, under what the request says."""

from __future__ import annotations

from dataclasses import dataclass, replace

from recommender.experiments import assign
from recommender.mix import Mix
from recommender.policies import Policy, default_policy
from recommender.questions import Question
from recommender.scenario_settings import Settings
from recommender.scenarios import scenario_settings


@dataclass(frozen=True)
class Setup:
    """`variant_id` is the experiment's, if the shopper takes part in one."""

    question: Question
    mix: Mix
    policy: Policy
    variant_id: int | None

    @classmethod
    def of(cls, question: Question, default: Mix) -> Setup:
        """Raises LayoutError when the weights leave nothing."""
        settings = scenario_settings(question.store, question.scenario) or Settings()
        is_trial = question.is_trial
        assignment = None if is_trial else assign(question.store, question.scenario, question.shopper_id)
        if assignment:
            settings = settings.under(assignment.settings)
        diversity = next((given for given in (question.diversity, settings.diversity) if given is not None), 0.0)
        policy = Policy.from_json(settings.policies, default=default_policy(question.scenario))
        return cls(
            question=replace(question, diversity=diversity),
            mix=default.over({**settings.weights, **question.weights}),
            policy=replace(policy, rotation=0.0, tired=False) if is_trial else policy,
            variant_id=assignment.variant_id if assignment else None,
        )
