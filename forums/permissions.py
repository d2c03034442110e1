"""Who may say who decides."""

from django.contrib.auth.models import AnonymousUser

from aiso.accounts.models import User
from aiso.accounts.permissions import can_manage_people


def can_manage_forums(user: User | AnonymousUser) -> bool:
    """A seat is a right to decide, so only an office lead for the whole company gives one, as with roles."""
    return can_manage_people(user)
