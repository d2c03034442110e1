"""Closed by default: nobody unknown, and no change by a token that only reads."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from aiso.accounts.models import ApiToken, User

from .problems import Refusal


class SignedIn(BasePermission):
    """What each person may do beyond that, the actions check."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, User) and request.user.is_active


class MayWrite(BasePermission):
    """A read-only token changes nothing."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        if isinstance(token, ApiToken) and token.is_read_only and request.method not in SAFE_METHODS:
            raise Refusal("read-only", "Make a token that may change things, and use that.")
        return True
