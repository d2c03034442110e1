"""Scheduling the looks at systems in use, and recording them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures
from portfolio.actions.whole_register import for_all
from portfolio.models import Initiative
from portfolio.models.initiative import InitiativeQuerySet
from portfolio.models.stage import IN_PRODUCTION

from ..duties import Rulebook, rulebook_in_force
from ..matrix import AskedBy
from ..models import MonitoringTask
from ..permissions import can_record_monitoring
from ..situations import COLUMNS, situation_from, with_situation

NOT_IN_USE = "It is not in production any more."
NOT_ASKED = "No rule asks for monitoring any more."
MERGED = "It was merged into another initiative."
# The fields that the rules set.
FOLLOWING = ("due_on", "months", "rule", "rule_name", "version")


@transaction.atomic
def record_monitoring(task: MonitoringTask, *, actor: User, finding: str, note: str = "") -> MonitoringTask:
    """Record a look, and schedule the next one. What is not as expected must be told.

    Raises PermissionDenied for all but its owners, their deputies and the office; DomainError when it was recorded
    before, fell away, or lacks what was found.
    """
    initiative = Initiative.objects.select_for_update(no_key=True).get(pk=task.initiative_id)
    if not can_record_monitoring(actor, initiative):
        raise PermissionDenied("Its owners, their deputies and the office record its monitoring.")
    task = MonitoringTask.objects.select_for_update().get(pk=task.pk)
    if not task.is_open:
        raise DomainError("This look was recorded before, or is not asked for any more.")
    if finding not in MonitoringTask.Finding.values:
        raise DomainError("Say what you found.", field="finding")
    if finding != MonitoringTask.Finding.AS_EXPECTED and not note.strip():
        raise DomainError("Say what is not as expected, and what is done about it.", field="note")
    task.finding, task.note, task.done_by, task.done_at = finding, note.strip(), actor, clock.now()
    task.save(update_fields=["finding", "note", "done_by", "done_at"])
    publish("monitoring.recorded", actor=actor, initiative=initiative, task=task, finding=finding)
    _schedule(Initiative.objects.filter(pk=initiative.pk), rulebook_in_force())
    return task


def schedule_monitoring() -> None:
    """Let every initiative in production have the one look due that the matrix in force asks for, and no other any.

    Safe to repeat: it changes what differs.
    """
    book = rulebook_in_force()
    for_all(lambda after, to: _schedule(Initiative.objects.filter(pk__gt=after, pk__lte=to), book))


def drop_looks(merged: Initiative, *, at: datetime) -> None:
    """Let what is due of a merged initiative fall away. The caller holds it."""
    MonitoringTask.objects.open().filter(initiative=merged).update(dropped_at=at, dropped_because=MERGED)


def reopen_looks(merged: Initiative, *, dropped_at: datetime) -> None:
    """Let what fell away with a merge be due again, once that is undone. The caller holds the initiative."""
    dropped = MonitoringTask.objects.filter(initiative=merged, dropped_at=dropped_at, dropped_because=MERGED)
    dropped.update(dropped_at=None, dropped_because="")


def move_looks_back(ids: Sequence[int], survivor: Initiative, merged: Initiative) -> None:
    """What was looked at meanwhile stays with the one whose owners looked."""
    MonitoringTask.objects.open().filter(pk__in=ids, initiative=survivor).update(initiative=merged)


def _schedule(rows: InitiativeQuerySet, book: Rulebook) -> None:
    open_tasks = {task.initiative_id: task for task in MonitoringTask.objects.open().filter(initiative__in=rows)}
    asked = dict(_cadences(rows, book))
    _drop([task for pk, task in open_tasks.items() if pk not in asked])
    _move([(task, *asked[pk]) for pk, task in open_tasks.items() if pk in asked], book)
    _add([pk for pk in asked if pk not in open_tasks], asked, book)


def _cadences(rows: InitiativeQuerySet, book: Rulebook) -> Iterable[tuple[int, tuple[int, AskedBy]]]:
    """Of those in production that any rule wants looked at: how many months apart, and which rule asks."""
    running = with_situation(rows.on_register().in_production()).order_by()
    for pk, stage, *row in running.values_list("pk", "stage", *COLUMNS):
        for item, (by, *_) in book.items(situation_from(row), stage).items():
            if item.what == "monitoring":
                yield pk, (int(item.key), by)


def _drop(tasks: list[MonitoringTask]) -> None:
    running = Initiative.objects.filter(pk__in=[task.initiative_id for task in tasks], stage__in=IN_PRODUCTION)
    still = {*running.on_register().values_list("pk", flat=True)}
    for task in tasks:
        task.dropped_at = clock.now()
        task.dropped_because = NOT_ASKED if task.initiative_id in still else NOT_IN_USE
    MonitoringTask.objects.bulk_update(tasks, ["dropped_at", "dropped_because"])


def _move(asked: list[tuple[MonitoringTask, int, AskedBy]], book: Rulebook) -> None:
    """Open looks follow the rules: a rhythm that became faster makes a look due today at the earliest."""
    changed = []
    for task, months, by in asked:
        if (task.months, task.rule) == (months, by.code):
            continue
        if task.months != months:
            task.due_on = max(clock.months_later(task.counted_from, months), clock.today())
        task.months, task.rule, task.rule_name, task.version = months, by.code, by.name, book.matrix.version
        changed.append(task)
    MonitoringTask.objects.bulk_update(changed, FOLLOWING)


def _add(wanted: list[int], asked: dict[int, tuple[int, AskedBy]], book: Rulebook) -> None:
    """The first look counts from when it went into production or was first asked for; others from the one before."""
    done = MonitoringTask.objects.done().filter(initiative__in=wanted).order_by("done_at")
    last = {task.initiative_id: task.done_at for task in done}
    since = dict(Initiative.objects.filter(pk__in=wanted).values_list("pk", "stage_since"))
    tasks = []
    for pk in wanted:
        months, by = asked[pk]
        begun = max(since[pk] or clock.today(), book.matrix.version.effective_from or clock.today())
        looked_at = last.get(pk)
        start = figures.local_date(looked_at) if looked_at else begun
        due = max(clock.months_later(start, months), clock.today())
        told = {"months": months, "rule": by.code, "rule_name": by.name, "version": book.matrix.version}
        tasks.append(MonitoringTask(initiative_id=pk, counted_from=start, due_on=due, **told))
    MonitoringTask.objects.bulk_create(tasks)
