import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.serializers import ValidationError

from catalog.api.photos import open_photo
from catalog.images import Region
from tests.factories import make_image


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", make_image(size=(64, 32)), "image/jpeg")


def test_the_whole_photo_or_the_part_asked_for():
    whole = open_photo({"image": upload()})
    part = open_photo({"image": upload(), "image_region": Region(0.5, 0, 0.5, 0.25)})
    assert whole is not None and part is not None
    assert (whole.size, part.size) == ((64, 32), (32, 8))


def test_no_photo_is_none_and_a_part_of_none_is_refused():
    assert open_photo({"text": "mug"}) is None
    with pytest.raises(ValidationError) as refusal:
        open_photo({"text": "mug", "image_region": Region(0, 0, 1, 1)})
    assert {field: details[0].code for field, details in refusal.value.detail.items()} == {"image_region": "no_photo"}
