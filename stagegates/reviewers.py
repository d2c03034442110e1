"""Who reviews for a function, and what a person is to review: by role, by name, or because it was passed to them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from aiso import clock
from aiso.accounts.models import BusinessUnit, Role, RoleAssignment, User
from aiso.accounts.models.person import UserQuerySet
from aiso.accounts.models.role import OFFICE
from forums.models import Forum, Membership
from portfolio.models import Initiative
from portfolio.permissions import changes_nothing

from .models import (
    Condition,
    Decision,
    FunctionMember,
    GateReview,
    NamedDecider,
    ReviewFunction,
    SignOff,
    SignOffAnswer,
    WrittenBallot,
)
from .models.sign_off import SignOffQuerySet
from .separation import parties_of_all, to_which_party, writers_of

type Held[K] = dict[K, list[tuple[int | None, User]]]


def reviewers_of_all(sign_offs: Iterable[SignOff]) -> dict[int, list[User]]:
    """Who is to answer each, by its id: whoever it was passed to, or the active people of its function whose reach
    includes the unit; never a party, nor anybody on whose word it rests. Nine queries at most, whatever their number;
    reviews come with their initiative.
    """
    rows = [*sign_offs]
    above = _units_above({each.review.initiative.unit_id for each in rows})
    holders = _holders({each.function.role for each in rows})
    members = _members({each.function_id for each in rows})
    parties = parties_of_all({each.review_id: each.review for each in rows}.values())
    writers = writers_of(rows)
    found = {}
    for each in rows:
        here = above[each.review.initiative.unit_id]
        held = [*holders.get(each.function.role, ()), *members.get(each.function_id, ())]
        people = {person.pk: person for unit, person in held if unit is None or unit in here}
        asked = [each.assigned_to] if each.assigned_to else [*people.values()]
        apart = parties[each.review_id] | writers.get(each.pk, frozenset())
        found[each.pk] = [person for person in asked if person.pk not in apart]
    return found


def office_of(initiative: Initiative) -> UserQuerySet:
    """The office whose reach includes the initiative's unit."""
    return _holding(initiative, *OFFICE)


def risk_reviewers_of(initiative: Initiative) -> UserQuerySet:
    """The risk reviewers whose reach includes the initiative's unit."""
    return _holding(initiative, Role.RISK_REVIEWER)


def reviewed_by(person: User, sign_offs: SignOffQuerySet) -> SignOffQuerySet:
    """Those of some sign-offs that the person may answer: of their functions or passed to them, and they are no party
    and it does not rest on their word.

    Three queries at most besides the one for the sign-offs.
    """
    if changes_nothing(person) or person.is_service_account:
        return sign_offs.none()
    return sign_offs.filter(of_functions(person) | Q(assigned_to=person)).exclude(to_which_party(person))


def assigned_to(person: User) -> QuerySet[SignOff, int]:
    """The initiatives in whose last review a sign-off was passed to the person: they see these also when confidential
    (DESIGN §8).
    """
    mine = SignOff.objects.filter(assigned_to=person, review__in=_newest_confidential())
    return mine.values_list("review__initiative", flat=True)


def answered_by(person: User) -> QuerySet[SignOffAnswer, int]:
    """The same for the initiatives in whose last review they answered a sign-off."""
    mine = SignOffAnswer.objects.filter(answered_by=person, sign_off__review__in=_newest_confidential())
    return mine.values_list("initiative", flat=True)


def settling(person: User) -> QuerySet[Condition, int]:
    """The same for what an earlier review still demands: of those who answered and of the body that decided."""
    bodies = Membership.objects.on(clock.today()).filter(person=person).values("forum")
    answered = Q(sign_off_answer__answered_by=person) | Q(sign_off_answer__sign_off__assigned_to=person)
    mine = answered | Q(decision__body__in=bodies) | Q(decision__decided_by=person)
    return Condition.objects.open().filter(mine).values_list("initiative", flat=True)


def before_own_bodies(person: User) -> "QuerySet[GateReview, int]":
    """The initiatives whose last review, open or closed, is before a body in which the person has a seat today, or that
    such a body decided or can alone approve by now, or that it votes on in writing, or that they were named to decide
    (DESIGN §8): who decided sees what became of it.
    """
    bodies = Membership.objects.on(clock.today()).filter(person=person).values("forum")
    named = NamedDecider.objects.filter(person=person).values("review")
    before = _before(bodies) | Q(pk__in=named)
    return _newest_confidential().filter(before).values_list("initiative", flat=True)


def told_to(body: Forum) -> Q:
    """The initiatives of which all with a seat in a body may be told: ordinary ones, and the confidential ones that
    they see by that seat alone, as `before_own_bodies` and `settling` say.
    """
    before = _newest_confidential().filter(_before([body.pk])).values("initiative")
    demanded = Condition.objects.open().filter(decision__body=body).values("initiative")
    return Q(is_confidential=False) | Q(pk__in=before) | Q(pk__in=demanded)


def _before(bodies: "QuerySet[Membership, Any] | list[int]") -> Q:
    """Reviews before a body, by the body's id."""
    asked = WrittenBallot.objects.open().filter(body__in=bodies).values("review")
    decided = Decision.objects.filter(body__in=bodies, initiative__is_confidential=True).values("review")
    before = Q(body__in=bodies) | Q(higher_body__in=bodies)
    return before | Q(pk__in=asked) | Q(pk__in=decided.filter(review__isnull=False))


def _newest_confidential() -> "QuerySet[GateReview]":
    """Few: others are seen anyway, and an index leads to the confidential ones."""
    found: QuerySet[GateReview] = GateReview.objects.filter(initiative__is_confidential=True).newest()
    return found


def functions_of(person: User) -> list[ReviewFunction]:
    """The functions that the person reviews for, anywhere."""
    if changes_nothing(person) or person.is_service_account:
        return []
    named = FunctionMember.objects.current().filter(person=person).values("function")
    held = Q(role__in=[*person.role_units]) & ~Q(role="")
    return [*ReviewFunction.objects.active().filter(Q(pk__in=named) | held)]


def of_functions(person: User) -> Q:
    """Sign-offs of the functions that a person reviews for, as far as they reach."""
    wanted = Q(pk__in=[])
    for role, reach in person.role_units.items():
        here = Q(function__role=role)
        wanted |= here if reach is None else here & Q(review__initiative__unit__in=reach)
    held = FunctionMember.objects.current().filter(person=person).values_list("function", "unit")
    for function, unit in held:
        here = Q(function=function)
        if unit is not None:
            here &= Q(review__initiative__unit__in=BusinessUnit.objects.and_below([unit]))
        wanted |= here
    return wanted


def _holding(initiative: Initiative, *roles: Role) -> UserQuerySet:
    above = _units_above({initiative.unit_id})[initiative.unit_id]
    held = RoleAssignment.objects.filter(Q(unit=None) | Q(unit__in=above), role__in=roles)
    found: UserQuerySet = User.objects.active().people().filter(pk__in=held.values("person"))
    return found


def _units_above(units: set[int]) -> dict[int, frozenset[int]]:
    """Each unit with those above it, in one query."""
    rows = BusinessUnit.objects.with_tree_fields().filter(pk__in=units)
    return {row.pk: frozenset(row.tree_path) for row in rows}


def _holders(roles: set[str]) -> Held[str]:
    found: Held[str] = {}
    held = RoleAssignment.objects.filter(
        role__in=roles - {""}, person__is_active=True, person__is_service_account=False
    )
    for each in held.select_related("person"):
        found.setdefault(each.role, []).append((each.unit_id, each.person))
    return found


def _members(functions: set[int]) -> Held[int]:
    found: Held[int] = {}
    held = FunctionMember.objects.current().filter(function__in=functions, person__is_active=True)
    for each in held.select_related("person"):
        found.setdefault(each.function_id, []).append((each.unit_id, each.person))
    return found
