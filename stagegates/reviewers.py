"""Who reviews for a function, and what a person is to review: by role, by name, or because it was passed to them."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from aiso.accounts.models import BusinessUnit, RoleAssignment, User
from aiso.accounts.models.role import OFFICE
from portfolio.models import Initiative, Intake, Ownership
from portfolio.permissions import changes_nothing

from .models import FunctionMember, ReviewFunction
from .models.sign_off import SignOffQuerySet


def reviewers_of(function: ReviewFunction, initiative: Initiative) -> "QuerySet[User]":
    """The active people of a function whose reach includes the initiative's unit: by role, and by name."""
    units = [*BusinessUnit.objects.ancestors(initiative.unit_id, include_self=True).values_list("pk", flat=True)]
    here = Q(unit=None) | Q(unit__in=units)
    by_name = FunctionMember.objects.current().filter(here, function=function)
    people = Q(pk__in=by_name.values("person"))
    if function.role:
        people |= Q(pk__in=RoleAssignment.objects.filter(here, role=function.role).values("person"))
    return User.objects.active().people().filter(people)


def office_of(initiative: Initiative) -> "QuerySet[User]":
    """The office whose reach includes the initiative's unit."""
    units = [*BusinessUnit.objects.ancestors(initiative.unit_id, include_self=True).values_list("pk", flat=True)]
    held = RoleAssignment.objects.filter(Q(unit=None) | Q(unit__in=units), role__in=OFFICE)
    return User.objects.active().people().filter(pk__in=held.values("person"))


def reviewed_by(person: User, sign_offs: SignOffQuerySet) -> SignOffQuerySet:
    """Those of some sign-offs that the person may answer: of their functions or passed to them, and they are no party.

    Three queries at most besides the one for the sign-offs.
    """
    if changes_nothing(person) or person.is_service_account:
        return sign_offs.none()
    return sign_offs.filter(_of_functions(person) | Q(assigned_to=person)).exclude(_parted(person))


def functions_of(person: User) -> list[ReviewFunction]:
    """The functions that the person reviews for, anywhere."""
    if changes_nothing(person) or person.is_service_account:
        return []
    named = FunctionMember.objects.current().filter(person=person).values("function")
    held = [role for role in person.role_units if role]
    return [*ReviewFunction.objects.active().filter(Q(pk__in=named) | Q(role__in=held))]


def _of_functions(person: User) -> Q:
    wanted = Q(pk__in=[])
    for role, reach in person.role_units.items():
        here = Q(function__role=role)
        wanted |= here if reach is None else here & Q(review__initiative__unit__in=reach)
    held = FunctionMember.objects.current().filter(person=person).values_list("function", "unit")
    for function, unit in held:
        here = Q(function=function)
        wanted |= (
            here if unit is None else here & Q(review__initiative__unit__in=BusinessUnit.objects.and_below([unit]))
        )
    return wanted


def _parted(person: User) -> Q:
    """Sign-offs on reviews to which the person is a party; `separation.parties_of` says the same of one review."""
    opened_on = TruncDate(OuterRef("review__opened_at"), tzinfo=timezone.get_current_timezone())
    owned = Ownership.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=opened_on), initiative=OuterRef("review__initiative"), person=person
    )
    asked = Intake.objects.filter(initiative=OuterRef("review__initiative"), requester=person)
    return Q(review__opened_by=person) | Q(review__submitted_by=person) | Exists(owned) | Exists(asked)
