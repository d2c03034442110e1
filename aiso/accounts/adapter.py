from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse

from .models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are invited by the office; nobody signs up alone, and service accounts do not sign in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse | None:
        refused: HttpResponse | None = super().pre_login(request, user, **details)
        if refused is None and user.is_service_account:
            refused = self.respond_user_inactive(request, user)
        return refused

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        if not user.is_service_account:
            super().send_password_reset_mail(user, email, context)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on opens accounts that the office made; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
