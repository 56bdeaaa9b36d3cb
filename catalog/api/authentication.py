"""`Authorization: Api-Key <key>`: who asks, for which store."""

from dataclasses import dataclass
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from catalog.models import ApiKey, Store
from catalog.services import api_keys

KEYWORD = "Api-Key"


@dataclass(frozen=True)
class KeyHolder:
    """`request.user` of a call with a key: it has an identity for throttling and no rights of its own."""

    pk: str
    is_authenticated: bool = True
    is_active: bool = True


class ApiKeyAuthentication(BaseAuthentication):
    """Sets `request.auth` to the ApiKey, whose `store` scopes everything the call can see."""

    def authenticate(self, request: Request) -> tuple[KeyHolder, ApiKey] | None:
        keyword, _, plain = get_authorization_header(request).decode("latin-1").partition(" ")
        if keyword.lower() != KEYWORD.lower():
            return None
        key = api_keys.authenticate(plain.strip())
        if key is None:
            raise exceptions.AuthenticationFailed("This API key is unknown or revoked.", code="invalid_key")
        return KeyHolder(pk=f"key-{key.pk}"), key

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


def store_of(request: Request) -> Store:
    """The store whose key opened the door; everything a view reads or writes is this store's."""
    assert isinstance(request.auth, ApiKey)
    return request.auth.store


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "catalog.api.authentication.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Api-Key <key>`, as printed by `manage.py create_api_key`.",
        }
