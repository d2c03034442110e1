from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from .models import User


class PersonBackend(AuthenticationBackend):  # type: ignore[misc]
    """Sign-in is for people. A service account has tokens, and no session even if one were made for it."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        return bool(super().user_can_authenticate(user)) and not (isinstance(user, User) and user.is_service_account)
