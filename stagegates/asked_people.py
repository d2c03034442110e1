"""The people whom decisions concern by their role, where it reaches the initiative’s unit."""

from django.db.models import Q, QuerySet

from aiso.accounts.models import BusinessUnit, Role, RoleAssignment, User
from aiso.accounts.models.role import OFFICE
from portfolio.models import Initiative


def office_for(initiative: Initiative) -> "QuerySet[User]":
    return _holding(OFFICE, initiative)


def risk_reviewers_for(initiative: Initiative) -> "QuerySet[User]":
    return _holding((Role.RISK_REVIEWER,), initiative)


def _holding(roles: tuple[Role, ...], initiative: Initiative) -> "QuerySet[User]":
    above = BusinessUnit.objects.ancestors(initiative.unit_id, include_self=True)
    held = RoleAssignment.objects.filter(Q(unit=None) | Q(unit__in=above.values("pk")), role__in=roles)
    people: QuerySet[User] = User.objects.active().people().filter(pk__in=held.values("person"))
    return people
