"""Who measures outcomes, and whose word confirms them. Plain predicates."""

from django.contrib.auth.models import AnonymousUser

from aiso.accounts.models import Role, User
from portfolio.models import Initiative
from portfolio.permissions import can_edit, changes_nothing
from stagegates.separation import parties_to

from .models import Measurement

MEASURING = "Its owners and the office record what was measured."
CONFIRMING = "A finance controller who neither measured it nor owns or requested the initiative answers it."


def can_measure(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its owners and their deputies, and the office."""
    return can_edit(user, initiative)


def confirms_for(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Finance, as a named person, where its reach includes the unit."""
    return (
        isinstance(user, User)
        and not changes_nothing(user)
        and not user.is_service_account
        and user.has_role(Role.FINANCE_CONTROLLER, unit=initiative.unit_id)
    )


def can_answer_measurement(user: User | AnonymousUser, measurement: Measurement) -> bool:
    """A finance controller who is neither its author nor a party to the initiative (DESIGN §7)."""
    initiative = measurement.metric.initiative
    if not confirms_for(user, initiative) or user.pk == measurement.recorded_by_id:
        return False
    return user.pk not in parties_to(initiative)
