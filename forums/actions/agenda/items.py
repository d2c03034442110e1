"""What people do with one item: put it on an agenda or in the backlog, change it, take it off, put it off."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures
from portfolio.models import Initiative

from ...models import AgendaItem, Forum, Meeting
from ...models.agenda import BY_HAND, TO_BACKLOG
from ...new_readers import refuse_new_readers
from ...permissions import can_put_on_agenda
from ...sources import USUAL_MINUTES, source_named
from .writing import (
    SETTLED,
    State,
    bring_back,
    locked_ahead,
    locked_item,
    locked_to_come,
    may_run,
    place,
    refuse_twice,
    settle,
)


@transaction.atomic
def put_on_agenda(
    meeting: Meeting,
    *,
    actor: User,
    title: str = "",
    why: str = "",
    initiative: Initiative | None = None,
    minutes: int = USUAL_MINUTES,
    let_see: bool = False,
) -> AgendaItem:
    """Put something at the end of a meeting's agenda; an initiative once, by its name unless a title is told.

    Raises DomainError when it stands there already, or on another agenda to come, when the meeting is over, and when
    people with a seat in the forum come to see a confidential initiative by it, unless the actor lets them: `let_see`.
    """
    _may_put(actor, meeting.forum, initiative)
    meeting = locked_ahead(meeting)
    item = _by_hand(meeting.forum, actor, title=title, why=why, initiative=initiative, minutes=minutes)
    if not let_see:
        refuse_new_readers(meeting.forum, initiative)
    place(item, meeting)
    publish("agenda.item_put", actor=actor, meeting=meeting, item=item, initiative=item.initiative_id)
    return item


@transaction.atomic
def put_in_backlog(
    forum: Forum,
    *,
    actor: User,
    title: str = "",
    why: str = "",
    initiative: Initiative | None = None,
    minutes: int = USUAL_MINUTES,
    let_see: bool = False,
) -> AgendaItem:
    """Let something wait for a meeting that is chosen later. Raises DomainError when it is to come already, and where
    `put_on_agenda` does for who comes to see it.
    """
    _may_put(actor, forum, initiative)
    # Two people who put the same there at once: the second waits, then finds it.
    forum = Forum.objects.select_for_update(of=["self"]).get(pk=forum.pk)
    item = _by_hand(forum, actor, title=title, why=why, initiative=initiative, minutes=minutes)
    if not let_see:
        refuse_new_readers(forum, initiative)
    place(item, None)
    publish("agenda.item_put", actor=actor, forum=forum, item=item, initiative=item.initiative_id)
    return item


@transaction.atomic
def take_in(item: AgendaItem, meeting: Meeting, *, actor: User) -> AgendaItem:
    """Put what waits in the backlog at the end of a meeting's agenda."""
    may_run(actor, meeting.forum)
    meeting = locked_ahead(meeting)
    item = locked_item(item)
    if item.forum_id != meeting.forum_id:
        raise DomainError("That meeting is another forum's.", field="meeting")
    if item.meeting_id is not None or not item.is_waiting:
        raise DomainError("This waits in the backlog no longer.")
    item.is_kept = True
    place(item, meeting)
    publish("agenda.item_put", actor=actor, meeting=meeting, item=item, initiative=item.initiative_id)
    return item


@transaction.atomic
def change_item(item: AgendaItem, *, actor: User, seen: Mapping[str, Any] | None = None, **wanted: Any) -> AgendaItem:
    """Change the title of what is to come, why it is there, or the minutes planned for it.

    Refreshing leaves it from now on. ConflictError tells what somebody else wrote since it was `seen`.
    """
    may_run(actor, item.forum)
    item = locked_to_come(item)
    changed = changes_to_make(item, seen=seen or {}, wanted=wanted)
    for field, value in changed.items():
        setattr(item, field, value)
    if changed:
        item.is_kept = True
        item.clean_fields()
        item.save(update_fields=[*changed, "is_kept"])
        publish("agenda.item_changed", actor=actor, item=item, initiative=item.initiative_id, fields=sorted(changed))
    return item


@transaction.atomic
def take_off(item: AgendaItem, *, actor: User) -> AgendaItem:
    """Take an item off its agenda or out of the backlog. It stays for the record, and refreshing does not bring it
    back. Whoever put it there may do so too.
    """
    if item.put_by_id != actor.pk or not can_put_on_agenda(actor, item.forum, item.initiative):
        may_run(actor, item.forum)
    item = locked_to_come(item)
    if item.meeting and item.meeting.current_id == item.pk:
        raise DomainError("This is on screen now. Go on to another item first.")
    settle(item, State.REMOVED, actor)
    publish("agenda.item_taken_off", actor=actor, item=item, initiative=item.initiative_id)
    return item


@transaction.atomic
def put_back(item: AgendaItem, *, actor: User) -> AgendaItem:
    """Undo that an item was taken off; whoever took it off may, and who prepares the agenda."""
    item = locked_item(item)
    if item.settled_by_id != actor.pk or not can_put_on_agenda(actor, item.forum, item.initiative):
        may_run(actor, item.forum)
    if item.state != State.REMOVED:
        raise DomainError("This was not taken off.")
    refuse_twice(item)
    bring_back(item)
    item.is_kept = True
    item.save(update_fields=[*SETTLED, "is_kept"])
    publish("agenda.item_put", actor=actor, meeting=item.meeting_id, item=item, initiative=item.initiative_id)
    return item


@transaction.atomic
def put_off(item: AgendaItem, *, actor: User, to: Meeting | None = None) -> AgendaItem:
    """Put an item off to a later meeting, or to the backlog. Returns the one that is to come.

    Before its meeting began the item itself moves there. From then on it stays for the record as put off, another
    one follows it, and refreshing may take that onto the next agenda.
    """
    may_run(actor, item.forum)
    item = locked_to_come(item)
    if to is not None:
        to = _later(item, to)
    if item.meeting and item.meeting.is_live:
        later = _follower(item, actor, to)
    else:
        later, item.is_kept = item, True
        place(item, to)
    publish("agenda.item_put_off", actor=actor, item=item, later=later, initiative=item.initiative_id)
    return later


def _by_hand(
    forum: Forum, actor: User, *, title: str, why: str, initiative: Initiative | None, minutes: int
) -> AgendaItem:
    title = title.strip() or (initiative.name if initiative else "")
    if not title:
        raise DomainError("Say in a few words what it is about.", field="title")
    item = AgendaItem(forum=forum, title=title, why=why.strip(), initiative=initiative, minutes=minutes, is_kept=True)
    item.source, item.key, item.put_by = BY_HAND, f"initiative-{initiative.pk}" if initiative else "", actor
    item.clean_fields()
    refuse_twice(item)
    return item


def _follower(item: AgendaItem, actor: User, to: Meeting | None) -> AgendaItem:
    """Settle an item of a meeting under way as put off. Returns what follows it: what waits there already, or anew."""
    settle(item, State.DEFERRED, actor, f"Put off to the meeting of {figures.day(to.starts_at)}" if to else TO_BACKLOG)
    same = AgendaItem.objects.to_come().filter(forum=item.forum, source=item.source, key=item.key)
    if item.key and (waiting := same.exclude(pk=item.pk).first()):
        waiting.came_from = item
        waiting.save(update_fields=["came_from"])
        return waiting
    kept = ("forum", "source", "key", "title", "why", "initiative", "minutes", "put_by")
    later = AgendaItem(**{name: getattr(item, name) for name in kept}, is_kept=item.source == BY_HAND)
    later.came_from = item
    place(later, to)
    if source := source_named(item.source):
        source.carry(item, later)
    return later


def _later(item: AgendaItem, to: Meeting) -> Meeting:
    to = locked_ahead(to)
    if to.forum_id != item.forum_id:
        raise DomainError("That meeting is another forum's.", field="to")
    if to.pk == item.meeting_id:
        raise DomainError("It stands on the agenda of that meeting. Choose another.", field="to")
    return to


def _may_put(actor: User, forum: Forum, initiative: Initiative | None) -> None:
    if not can_put_on_agenda(actor, forum, initiative):
        raise PermissionDenied("Members of the forum, the initiative's owners and the office put items on its agenda.")
