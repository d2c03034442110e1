"""Who may open, evidence, sign off and decide. Plain predicates; what each may see is `visible_to` on the querysets."""

from django.contrib.auth.models import AnonymousUser

from aiso.accounts.models import BusinessUnit, Role, User
from aiso.accounts.permissions import can_manage_lists, can_manage_people, can_see_administration
from portfolio.models import Initiative
from portfolio.permissions import can_edit, changes_nothing, is_office_for, owns

from .models import GateReview, ReviewFunction, SignOff, SpecialistRequest
from .separation import is_party


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
    """People of its function, or whom one of them passed it to; never a party to the review (DESIGN §4)."""
    if not isinstance(user, User) or changes_nothing(user) or is_party(user, sign_off.review):
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
    """Whoever may sign off; and the office, which assigns reviewers to confidential initiatives. Never a party."""
    if can_sign_off(user, sign_off):
        return True
    return (
        isinstance(user, User)
        and is_office_for(user, sign_off.review.initiative)
        and not is_party(user, sign_off.review)
    )


def can_keep_functions(user: User | AnonymousUser) -> bool:
    """An office lead for the whole company says who reviews what: it decides who can sign off."""
    return can_manage_people(user)


def can_see_functions(user: User | AnonymousUser) -> bool:
    return can_see_administration(user)


def can_record_monitoring(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its owners and their deputies, who run it, and the office."""
    return can_edit(user, initiative)
