"""Who is there, and who votes for whom."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ...beats import beat
from ...models import Attendance, Meeting, Membership, Proxy
from ...permissions import can_run_meetings
from ...votes import day_of
from ..agenda import locked_ahead
from .writing import locked_live, may_run


@transaction.atomic
def arrive(meeting: Meeting, *, actor: User, person: User) -> Attendance:
    """Note that a person is there: a member, or a guest, who has no vote. Whoever comes says so themselves, or those
    who lead the meeting do; the proxy that the person gave ends.

    Raises DomainError for somebody who is there already, and for a program.
    """
    _may_note(actor, meeting, person)
    meeting = locked_live(meeting)
    if person.is_service_account or not person.is_active:
        raise DomainError(f"{person} cannot be there. Choose an active person.", field="person")
    if meeting.attendance.present().filter(person=person).exists():
        raise DomainError(f"{person} is there already.", field="person")
    attendance = seat_down(meeting, person, noted_by=actor)
    publish("meeting.arrived", actor=actor, meeting=meeting, person=person)
    _end_proxies(meeting.proxies.filter(giver=person).select_for_update(), actor)
    beat(meeting)
    return attendance


@transaction.atomic
def leave(meeting: Meeting, *, actor: User, person: User) -> Attendance:
    """Note that a person left; the proxy that they held ends. Raises DomainError for somebody who is not there."""
    _may_note(actor, meeting, person)
    meeting = locked_live(meeting)
    attendance = meeting.attendance.present().select_for_update(of=["self"]).filter(person=person).first()
    if attendance is None:
        raise DomainError(f"{person} is not there.", field="person")
    attendance.left_at, attendance.noted_by = clock.now(), actor
    attendance.save(update_fields=["left_at", "noted_by"])
    publish("meeting.left", actor=actor, meeting=meeting, person=person)
    _end_proxies(meeting.proxies.filter(holder=person).select_for_update(), actor)
    beat(meeting)
    return attendance


@transaction.atomic
def give_proxy(meeting: Meeting, *, actor: User, giver: User, holder: User) -> Proxy:
    """Let a member vote for another one who is away; a holder has one proxy at most.

    The giver gives it, or those who lead the meeting note it, but never its holder. Raises DomainError when one of
    the two has no vote, the giver is there or gave one already, or the holder left or has one already.
    """
    if actor.pk == holder.pk or (actor.pk != giver.pk and not can_run_meetings(actor, meeting.forum)):
        raise PermissionDenied("The member who is away gives their proxy, or whoever leads the meeting notes it.")
    meeting = locked_ahead(meeting)
    _check_proxy(meeting, giver, holder)
    proxy = meeting.proxies.create(giver=giver, holder=holder, noted_by=actor, given_at=clock.now())
    publish("meeting.proxy_given", actor=actor, meeting=meeting, giver=giver, holder=holder)
    beat(meeting)
    return proxy


@transaction.atomic
def end_proxy(proxy: Proxy, *, actor: User) -> None:
    """Take a proxy back. What was voted by it on items that are not settled stays until the giver votes anew."""
    if actor.pk != proxy.giver_id:
        may_run(actor, proxy.meeting)
    meeting = locked_ahead(proxy.meeting)
    if not _end_proxies(meeting.proxies.filter(pk=proxy.pk).select_for_update(), actor):
        raise DomainError("This proxy ended before.")
    beat(meeting)


def seat_down(meeting: Meeting, person: User, *, noted_by: User) -> Attendance:
    """Open the person's row. Their seat on the meeting's day says whether they have a vote."""
    seat = meeting.forum.memberships.on(day_of(meeting)).filter(person=person).first()
    attendance = meeting.attendance.select_for_update(of=["self"]).filter(person=person).first()
    attendance = attendance or Attendance(meeting=meeting, person=person, arrived_at=clock.now())
    attendance.left_at, attendance.noted_by = None, noted_by
    attendance.role, attendance.has_vote = (seat.role, seat.has_vote) if seat else ("", False)
    attendance.save()
    return attendance


def _may_note(actor: User, meeting: Meeting, person: User) -> None:
    """Oneself as a member, anybody as one who leads the meeting: a guest is let in."""
    comes_self = actor.pk == person.pk and meeting.forum.is_member(person, day_of(meeting))
    if not comes_self:
        may_run(actor, meeting)


def _check_proxy(meeting: Meeting, giver: User, holder: User) -> None:
    voting = Membership.objects.on(day_of(meeting)).voting().filter(forum=meeting.forum_id)
    for person, field in ((giver, "giver"), (holder, "holder")):
        if not voting.filter(person=person).exists():
            raise DomainError(f"{person} has no vote in this meeting.", field=field)
    there = {*meeting.attendance.present().values_list("person", flat=True)}
    if giver.pk in there:
        raise DomainError(f"{giver} is there.", field="giver")
    if meeting.is_live and holder.pk not in there:
        raise DomainError(f"{holder} is not there.", field="holder")
    for taken in meeting.proxies.filter(Q(giver=giver) | Q(holder=holder)).select_related("giver", "holder"):
        field = "giver" if taken.giver_id == giver.pk else "holder"
        raise DomainError(f"{taken.holder} votes for {taken.giver} already.", field=field)


def _end_proxies(proxies: QuerySet[Proxy], actor: User) -> int:
    ended = [*proxies]
    for proxy in ended:
        meeting, giver, holder = proxy.meeting_id, proxy.giver_id, proxy.holder_id
        publish("meeting.proxy_ended", actor=actor, meeting=meeting, giver=giver, holder=holder)
        proxy.delete()
    return len(ended)
