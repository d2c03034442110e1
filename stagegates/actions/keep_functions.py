"""An office lead says which functions sign off, who reviews for them, and what their sign-offs rest on."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify

from aiso import clock
from aiso.accounts.models import BusinessUnit, Role, User
from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import FunctionMember, ReviewFunction
from ..permissions import can_keep_functions
from ..scopes import all_groups

LONGEST_SLUG = 60


@transaction.atomic
def add_function(*, actor: User, name: str, **fields: Any) -> ReviewFunction:
    """Add a function of the company's own. Its sign-off rests on everything, unless told. Raises ValidationError."""
    _may_keep(actor)
    function = ReviewFunction(slug=_new_slug(name), name=name, **fields)
    _check(function)
    function.save()
    publish("function.added", actor=actor, function=function)
    return function


@transaction.atomic
def change_function(
    function: ReviewFunction, *, actor: User, seen: Mapping[str, Any] | None = None, **wanted: Any
) -> ReviewFunction:
    """Change a function, retire it or bring it back. What was signed off keeps the groups of facts that it rests on.

    ConflictError tells what somebody else wrote since it was `seen`, ValidationError what is not possible.
    """
    _may_keep(actor)
    function = ReviewFunction.objects.select_for_update(of=["self"]).get(pk=function.pk)
    changed = changes_to_make(function, seen=seen or {}, wanted=wanted)
    for field, value in changed.items():
        setattr(function, field, value)
    _check(function)
    if changed:
        function.save(update_fields=[*changed])
        publish("function.changed", actor=actor, function=function, fields=sorted(changed))
    return function


@transaction.atomic
def add_function_member(
    function: ReviewFunction, *, actor: User, person: User, unit: BusinessUnit | None = None
) -> FunctionMember:
    """Let a person review for a function, for a unit and those below it or for all.

    Raises DomainError for a service account, an auditor, somebody who left and one who does so already;
    PermissionDenied for oneself: nobody lets themselves rule.
    """
    _may_keep(actor)
    if person.pk == actor.pk:
        raise PermissionDenied("Nobody lets themselves sign off. Ask another office lead.")
    if person.is_service_account or not person.is_active or person.has_role(Role.AUDITOR):
        raise DomainError("Choose a person who works here and may change things.", field="person")
    function = ReviewFunction.objects.select_for_update(of=["self"]).get(pk=function.pk)
    if function.memberships.current().filter(person=person, unit=unit).exists():
        raise DomainError(f"{person} reviews for it already.", field="person")
    member = function.memberships.create(person=person, unit=unit, started_on=clock.today())
    publish("function.member_added", actor=actor, function=function, person=person, unit=unit and unit.pk)
    return member


@transaction.atomic
def end_function_member(member: FunctionMember, *, actor: User) -> FunctionMember:
    """From now on the person no longer reviews for it by name; what they signed stays."""
    _may_keep(actor)
    member = FunctionMember.objects.select_for_update(of=["self"]).select_related("person").get(pk=member.pk)
    if member.ended_on is not None:
        raise DomainError(f"{member.person} does not review for it any more.")
    member.ended_on = clock.today()
    member.save(update_fields=["ended_on"])
    publish("function.member_ended", actor=actor, function=member.function_id, person=member.person_id)
    return member


def _check(function: ReviewFunction) -> None:
    function.full_clean(exclude=["slug"] if function.pk else [])
    known = {group.slug for group in all_groups()}
    if unknown := [slug for slug in function.rests_on if slug not in known]:
        raise DomainError(f"There is no group of facts “{unknown[0]}”.", field="rests_on")
    if function.escalates_to and (function.escalates_to.is_service_account or not function.escalates_to.is_active):
        raise DomainError("Clocks that run out are told to a person who works here.", field="escalates_to")


def _new_slug(name: str) -> str:
    """A slug made from the name, unlike those taken: it names the function in rules for ever."""
    taken = {*ReviewFunction.objects.values_list("slug", flat=True)}
    stem = slugify(name)[: LONGEST_SLUG - 4].strip("-") or "function"
    slug, number = stem, 2
    while slug in taken or slug == "add":
        slug, number = f"{stem}-{number}", number + 1
    return slug


def _may_keep(actor: User) -> None:
    if not can_keep_functions(actor):
        raise PermissionDenied("An office lead for the whole company says who reviews what.")
