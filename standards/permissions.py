"""Who may keep standards and answer checklists. Plain predicates."""

from django.contrib.auth.models import AnonymousUser

from aiso.accounts.models import User
from aiso.accounts.models.role import REVIEWERS
from aiso.accounts.permissions import can_manage_lists
from portfolio.models import Initiative
from portfolio.permissions import can_edit, changes_nothing


def can_keep_standards(user: User | AnonymousUser) -> bool:
    """Standards hold for every unit: the office for the whole company."""
    return can_manage_lists(user)


def can_answer(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its owners, their deputies and the office; and the reviewers, who help to answer what they see."""
    return can_edit(user, initiative) or _helps(user, initiative)


def can_complete(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Whoever answers for the initiative: a reviewer who helped does not vouch for it as well."""
    return can_edit(user, initiative)


def _helps(user: User | AnonymousUser, initiative: Initiative) -> bool:
    if not isinstance(user, User) or changes_nothing(user) or not user.has_role(*REVIEWERS, unit=initiative.unit_id):
        return False
    return bool(Initiative.objects.visible_to(user).filter(pk=initiative.pk).exists())
