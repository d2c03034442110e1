"""What an office lead does to the bodies that decide and to the seats in them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q

from aiso import clock
from aiso.accounts.models import Role, User
from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import SINGLE, VOTING, Forum, Membership
from ..permissions import can_manage_forums


@transaction.atomic
def change_forum(forum: Forum, *, actor: User, seen: Mapping[str, Any] | None = None, **wanted: Any) -> Forum:
    """Change what a forum is called, its rank, quorum or majority.

    ConflictError tells what somebody else wrote since it was `seen`, ValidationError what is not possible,
    DomainError that its seats would no longer hold those who sit in it.
    """
    _may_manage(actor)
    forum = _locked(forum)
    changed = changes_to_make(forum, seen=seen or {}, wanted=wanted)
    for field, value in changed.items():
        setattr(forum, field, value)
    forum.full_clean()
    _check_seats(forum, forum.memberships.filter(_reaching(clock.today())).voting().count())
    if changed:
        forum.save(update_fields=[*changed])
        publish("forum.changed", actor=actor, forum=forum, fields=sorted(changed))
    return forum


@transaction.atomic
def add_member(
    forum: Forum, *, actor: User, person: User, role: str = Membership.Role.MEMBER, started_on: date | None = None
) -> Membership:
    """Give a person a seat from a day on, today unless told.

    Raises DomainError for a service account, an auditor, somebody who left or who sits there already, and for a
    seat that somebody else has; PermissionDenied for a vote of one's own.
    """
    _may_manage(actor)
    forum = _locked(forum)
    day = started_on or clock.today()
    _check_person(person)
    if person.pk == actor.pk and role in VOTING:
        raise PermissionDenied("Nobody gives themselves a vote. Ask another office lead.")
    later = forum.memberships.filter(_reaching(day))
    if later.filter(person=person).exists():
        raise DomainError(f"{person} has a seat there already, or will have one.", field="person")
    holder = later.filter(role=role).select_related("person").first()
    if role in SINGLE and holder:
        label = Membership.Role(role).label.lower()
        raise DomainError(f"{holder.person} is {label}. End that first, or choose a later day.", field="role")
    _check_seats(forum, later.voting().count() + (role in VOTING))
    membership = forum.memberships.create(person=person, role=role, started_on=day)
    publish("forum.member_added", actor=actor, forum=forum, membership=membership, person=person, role=role)
    return membership


@transaction.atomic
def end_membership(
    membership: Membership, *, actor: User, ended_on: date | None = None, reason: str = ""
) -> Membership:
    """End a seat: from `ended_on`, today unless told, it no longer counts. Its time stays in the history."""
    _may_manage(actor)
    membership = Membership.objects.select_for_update(of=["self"]).select_related("person").get(pk=membership.pk)
    if membership.ended_on is not None:
        raise DomainError(f"This seat of {membership.person} has ended already.")
    _end(membership, actor=actor, day=ended_on or clock.today(), reason=reason)
    return membership


def end_memberships_of(person: User, *, reason: str) -> int:
    """Free the seats of somebody who left. Returns how many there were."""
    with transaction.atomic():
        held = [*Membership.objects.select_for_update().filter(_reaching(clock.today()), person=person)]
        for membership in held:
            _end(membership, actor=None, day=max(clock.today(), membership.started_on), reason=reason)
    return len(held)


def _end(membership: Membership, *, actor: User | None, day: date, reason: str) -> None:
    if day < membership.started_on:
        raise DomainError("It cannot end before it began.", field="ended_on")
    membership.ended_on = day
    with pghistory.context(**({"reason": reason} if reason else {})):
        membership.save(update_fields=["ended_on"])
    forum, person = membership.forum_id, membership.person_id
    publish("forum.membership_ended", actor=actor, forum=forum, membership=membership, person=person)


def _reaching(day: date) -> Q:
    """Seats taken on `day` or on a later one; one that ended before its first day never was."""
    return Q(ended_on=None) | (Q(ended_on__gt=day) & Q(ended_on__gt=F("started_on")))


def _locked(forum: Forum) -> Forum:
    """Two people who fill the last seat at once: the second waits, then finds it taken."""
    return Forum.objects.select_for_update(of=["self"]).get(pk=forum.pk)


def _check_person(person: User) -> None:
    if person.is_service_account:
        raise DomainError("A service account decides nothing. Choose a person.", field="person")
    if not person.is_active:
        raise DomainError(f"{person} is not active.", field="person")
    if person.has_role(Role.AUDITOR):
        raise DomainError(f"{person} is an auditor, who changes nothing and so decides nothing.", field="person")


def _check_seats(forum: Forum, taken: int) -> None:
    if forum.most_members is not None and taken > forum.most_members:
        seats = "seat" if forum.most_members == 1 else "seats"
        told = f"{forum} has {forum.most_members} {seats}, and {taken} would sit in it. End a membership first."
        raise DomainError(told, field="most_members")


def _may_manage(actor: User) -> None:
    if not can_manage_forums(actor):
        raise PermissionDenied("An office lead for the whole company says who decides.")
