"""Who may open, evidence, sign off and decide. Plain predicates; what each may see is `visible_to` on the querysets."""

from django.contrib.auth.models import AnonymousUser

from aiso.accounts.models import BusinessUnit, Role, User
from aiso.accounts.models.role import OFFICE
from aiso.accounts.permissions import can_manage_lists, can_manage_people, can_see_administration
from forums.models import Forum
from portfolio.models import Initiative
from portfolio.models.initiative import money_reach
from portfolio.permissions import can_edit, changes_nothing, is_office_for, owns

from .deciding import bodies_of, body_asked, body_of, eligible_of, highest_body, is_named
from .models import (
    Closure,
    Condition,
    Decision,
    DecommissioningTask,
    FastLaneAudit,
    GateReview,
    ReviewFunction,
    SignOff,
    SpecialistRequest,
    Tranche,
)
from .separation import is_apart, is_kept_from_deciding, is_party, parties_of, parties_to


def can_open_review(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its owners and their deputies, and the office."""
    return can_edit(user, initiative)


def can_give_evidence(user: User | AnonymousUser, initiative: Initiative) -> bool:
    return can_edit(user, initiative)


def can_waive(user: User | AnonymousUser, review: GateReview) -> bool:
    """The office, where its reach includes the unit; never a party to the review (DESIGN §4)."""
    return isinstance(user, User) and is_office_for(user, review.initiative) and not is_party(user, review)


def reviews_for(user: User | AnonymousUser, function: ReviewFunction, unit: int) -> bool:
    """Whether the user is of a function, by its role or by name, where their reach includes the unit."""
    if not isinstance(user, User) or changes_nothing(user) or user.is_service_account:
        return False
    if function.role and user.has_role(Role(function.role), unit=unit):
        return True
    units = [*function.memberships.current().filter(person=user).values_list("unit", flat=True)]
    return None in units or unit in BusinessUnit.objects.and_below([each for each in units if each is not None])


def can_sign_off(user: User | AnonymousUser, sign_off: SignOff) -> bool:
    """People of its function, or whom one of them passed it to; never a party to the review, nor whoever wrote an
    assessment that it rests on, gave evidence for it or waived a requirement of it (DESIGN §4).
    """
    if not isinstance(user, User) or changes_nothing(user) or is_apart(user, sign_off):
        return False
    if sign_off.assigned_to_id == user.pk:
        return True
    return reviews_for(user, sign_off.function, sign_off.review.initiative.unit_id)


def can_set_hours(user: User | AnonymousUser, function: ReviewFunction) -> bool:
    """How much time a function has, its own people say, and the office for the whole company."""
    return can_manage_lists(user) or is_of(user, function)


def can_answer_request(user: User | AnonymousUser, request: SpecialistRequest) -> bool:
    """People of the function, where their reach includes the unit; nobody agrees to what they asked for."""
    if request.asked_by_id == user.pk:
        return False
    return reviews_for(user, request.function, request.initiative.unit_id)


def is_of(user: User | AnonymousUser, function: ReviewFunction) -> bool:
    """Whether the user is of a function for any unit."""
    if not isinstance(user, User) or changes_nothing(user) or user.is_service_account:
        return False
    if function.role and user.has_role(Role(function.role)):
        return True
    return function.memberships.current().filter(person=user).exists()


def can_reply(user: User | AnonymousUser, sign_off: SignOff) -> bool:
    """The owners and their deputies answer what a function asks."""
    return not changes_nothing(user) and owns(user, sign_off.review.initiative)


def can_delegate(user: User | AnonymousUser, sign_off: SignOff) -> bool:
    """Whoever may sign off; and the office, which assigns reviewers to confidential initiatives. Never a party, nor
    whoever wrote what it rests on.
    """
    if can_sign_off(user, sign_off):
        return True
    if not isinstance(user, User) or not is_office_for(user, sign_off.review.initiative):
        return False
    return not is_apart(user, sign_off)


def can_keep_functions(user: User | AnonymousUser) -> bool:
    """An office lead for the whole company says who reviews what: it decides who can sign off."""
    return can_manage_people(user)


def can_see_functions(user: User | AnonymousUser) -> bool:
    return can_see_administration(user)


def can_record_monitoring(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its owners and their deputies, who run it, and the office."""
    return can_edit(user, initiative)


def can_decide(user: User | AnonymousUser, review: GateReview) -> bool:
    """Those with a vote in its body or in a higher one, and whom the sponsor named; never a party to the review or who
    waived something of it, never a program, never an auditor (DESIGN §4).
    """
    if not isinstance(user, User) or changes_nothing(user) or is_kept_from_deciding(user, review):
        return False
    if is_named(user, review):
        return True
    body = body_of(review)
    return body is not None and bool(bodies_of(user, body))


def can_decide_on(user: User | AnonymousUser, initiative: Initiative, body: Forum) -> bool:
    """The same for a decision on an initiative without a review."""
    if not isinstance(user, User) or changes_nothing(user) or user.is_service_account:
        return False
    return user.pk not in parties_to(initiative) and bool(bodies_of(user, body))


def can_record_in_meeting(user: User | AnonymousUser, forum: Forum, parties: frozenset[int]) -> bool:
    """The chair and the secretary of the forum write down what it decided; never a party, never a program."""
    if not isinstance(user, User) or changes_nothing(user) or user.is_service_account or user.pk in parties:
        return False
    return user in (forum.chair_of(), forum.secretary_of())


def can_open_ballot(user: User | AnonymousUser, review: GateReview) -> bool:
    """Whoever may decide, and the secretary of its body, who asks for votes and has none."""
    if can_decide(user, review):
        return True
    body = body_of(review)
    if not isinstance(user, User) or changes_nothing(user) or is_party(user, review) or body is None:
        return False
    return body.secretary_of() == user


def can_name_decider(user: User | AnonymousUser, review: GateReview) -> bool:
    """Who has a vote in the highest body, also as a party, where nobody of the body asked for may decide."""
    sponsor, body = highest_body(), body_asked(review)
    if not isinstance(user, User) or changes_nothing(user) or user.is_service_account or not sponsor or not body:
        return False
    return sponsor.has_vote(user) and not eligible_of(body, review).exists()


def can_confirm_tier(user: User | AnonymousUser, review: GateReview) -> bool:
    """The risk function, where its reach includes the unit; never a party (DESIGN §5)."""
    if not isinstance(user, User) or changes_nothing(user) or is_party(user, review):
        return False
    return user.has_role(Role.RISK_REVIEWER, unit=review.initiative.unit_id)


def can_audit(user: User | AnonymousUser, audit: FastLaneAudit) -> bool:
    """The office and the risk function, who took no part in the decision and are no party. Auditors change nothing."""
    decision = audit.decision
    if not isinstance(user, User) or changes_nothing(user) or user.pk == decision.decided_by_id:
        return False
    if decision.review is None or is_kept_from_deciding(user, decision.review):
        return False
    return user.has_role(*OFFICE, Role.RISK_REVIEWER, unit=decision.initiative.unit_id)


def can_meet_condition(user: User | AnonymousUser, condition: Condition) -> bool:
    return isinstance(user, User) and not changes_nothing(user) and condition.owner_id == user.pk


def can_settle_condition(user: User | AnonymousUser, condition: Condition) -> bool:
    """Confirm or waive: the function that set it, whom it passed that to, or those who may decide the review; never its
    owner or a party.
    """
    if not isinstance(user, User) or changes_nothing(user) or condition.owner_id == user.pk:
        return False
    if condition.sign_off_answer is not None:
        sign_off = condition.sign_off_answer.sign_off
        return not is_party(user, sign_off.review) and (
            sign_off.assigned_to_id == user.pk
            or reviews_for(user, sign_off.function, condition.initiative.unit_id)
            or can_decide(user, sign_off.review)
        )
    decision = condition.decision
    if decision is None or user.is_service_account or user.pk in parties_to_decision(decision):
        return False
    return bool(bodies_of(user, decision.body))


def parties_to_decision(decision: Decision) -> frozenset[int]:
    """The ids of the parties to what was decided: to its review, else to the initiative."""
    return parties_of(decision.review) if decision.review else parties_to(decision.initiative)


SETTING = "Office leads and executives for the whole company set envelopes."
RELEASING = "The office, finance and the body that approved it release money, never a party to it."
SPENDING = "Finance records spending, where its reach includes the unit."
ASKING = "Its owners and the office ask for money."


def can_set_envelopes(user: User | AnonymousUser) -> bool:
    """Office leads and executives, for the whole company: an envelope reaches every unit."""
    if not isinstance(user, User) or changes_nothing(user):
        return False
    return any(user.role_units.get(role, frozenset()) is None for role in (Role.OFFICE_LEAD, Role.EXECUTIVE))


def can_see_funding(user: User | AnonymousUser) -> bool:
    """Those whose role shows them the money of every unit."""
    return isinstance(user, User) and user.is_active and money_reach(user) is None


def can_release(user: User | AnonymousUser, tranche: Tranche) -> bool:
    """The office and finance where their reach includes the unit, and those with a vote in the body that approved it or
    in a higher one; never a party, never a program.
    """
    if not isinstance(user, User) or changes_nothing(user) or user.is_service_account:
        return False
    decision = tranche.approval
    if user.pk in parties_to_decision(decision) | parties_to(tranche.initiative):
        return False
    unit = tranche.initiative.unit_id
    return user.has_role(*OFFICE, Role.FINANCE_CONTROLLER, unit=unit) or bool(bodies_of(user, decision.body))


def can_record_spend(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Finance, where its reach includes the unit."""
    if not isinstance(user, User) or changes_nothing(user):
        return False
    return user.has_role(Role.FINANCE_CONTROLLER, unit=initiative.unit_id)


def can_ask_money(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its owners and their deputies, and the office."""
    return can_edit(user, initiative)


ADDING = "Its owners and the office add what was learnt."
SETTLING_THINGS = "Whoever sees to it, the owners of the initiative and the office settle it."


def can_add_lesson(user: User | AnonymousUser, closure: Closure) -> bool:
    return can_edit(user, closure.initiative)


def can_settle_thing(user: User | AnonymousUser, task: DecommissioningTask) -> bool:
    """Whoever sees to it, its owners and their deputies, and the office."""
    if changes_nothing(user):
        return False
    return task.owner_id == user.pk or can_edit(user, task.initiative)
