"""Who reports and handles incidents, and keeps assets and templates. Plain predicates."""

from collections.abc import Callable, Sequence

from django.contrib.auth.models import AnonymousUser

from aiso.accounts.models import Role, User
from aiso.accounts.models.role import OFFICE
from aiso.accounts.permissions import can_manage_lists

from .models import Incident, IncidentAction, IncidentShare, Initiative
from .permissions import can_edit, changes_nothing, owned_among, sees

WHO_REPORTS = "Its owners, the office, risk and security reviewers, and its support staff report incidents."
WHO_HANDLES = "The support owner, and whoever may report incidents of one of its initiatives, handle it."
WHO_KEEPS_ASSETS = "The office and the procurement, security and risk reviewers keep the register of assets."
WHO_KEEPS_TEMPLATES = "The office keeps the templates, for the whole company."
WHO_DOES = "Its owner, and those who handle the incident, say what became of an action."
# Functions whose reviewers report what they notice.
NOTICING = (Role.RISK_REVIEWER, Role.SECURITY_REVIEWER)


def can_report_incident(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its owners and their deputies, the office; risk and security reviewers where their role reaches its unit, and
    those who support it: the support owners of its incidents. Of what they see.
    """
    if can_edit(user, initiative):
        return True
    return isinstance(user, User) and sees(user, initiative) and reports_among(user, [initiative])(initiative)


def reports_among(user: User, initiatives: Sequence[Initiative]) -> Callable[[Initiative], bool]:
    """On which of some initiatives that the user sees they may report. Two queries at most, however many there are."""
    if changes_nothing(user):
        return lambda initiative: False
    edits = owned_among(user, initiatives)
    supported = IncidentShare.objects.filter(incident__support_owner=user, initiative__in=initiatives)
    own = {*supported.values_list("initiative", flat=True)}
    return lambda each: each.pk in own or edits(each) or user.has_role(*NOTICING, unit=each.unit_id)


def can_handle_incident(user: User | AnonymousUser, incident: Incident) -> bool:
    """The support owner, and whoever may report on one of its initiatives that they see."""
    if not isinstance(user, User) or changes_nothing(user):
        return False
    if incident.support_owner_id == user.pk:
        return True
    seen = [*Initiative.objects.visible_to(user).filter(incident_shares__incident=incident).defer("search")]
    may = reports_among(user, seen)
    return any(may(each) for each in seen)


def can_finish_action(user: User | AnonymousUser, action: IncidentAction) -> bool:
    """Whoever owns it, and those who handle the incident."""
    is_own = not changes_nothing(user) and action.owner_id == user.pk
    return is_own or can_handle_incident(user, action.incident)


def can_keep_assets(user: User | AnonymousUser) -> bool:
    """The office, and the reviewers who look at what systems are made of."""
    roles = (*OFFICE, Role.PROCUREMENT_REVIEWER, *NOTICING)
    return isinstance(user, User) and not changes_nothing(user) and user.has_role(*roles)


def can_keep_templates(user: User | AnonymousUser) -> bool:
    return can_manage_lists(user)
