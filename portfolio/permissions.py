"""Who may change the register. Plain predicates; what each may see is `visible_to` on the querysets."""

from collections.abc import Callable, Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from aiso.accounts.models import Role, User
from aiso.accounts.models.role import OFFICE, REVIEWERS
from aiso.accounts.permissions import can_manage_lists

from .models import Barrier, Clearance, ImportJob, Initiative, Intake, OwnerKind, Ownership
from .models.initiative import money_reach, oversight

# Whose word counts for each function that clears tools.
CLEARING = {
    Clearance.Function.LEGAL: Role.LEGAL_REVIEWER,
    Clearance.Function.PROCUREMENT: Role.PROCUREMENT_REVIEWER,
    Clearance.Function.SECURITY: Role.SECURITY_REVIEWER,
}

WHO_ASKS_WHAT_IF = "Finance, the office, executives and auditors see what an envelope would fund."


def changes_nothing(user: User | AnonymousUser) -> bool:
    """Strangers, people who left, and auditors, who read everything and change nothing (DESIGN §1)."""
    return not isinstance(user, User) or not user.is_active or user.has_role(Role.AUDITOR)


def is_office_for(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """The office, where its reach includes the initiative's unit."""
    return isinstance(user, User) and not changes_nothing(user) and user.has_role(*OFFICE, unit=initiative.unit_id)


def owns(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """An owner now, or a deputy of one."""
    if not isinstance(user, User):
        return False
    if user.pk in {initiative.business_owner_id, initiative.technical_owner_id, initiative.risk_owner_id}:
        return True
    return Ownership.objects.current().filter(initiative=initiative, person=user).exists()


def can_see_money(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its owners and their deputies; finance, the office, executives and auditors, where their role reaches its unit
    (DESIGN §8). Of an initiative that the user may see: this alone opens no confidential one.
    """
    if not isinstance(user, User) or not user.is_active:
        return False
    return _money_is_in_reach(user, initiative) or owns(user, initiative)


def _money_is_in_reach(user: User, initiative: Initiative) -> bool:
    reach = money_reach(user)
    return reach is None or initiative.unit_id in reach


def can_ask_what_if(user: User | AnonymousUser) -> bool:
    """Those whose role shows them the money of other people's initiatives, in the units that it reaches."""
    return isinstance(user, User) and user.is_active and money_reach(user) != frozenset()


def can_register(user: User | AnonymousUser) -> bool:
    """The office enters what already runs; everybody else submits an intake."""
    return isinstance(user, User) and not changes_nothing(user) and user.has_role(*OFFICE)


def can_edit(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its owners and their deputies, and the office."""
    return is_office_for(user, initiative) or (not changes_nothing(user) and owns(user, initiative))


def can_classify(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its place in the company and its confidentiality say who sees it: the office alone moves those."""
    return is_office_for(user, initiative)


def can_assign_owners(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """The office, and the business owner, who answers for the outcome."""
    is_owner = not changes_nothing(user) and user.pk is not None and user.pk == initiative.business_owner_id
    return is_owner or is_office_for(user, initiative)


def can_lower_lane(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """The risk function alone, where its reach includes the unit: raising is free, lowering is not (DESIGN §5).

    Nobody lowers what they own, and no program does: it is a sign-off.
    """
    return (
        isinstance(user, User)
        and not changes_nothing(user)
        and not user.is_service_account
        and user.has_role(Role.RISK_REVIEWER, unit=initiative.unit_id)
        and not owns(user, initiative)
    )


def acts_as(user: User | AnonymousUser, initiative: Initiative, kind: str) -> bool:
    """Whether a named person is that owner now, or deputises for them. An owner's act is never a program's."""
    return kind in roles_of(user, initiative)


def roles_of(user: User | AnonymousUser, initiative: Initiative) -> frozenset[str]:
    """The kinds of owner that a named person is, or deputises for. One query."""
    if not isinstance(user, User) or changes_nothing(user) or user.is_service_account:
        return frozenset()
    held = Ownership.objects.current().filter(initiative=initiative, person=user)
    return frozenset(held.values_list("kind", flat=True))


def can_agree_as_legal(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """A legal reviewer whose reach includes the unit, on what they see and do not own."""
    return (
        isinstance(user, User)
        and not changes_nothing(user)
        and not user.is_service_account
        and user.has_role(Role.LEGAL_REVIEWER, unit=initiative.unit_id)
        and not owns(user, initiative)
        and Initiative.objects.visible_to(user).filter(pk=initiative.pk).exists()
    )


def can_answer_step_down(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """The risk owner and their deputies, and the office."""
    return acts_as(user, initiative, OwnerKind.RISK) or (
        isinstance(user, User) and not user.is_service_account and is_office_for(user, initiative)
    )


def can_comment(user: User | AnonymousUser) -> bool:
    """Everybody who sees an initiative and is not there only to read."""
    return not changes_nothing(user)


def can_share_views(user: User | AnonymousUser) -> bool:
    """A shared view stands on everybody's register, so the office chooses them."""
    return isinstance(user, User) and not changes_nothing(user) and user.has_role(*OFFICE)


def sees(user: User, initiative: Initiative) -> bool:
    """Whether a person sees an initiative: what is asked of somebody who does not would never reach them."""
    return Initiative.objects.visible_to(user).filter(pk=initiative.pk).exists()


def office_among(user: User) -> Callable[[Initiative], bool]:
    """For which initiatives the user is the office, with the roles looked at once instead of for each."""
    if changes_nothing(user):
        return lambda initiative: False
    reach = oversight(user)  # no auditor’s: they change nothing
    return lambda initiative: reach is None or initiative.unit_id in reach


def owned_among(user: User, initiatives: Iterable[Initiative]) -> Callable[[Initiative], bool]:
    """Which of some initiatives the user may edit, found in one query for all of them instead of one each."""
    if changes_nothing(user):
        return lambda initiative: False
    is_office = office_among(user)
    owned = _owned_of(user, [initiative for initiative in initiatives if not is_office(initiative)])
    return lambda initiative: initiative.pk in owned or is_office(initiative)


def money_seen_among(user: User, initiatives: Iterable[Initiative]) -> Callable[[Initiative], bool]:
    """Which of some initiatives show the user their money, found in one query at most; none where roles reach all."""
    if not user.is_active:
        return lambda initiative: False
    owned = _owned_of(user, [initiative for initiative in initiatives if not _money_is_in_reach(user, initiative)])
    return lambda initiative: initiative.pk in owned or _money_is_in_reach(user, initiative)


def money_in_sight(user: User, initiative: str) -> Q:
    """Of rows that tell of an initiative by the field `initiative`: those whose money the user is shown."""
    reach = money_reach(user)
    if not user.is_active or reach is None:
        return Q() if user.is_active else Q(pk__in=())
    owned = Ownership.objects.current().filter(person=user)
    return Q(**{f"{initiative}__unit__in": reach}) | Q(**{f"{initiative}__in": owned.values("initiative")})


def _owned_of(user: User, rows: list[Initiative]) -> set[int]:
    """The ids of those that the user owns or deputises for."""
    if not rows:
        return set()
    current = Ownership.objects.current().filter(person=user, initiative__in=rows)
    return {*current.values_list("initiative", flat=True)}


def can_import(user: User | AnonymousUser) -> bool:
    """The office brings spreadsheets in, each member for the units they reach."""
    return isinstance(user, User) and not changes_nothing(user) and user.has_role(*OFFICE)


def can_run_import(user: User | AnonymousUser, job: ImportJob) -> bool:
    """Whoever uploaded it, and any of the office who reaches all units."""
    if not isinstance(user, User) or not can_import(user):
        return False
    return job.uploaded_by_id == user.pk or any(user.role_units.get(role, ()) is None for role in OFFICE)


def can_edit_value_maps(user: User | AnonymousUser) -> bool:
    """How words are read concerns every import, so only an office that reaches all units decides it."""
    return can_import(user) and isinstance(user, User) and any(user.role_units.get(role, ()) is None for role in OFFICE)


def can_see_imports(user: User | AnonymousUser) -> bool:
    """The office, and auditors, who see what was imported."""
    return isinstance(user, User) and user.is_active and user.has_role(*OFFICE, Role.AUDITOR)


def can_keep_tools(user: User | AnonymousUser) -> bool:
    """The register of tools concerns every unit: the office for the whole company, and procurement."""
    return can_manage_lists(user) or _reviews(user, Role.PROCUREMENT_REVIEWER)


def can_clear(user: User | AnonymousUser, function: str) -> bool:
    """What legal, procurement or security say of a tool is recorded by their reviewers, or by the office for them."""
    return can_manage_lists(user) or _reviews(user, CLEARING[Clearance.Function(function)])


def _reviews(user: User | AnonymousUser, role: Role) -> bool:
    """Whether the user reviews for the whole company: a tool is not cleared unit by unit."""
    return isinstance(user, User) and not changes_nothing(user) and user.role_units.get(role, frozenset()) is None


def clears_for(user: User | AnonymousUser) -> list[Clearance.Function]:
    """The functions whose reviewer the user is. The office may record for all of them, and is asked for none."""
    return [function for function, role in CLEARING.items() if _reviews(user, role)]


def can_request(user: User | AnonymousUser) -> bool:
    """Everybody who may change anything may ask for an initiative."""
    return isinstance(user, User) and not changes_nothing(user)


def can_answer_intake(user: User | AnonymousUser, intake: Intake) -> bool:
    """Its requester, while the answers are theirs to give."""
    return can_request(user) and intake.requester_id == user.pk


def can_triage(user: User | AnonymousUser, intake: Intake) -> bool:
    """The office, where its reach includes the unit; never on what one requested or owns (DESIGN §4)."""
    if not isinstance(user, User) or changes_nothing(user) or intake.requester_id == user.pk:
        return False
    if intake.initiative is not None and owns(user, intake.initiative):
        return False
    return user.has_role(*OFFICE, unit=intake.unit_id)


def can_raise_barrier(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its owners and their deputies, the office, and reviewers where their role reaches its unit."""
    if can_edit(user, initiative):
        return True
    return isinstance(user, User) and not changes_nothing(user) and user.has_role(*REVIEWERS, unit=initiative.unit_id)


def can_lift_barrier(user: User | AnonymousUser, barrier: Barrier) -> bool:
    """Whoever owns the barrier, the initiative's owners and deputies, and the office."""
    is_own = not changes_nothing(user) and barrier.owner_id == user.pk
    return is_own or can_edit(user, barrier.initiative)


def can_change_barrier(user: User | AnonymousUser, barrier: Barrier) -> bool:
    """The same, and whoever raised it."""
    raised_it = not changes_nothing(user) and barrier.raised_by_id == user.pk
    return raised_it or can_lift_barrier(user, barrier)


def can_release_anyway(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """The risk owner alone accepts a release that does not meet all it has to; a deputy does so in their place, a
    program never.
    """
    if not isinstance(user, User) or changes_nothing(user) or user.is_service_account:
        return False
    if user.pk == initiative.risk_owner_id:
        return True
    return Ownership.objects.current().filter(initiative=initiative, kind=OwnerKind.RISK, person=user).exists()
