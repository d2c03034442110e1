"""Closing an initiative: what the decision says beside its rationale, and what there is to see to afterwards."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.models import Initiative
from portfolio.permissions import sees

from ..deciding import stage_before_pause
from ..decommissioning import owner_of, things_in_force
from ..models import Closure, Decision, DecommissioningTask, LaterLesson
from ..permissions import ADDING, SETTLING_THINGS, can_add_lesson, can_settle_thing
from .ask_no_more import withdraw_requests
from .ruling import Closing


def write_closure(decision: Decision, closing: Closing) -> Closure:
    """Write down why a terminating decision ends its initiative, whose stage has not moved yet. It asks for
    nothing any more; from production there is also what to see to, each thing with an owner and a date.
    """
    initiative = decision.initiative
    closure = Closure.objects.create(
        decision=decision,
        initiative=initiative,
        reason=closing.reason,
        lessons=closing.lessons,
        reusable=closing.reusable,
        from_stage=stage_before_pause(initiative),
    )
    publish("initiative.closed", actor=decision.decided_by, initiative=initiative, closure=closure)
    withdraw_requests(decision)
    if closure.was_in_production:
        _ask_to_decommission(closure)
    return closure


def _ask_to_decommission(closure: Closure) -> None:
    initiative, decision = closure.initiative, closure.decision
    DecommissioningTask.objects.bulk_create(
        DecommissioningTask(
            closure=closure,
            initiative=initiative,
            code=thing.code,
            what=thing.what,
            owner=owner_of(thing, initiative) or decision.decided_by,
            due_on=clock.today() + timedelta(days=thing.days),
        )
        for thing in things_in_force()
    )
    publish("decommissioning.asked", actor=decision.decided_by, initiative=initiative, closure=closure)


@transaction.atomic
def add_lesson(closure: Closure, *, actor: User, text: str) -> LaterLesson:
    """Add under one's name what was learnt since. Raises PermissionDenied for all but its owners and the office, and
    DomainError for nothing said.
    """
    if not can_add_lesson(actor, closure):
        raise PermissionDenied(ADDING)
    if not text.strip():
        raise DomainError("Say what was learnt.", field="text")
    lesson = closure.later.create(text=text.strip(), added_by=actor, added_at=clock.now())
    publish("closure.lesson_added", actor=actor, initiative=closure.initiative_id, closure=closure)
    return lesson


@transaction.atomic
def settle_thing(
    task: DecommissioningTask, *, actor: User, is_needed: bool = True, note: str = ""
) -> DecommissioningTask:
    """Say that a thing is done, or not needed for a reason. It stands once it is said.

    Raises PermissionDenied for all but its owner, the owners of the initiative and the office; DomainError for one that
    is settled, and for one that is not needed without saying why.
    """
    task = _locked(task, actor)
    if not is_needed and not note.strip():
        raise DomainError("Say why it is not needed.", field="note")
    task.done_at, task.done_by, task.is_needed, task.note = clock.now(), actor, is_needed, note.strip()
    task.save(update_fields=["done_at", "done_by", "is_needed", "note"])
    publish("decommissioning.settled", actor=actor, initiative=task.initiative_id, task=task)
    if not task.closure.tasks.open().exists():
        publish("decommissioning.finished", actor=actor, initiative=task.initiative_id, closure=task.closure)
    return task


@transaction.atomic
def hand_over_thing(task: DecommissioningTask, *, actor: User, owner: User, due_on: date) -> DecommissioningTask:
    """Give a thing another owner or another date. Raises what `settle_thing` raises, and DomainError for somebody who
    is not with the company or does not see the initiative, and for a day that has passed.
    """
    task = _locked(task, actor)
    if not owner.is_active or owner.is_service_account:
        raise DomainError("Somebody who is with the company sees to it.", field="owner")
    if not sees(owner, task.initiative):
        raise DomainError(f"{owner} does not see this initiative. Choose somebody who does.", field="owner")
    if due_on < clock.today() and due_on != task.due_on:
        raise DomainError("It is due today or later.", field="due_on")
    if (task.owner_id, task.due_on) == (owner.pk, due_on):
        return task
    is_new = task.owner_id != owner.pk
    task.owner, task.due_on = owner, due_on
    task.save(update_fields=["owner", "due_on"])
    publish("decommissioning.handed_over", actor=actor, initiative=task.initiative_id, task=task, is_new=is_new)
    return task


def _locked(task: DecommissioningTask, actor: User) -> DecommissioningTask:
    """The thing as it is now, its initiative locked first as everywhere."""
    Initiative.objects.select_for_update(of=["self"], no_key=True).only("pk").get(pk=task.initiative_id)
    rows = DecommissioningTask.objects.select_for_update(of=["self"]).select_related("closure", "initiative", "owner")
    task = rows.get(pk=task.pk)
    if not can_settle_thing(actor, task):
        raise PermissionDenied(SETTLING_THINGS)
    if not task.is_open:
        raise DomainError(f"{task.done_by} settled this already.")
    return task
