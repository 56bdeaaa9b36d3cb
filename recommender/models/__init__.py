"""Who shops and what they did, what was shown to them, what was learned from it and what decides about it."""

from recommender.models.behaviour import BehaviourRefresh, Companion
from recommender.models.duplicates import DuplicateDecision, DuplicatePair, DuplicateSearch, DuplicateWish
from recommender.models.events import Event, Shopper
from recommender.models.experiments import Experiment, Variant
from recommender.models.matching import FailedLesson, Match, MatchCandidate, MatchDecision, MatcherUse, MatcherVersion
from recommender.models.rankings import Ranking
from recommender.models.rhythms import Rhythm
from recommender.models.rules import Rule, RuleChange
from recommender.models.scenarios import Scenario, ScenarioSettings

__all__ = [
    "BehaviourRefresh",
    "Companion",
    "DuplicateDecision",
    "DuplicatePair",
    "DuplicateSearch",
    "DuplicateWish",
    "Event",
    "Experiment",
    "FailedLesson",
    "Match",
    "MatchCandidate",
    "MatchDecision",
    "MatcherUse",
    "MatcherVersion",
    "Ranking",
    "Rhythm",
    "Rule",
    "RuleChange",
    "Scenario",
    "ScenarioSettings",
    "Shopper",
    "Variant",
]
