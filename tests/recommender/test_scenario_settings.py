import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.mix import WEIGHT_NAMES
from recommender.scenario_settings import Settings, SettingsError, parse_settings

settings = st.builds(
    Settings,
    weights=st.dictionaries(st.sampled_from(WEIGHT_NAMES), st.floats(0, 1_000)),
    diversity=st.none() | st.floats(0, 1),
    policies=st.dictionaries(st.sampled_from(["seen", "carted"]), st.sampled_from(["keep", "never"])),
)


@given(settings)
def test_what_is_spelt_is_read_as_it_was(given_settings):
    assert parse_settings(given_settings.to_json()) == given_settings


@given(settings, settings, settings)
def test_laying_over_is_associative_and_nothing_changes_nothing(a, b, c):
    assert a.under(b).under(c) == a.under(b.under(c))
    assert a.under(Settings()) == Settings().under(a) == a


def test_what_lies_over_wins_value_by_value():
    below = Settings({"visual": 1.0, "textual": 2.0}, 0.1, {"bought": "never", "seen": "keep"})
    over = Settings({"visual": 0.0}, None, {"seen": "never"})
    assert below.under(over) == Settings({"visual": 0.0, "textual": 2.0}, 0.1, {"bought": "never", "seen": "never"})
    assert below.under(Settings(diversity=0.0)).diversity == 0.0


def test_the_control_says_nothing():
    assert parse_settings({"weights": {}, "diversity": None}).to_json() == {}


@pytest.mark.parametrize(
    ("data", "field", "code"),
    [
        (None, "", "invalid"),
        ([], "", "invalid"),
        ({"weight": {}}, "weight", "unknown_field"),
        ({"weights": []}, "weights", "invalid"),
        ({"weights": None}, "weights", "invalid"),
        ({"weights": {"visuals": 1}}, "weights.visuals", "unknown_field"),
        ({"weights": {"visual": "1"}}, "weights.visual", "invalid"),
        ({"weights": {"visual": True}}, "weights.visual", "invalid"),
        ({"weights": {"visual": None}}, "weights.visual", "invalid"),
        ({"weights": {"visual": float("nan")}}, "weights.visual", "invalid"),
        ({"weights": {"visual": -0.1}}, "weights.visual", "out_of_range"),
        ({"weights": {"visual": 10**400}}, "weights.visual", "out_of_range"),
        ({"weights": {"visual": float("inf")}}, "weights.visual", "out_of_range"),
        ({"diversity": 1.1}, "diversity", "out_of_range"),
        ({"diversity": "high"}, "diversity", "invalid"),
        ({"policies": []}, "policies", "invalid"),
        ({"policies": {"a": 1}}, "policies.a", "unknown_field"),
        ({"policies": {"seen": float("nan")}}, "policies.seen", "invalid_choice"),
        ({"policies": {"rotation": float("nan")}}, "policies.rotation", "invalid"),
        ({"policies": {"tired": 1}}, "policies.tired", "invalid"),
        ({"policies": {"replenishable": ["\x00"]}}, "policies.replenishable.0", "invalid"),
    ],
)
def test_every_refusal_names_the_place(data, field, code):
    with pytest.raises(SettingsError) as refused:
        parse_settings(data)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert refused.value.message
