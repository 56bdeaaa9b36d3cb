import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from catalog.images import Region
from config.problems import describe
from recommender.api.fields import ImageRegionField


class Form(serializers.Serializer):
    image_region = ImageRegionField(required=False)


def problems(value: object) -> list[tuple[str, str]]:
    """Field and code of what the answer would complain about."""
    form = Form(data={"image_region": value})
    with pytest.raises(serializers.ValidationError) as refusal:
        form.is_valid(raise_exception=True)
    return [(error["field"], error["code"]) for error in describe(refusal.value)["errors"]]


@pytest.mark.parametrize("value", ["0.25,0,0.5,1", " 0.25, 0 ,.5,1.0", {"x": 0.25, "y": 0, "w": 0.5, "h": 1}])
def test_both_spellings(value):
    form = Form(data={"image_region": value})
    assert form.is_valid()
    assert form.validated_data["image_region"] == Region(0.25, 0, 0.5, 1)


@pytest.mark.parametrize(
    ("value", "field", "code"),
    [
        ("", "image_region", "invalid"),
        ("0,0,1", "image_region", "invalid"),
        ("0,0,1,1,1", "image_region", "invalid"),
        (None, "image_region", "null"),
        (True, "image_region", "invalid"),
        ([0, 0, 1, 1], "image_region", "invalid"),
        ({"x": 0, "y": 0, "w": 1}, "image_region", "invalid"),
        ({"x": 0, "y": 0, "w": 1, "h": 1, "z": 1}, "image_region", "invalid"),
        ("a,0,1,1", "image_region.x", "invalid"),
        ("0,nan,1,1", "image_region.y", "invalid"),
        ("0,0,inf,1", "image_region.w", "invalid"),
        ("0,0,1,-0.1", "image_region.h", "invalid"),
        ({"x": 0, "y": 0, "w": True, "h": 1}, "image_region.w", "invalid"),
        ({"x": 0, "y": [], "w": 1, "h": 1}, "image_region.y", "invalid"),
        ({"x": 0, "y": 0, "w": 1, "h": 10**400}, "image_region.h", "invalid"),
        ("0,0,0,1", "image_region.w", "empty"),
        ("0,0,1,0", "image_region.h", "empty"),
        ("0.6,0,0.5,1", "image_region.w", "outside"),
        ("0,1,1,0.5", "image_region.h", "outside"),
    ],
)
def test_a_refusal_names_the_part_that_is_wrong(value, field, code):
    assert problems(value) == [(field, code)]


@given(st.text() | st.dictionaries(st.text(max_size=2), st.floats() | st.text(max_size=3)) | st.lists(st.integers()))
def test_anything_is_a_region_or_a_refusal(value):
    form = Form(data={"image_region": value})
    if not form.is_valid():
        assert form.errors["image_region"]


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_what_adds_up_to_one_is_inside(start, extent):
    """Whatever binary fractions make of it."""
    total = start + extent
    given_ = {"x": start / total, "y": 0, "w": extent / total, "h": 1}
    assert Form(data=json.loads(json.dumps({"image_region": given_}))).is_valid()
