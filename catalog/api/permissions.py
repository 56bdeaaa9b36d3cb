"""What a key may do: every view names its scope; a view that names none is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from catalog.models import ApiKey, Scope

if TYPE_CHECKING:  # rest_framework.views imports this module, by its settings
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """Reads the view's `required_scope`: one scope, several that are all needed, or either per HTTP method. The scope
    `admin` opens every door."""

    code = "missing_scope"
    message = "This key may not do that."

    def has_permission(self, request: Request, view: APIView) -> bool:
        key = request.auth
        if not isinstance(key, ApiKey):
            return False
        if request.method not in view.allowed_methods:
            return True  # the 405 that follows says it better
        scopes = scopes_for(getattr(view, "required_scope", None), str(request.method))
        missing = [scope for scope in scopes if scope not in key.scopes]
        if missing:
            self.message = f"This key lacks the scope '{missing[0]}'."
        return bool(scopes) and (not missing or Scope.ADMIN in key.scopes)


def scopes_for(required: Any, method: str) -> tuple[str, ...]:
    if isinstance(required, dict):
        required = Scope.READ if method == "OPTIONS" else required.get("GET" if method == "HEAD" else method)
    if isinstance(required, tuple):
        return required
    return (required,) if required else ()
