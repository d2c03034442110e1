"""Who may read and change configuration. Plain predicates on a signed-in person."""

from django.contrib.auth.models import AnonymousUser

from aiso.accounts.models import User
from aiso.accounts.permissions import can_manage_lists, can_manage_people, can_see_administration


def can_read_drafts(user: User | AnonymousUser) -> bool:
    """The office, and auditors. What is in force, everybody reads."""
    return can_see_administration(user)


def can_edit_drafts(user: User | AnonymousUser) -> bool:
    """The office for the whole company: the rules hold for every unit."""
    return can_manage_lists(user)


def can_publish(user: User | AnonymousUser) -> bool:
    """Office leads for the whole company: a rule that changes tiers and lanes has a name to answer for it."""
    return can_manage_people(user)
