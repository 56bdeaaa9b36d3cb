from http import HTTPStatus

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_icon_is_served_and_named_by_the_admin(client: Client) -> None:
    answer = client.get("/favicon.ico", follow=True)
    assert answer.status_code == HTTPStatus.OK
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"".join(answer).startswith(b"<svg ")
    icon = '<link rel="icon" href="/static/config/icon.svg" type="image/svg+xml" >'
    assert icon in client.get("/admin/login/").content.decode()
