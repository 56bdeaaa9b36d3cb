"""What a scenario, or a variant of an experiment, sets in place of an endpoint's defaults.

    {"weights": {"visual": 0.4, "personal": 1.5}, "diversity": 0.3, "policies": {...}}

Everything may be absent. Pure: dataclasses, no ORM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from recommender.mix import WEIGHT_NAMES
from recommender.policies import Policy, PolicyError

MAX_WEIGHT = 1_000
KEYS = ("weights", "diversity", "policies")


class SettingsError(ValueError):
    """`field` is the place, `weights.visual`; empty for the settings themselves."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Settings:
    """`weights` holds those that were set, `diversity` None was not."""

    weights: Mapping[str, float] = field(default_factory=dict)
    diversity: float | None = None
    policies: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """`parse_settings` of it is equal; empty where nothing is set."""
        given: dict[str, Any] = {"weights": dict(self.weights), "policies": dict(self.policies)}
        said = {name: value for name, value in given.items() if value}
        return said if self.diversity is None else said | {"diversity": self.diversity}

    def under(self, other: Settings) -> Settings:
        """These, with what `other` sets in place of them: weight by weight and policy by policy."""
        return Settings(
            weights={**self.weights, **other.weights},
            diversity=self.diversity if other.diversity is None else other.diversity,
            policies={**self.policies, **other.policies},
        )


def parse_settings(data: Any) -> Settings:
    """Raises SettingsError."""
    given = _object(data, "", KEYS)
    weights = _object(given.get("weights", {}), "weights", WEIGHT_NAMES)
    policies = _object(given.get("policies", {}), "policies", None)
    diversity = given.get("diversity")
    return Settings(
        weights={name: _number(value, f"weights.{name}", at_most=MAX_WEIGHT) for name, value in weights.items()},
        diversity=None if diversity is None else _number(diversity, "diversity", at_most=1),
        policies=_policies(policies),
    )


def _object(data: Any, where: str, keys: tuple[str, ...] | None) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise SettingsError(where, "invalid", "Must be an object.")
    unknown = next((str(name) for name in data if keys is not None and name not in keys), None)
    if unknown is not None:
        place = f"{where}.{unknown[:100]}" if where else unknown[:100]
        raise SettingsError(place, "unknown_field", f"There are {', '.join(keys or ())}.")
    return data


def _number(value: Any, where: str, *, at_most: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or value != value:  # NaN alone differs from itself
        raise SettingsError(where, "invalid", "Must be a number.")
    if not 0 <= value <= at_most:
        raise SettingsError(where, "out_of_range", f"Must be from 0 to {at_most}.")
    return float(value)


def _policies(data: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        Policy.from_json(data)
    except PolicyError as error:
        place = f"policies.{error.field}" if error.field else "policies"
        raise SettingsError(place, error.code, error.message) from error
    return data
