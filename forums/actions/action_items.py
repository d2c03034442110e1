"""What somebody promised by a date: given, finished, dropped, passed on, moved to another day."""

from datetime import date
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures

from ..beats import beat
from ..models import ActionItem, AgendaItem, Forum, Meeting
from ..permissions import can_drop_action, can_finish_action, can_give_action, can_move_action


@transaction.atomic
def give_action(
    forum: Forum,
    *,
    actor: User,
    text: str,
    owner: User,
    due_on: date,
    meeting: Meeting | None = None,
    item: AgendaItem | None = None,
) -> ActionItem:
    """Give one person something to do by a day: for the forum, in a meeting under way, or about one of its items.

    Raises DomainError for a meeting that is not in progress, a day that is past, and an owner who may not see the item.
    """
    if not can_give_action(actor, forum):
        raise PermissionDenied("Members of the forum and the office give actions.")
    if meeting is not None:
        _check_under_way(forum, meeting, item)
    elif item is not None:
        raise DomainError("An action about an item is given in its meeting.", field="item")
    _check_owner(owner, item)
    _check_day(due_on)
    action = ActionItem.objects.create(
        forum=forum,
        meeting=meeting,
        item=item,
        text=_said(text, "text", "Say what is to be done."),
        owner=owner,
        due_on=due_on,
        given_by=actor,
        given_at=clock.now(),
    )
    if meeting is not None:
        beat(meeting)
    _publish("given", actor, action)
    return action


@transaction.atomic
def finish_action(action: ActionItem, *, actor: User, note: str) -> ActionItem:
    """Say what was done. For its owner, and for whoever runs the meetings of its forum."""
    action = _locked_open(action, actor, can_finish_action, "Its owner finishes an action, or the forum's secretary.")
    action.done_note = _said(note, "note", "Say what was done.")
    action.done_at, action.done_by = clock.now(), actor
    action.save(update_fields=["done_at", "done_by", "done_note"])
    _publish("done", actor, action)
    return action


@transaction.atomic
def drop_action(action: ActionItem, *, actor: User, reason: str) -> ActionItem:
    """Ask for it no longer. For who gave it, and whoever runs the meetings of its forum."""
    action = _locked_open(action, actor, can_drop_action, "Who gave an action drops it, or the chair or secretary.")
    action.dropped_because = _said(reason, "reason", "Say why it is not needed any more.")
    action.dropped_at, action.dropped_by = clock.now(), actor
    action.save(update_fields=["dropped_at", "dropped_by", "dropped_because"])
    _publish("dropped", actor, action)
    return action


@transaction.atomic
def pass_on_action(action: ActionItem, *, actor: User, to: User, reason: str = "") -> ActionItem:
    """Let somebody else see to it. Whoever had it is told."""
    action = _locked_open(action, actor, can_move_action, "Its owner passes an action on, or who gave it.")
    before = action.owner_id
    if to.pk == before:
        raise DomainError(f"{to} sees to it already.", field="to")
    _check_owner(to, action.item, field="to")
    action.owner = to
    with _because(reason):
        action.save(update_fields=["owner"])
    _publish("passed_on", actor, action, before=before)
    return action


@transaction.atomic
def move_action(action: ActionItem, *, actor: User, due_on: date, reason: str, seen: date | None = None) -> ActionItem:
    """Change the day by which it is to be done, with a reason that its history keeps.

    Raises DomainError when somebody else has moved it since the day was `seen`.
    """
    action = _locked_open(action, actor, can_move_action, "Its owner moves an action, or who gave it.")
    reason = _said(reason, "reason", "Say why it takes until another day.")
    if seen is not None and seen != action.due_on:
        told = f"Somebody else moved it to {figures.day(action.due_on)} meanwhile. Look again."
        raise DomainError(told, field="due_on")
    if due_on == action.due_on:
        raise DomainError(f"It is due on {figures.day(due_on)} already.", field="due_on")
    _check_day(due_on)
    before, action.due_on = action.due_on, due_on
    with _because(reason):
        action.save(update_fields=["due_on"])
    _publish("moved", actor, action, was_due_on=before.isoformat())
    return action


def _locked_open(action: ActionItem, actor: User, may: Any, refusal: str) -> ActionItem:
    locked = ActionItem.objects.select_for_update(of=["self"]).select_related("forum", "item", "owner")
    action = locked.get(pk=action.pk)
    if not may(actor, action):
        raise PermissionDenied(refusal)
    if not action.is_open:
        raise DomainError("This action is dropped already." if action.dropped_at else "This action is done already.")
    return action


def _check_under_way(forum: Forum, meeting: Meeting, item: AgendaItem | None) -> None:
    """Locks the meeting, so that nothing is given in it while its minutes are made."""
    meeting = Meeting.objects.select_for_update(of=["self"]).get(pk=meeting.pk)
    if meeting.forum_id != forum.pk:
        raise DomainError("That meeting is another forum's.", field="meeting")
    if not meeting.is_live:
        told = "Actions are given in a meeting while it is in progress. Afterwards give them on the forum's page."
        raise DomainError(told, field="meeting")
    if item is not None and item.meeting_id != meeting.pk:
        raise DomainError("That item stands on another agenda.", field="item")


def _check_owner(owner: User, item: AgendaItem | None, *, field: str = "owner") -> None:
    """Somebody who is here, is a person, may act and sees what it is about."""
    if owner.is_service_account or not owner.is_active:
        raise DomainError(f"{owner} cannot see to it. Choose an active person.", field=field)
    if item is not None and not AgendaItem.objects.visible_to(owner).filter(pk=item.pk).exists():
        raise DomainError(f"{owner} may not see what this is about. Choose somebody who does.", field=field)


def _check_day(due_on: date) -> None:
    if due_on < clock.today():
        raise DomainError("This day is past. Choose today or later.", field="due_on")


def _said(text: str, field: str, lacking: str) -> str:
    if not text.strip():
        raise DomainError(lacking, field=field)
    return text.strip()


def _because(reason: str) -> Any:
    """The reason stands in the history of the change."""
    return pghistory.context(**({"reason": reason.strip()} if reason.strip() else {}))


def _publish(done: str, actor: User, action: ActionItem, **about: Any) -> None:
    publish(f"action.{done}", actor=actor, action_item=action, forum=action.forum_id, owner=action.owner_id, **about)
