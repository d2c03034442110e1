"""Who keeps the risks of an initiative, and who accepts what is left of one."""

from django.contrib.auth.models import AnonymousUser

from aiso.accounts.models import Role, User

from .models import Initiative, Intake, OwnerKind, Ownership, Risk
from .permissions import can_edit, changes_nothing, is_office_for, owns, sees

WHO_KEEPS = "Its owners, the risk function and the office keep its risks."
WHO_CHANGES = "Its owner, the initiative's owners, the risk function and the office change a risk."
WHO_ACCEPTS = (
    "Within appetite the initiative's risk owner, the risk function or the office accepts a risk, above it the risk "
    "function or the office; never whoever owns or owned the risk, raised it or last changed its score, nor who "
    "requested the initiative or is its business owner."
)
WHO_WITHDRAWS = "Whoever accepted it, the initiative's risk owner, the risk function and the office withdraw it."


def is_risk_function_for(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """A risk reviewer whose reach includes the unit, on what they see."""
    if not isinstance(user, User) or changes_nothing(user):
        return False
    return user.has_role(Role.RISK_REVIEWER, unit=initiative.unit_id) and sees(user, initiative)


def can_keep_risks(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its owners and their deputies, the risk function, and the office."""
    return can_edit(user, initiative) or is_risk_function_for(user, initiative)


def can_change_risk(user: User | AnonymousUser, risk: Risk) -> bool:
    """The same, and whoever owns the risk and sees the initiative."""
    if can_keep_risks(user, risk.initiative):
        return True
    is_own = isinstance(user, User) and not changes_nothing(user) and risk.owner_id == user.pk
    return is_own and isinstance(user, User) and sees(user, risk.initiative)


def is_party_to_risk(user: User, risk: Risk) -> bool:
    """Separation of duties: who owns or ever owned the risk, raised it or said last how grave it is; who owns the
    business outcome or deputises for that, or asked for it.
    """
    initiative = risk.initiative
    if user.pk in {risk.owner_id, risk.raised_by_id, risk.assessed_by_id, initiative.business_owner_id}:
        return True
    if owned_before(user, risk):
        return True
    held = Ownership.objects.current().filter(initiative=initiative, kind=OwnerKind.BUSINESS, person=user)
    return held.exists() or Intake.objects.filter(initiative=initiative, requester=user).exists()


def owned_before(user: User, risk: Risk) -> bool:
    """Whether its history has them as its owner: handing it over makes nobody impartial."""
    history = Risk.pgh_event_model.objects  # type: ignore[attr-defined]
    return bool(history.filter(pgh_obj=risk.pk, owner=user).exists())


def can_accept_risk(user: User | AnonymousUser, risk: Risk, *, appetite: int) -> bool:
    """A named person, never a program: within appetite the initiative's risk owner or their deputy, the risk function
    or the office; above it the risk function or the office, where they own nothing of the initiative.
    """
    if not isinstance(user, User) or changes_nothing(user) or user.is_service_account:
        return False
    initiative = risk.initiative
    if not sees(user, initiative) or is_party_to_risk(user, risk):
        return False
    if risk.residual_score <= appetite and acts_for_risk(user, initiative):
        return True
    if risk.residual_score > appetite and owns(user, initiative):
        return False
    return is_office_for(user, initiative) or is_risk_function_for(user, initiative)


def acts_for_risk(user: User, initiative: Initiative) -> bool:
    """The risk owner of an initiative, or a deputy of theirs."""
    if user.pk == initiative.risk_owner_id:
        return True
    return Ownership.objects.current().filter(initiative=initiative, kind=OwnerKind.RISK, person=user).exists()


def can_withdraw_acceptance(user: User | AnonymousUser, risk: Risk) -> bool:
    """Whoever gave it, the initiative's risk owner, the risk function and the office: taking back is the safe way."""
    if not isinstance(user, User) or changes_nothing(user) or user.is_service_account:
        return False
    initiative = risk.initiative
    if not sees(user, initiative):
        return False
    gave_it = risk.last_acceptance is not None and risk.last_acceptance.accepted_by_id == user.pk
    return (
        gave_it
        or acts_for_risk(user, initiative)
        or is_office_for(user, initiative)
        or is_risk_function_for(user, initiative)
    )
