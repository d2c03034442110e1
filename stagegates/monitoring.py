"""Looks at systems in use: what the initiative page, My work, reminders and the gaps say of them."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q, Subquery
from django.template.loader import render_to_string
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.history import Told
from aiso.events.reminders import Due
from aiso.web import figures
from aiso.web.work import WorkItem
from portfolio.gaps import Gap
from portfolio.models import Initiative
from portfolio.page import InitiativePage

from .models import MonitoringTask
from .permissions import can_record_monitoring

# Days before a look is due from which it waits for its owners.
AHEAD = 14
# Rows for one person at most, and looks that the page shows.
MOST, SHOWN = 100, 6
# Of the open look, when it is due, and which: expressions on an initiative.
OPEN = MonitoringTask.objects.open().filter(initiative=OuterRef("pk"))
NEXT_DUE, NEXT_TASK = Subquery(OPEN.values("due_on")[:1]), Subquery(OPEN.values("pk")[:1])
HAS_LOOKS = Exists(MonitoringTask.objects.filter(initiative=OuterRef("pk"), dropped_at=None))
HISTORY = Told(MonitoringTask, hide=("rule", "counted_from", "done_by", "done_at", "dropped_at"))


def monitoring_panel(page: InitiativePage) -> str:
    """The look that is due and those that were made; nothing where none was ever asked for, without a query."""
    if not page.initiative.has_looks:  # type: ignore[attr-defined]
        return ""
    tasks = page.initiative.monitoring_tasks.filter(dropped_at=None)
    shown = [*tasks.select_related("done_by", "version").order_by("-due_on", "-pk")[:SHOWN]]
    context = {
        "initiative": page.initiative,
        "open": next((task for task in shown if task.is_open), None),
        "done": [task for task in shown if not task.is_open],
        "may_record": can_record_monitoring(page.person, page.initiative),
    }
    return render_to_string("stagegates/_monitoring.html", context)


def late_monitoring(initiative: Initiative) -> Iterator[Gap]:
    """The gap of a look that is late; reads what is registered beside it."""
    day: date | None = initiative.monitoring_due  # type: ignore[attr-defined]
    if day and day < clock.today():
        task: int = initiative.monitoring_task  # type: ignore[attr-defined]
        url = reverse("stagegates:monitoring_record", args=[initiative.reference, task])
        why = f"was due on {figures.day(day)}; does it still do what it should?"
        yield Gap("Monitoring", why, "Record", url, "activity")


def monitoring_of(person: User) -> Iterator[WorkItem]:
    """A row for each look that the technical owner or the risk owner is to make within two weeks, or is late with."""
    owned = Q(initiative__technical_owner=person) | Q(initiative__risk_owner=person)
    soon = clock.days_ahead(AHEAD)
    tasks = MonitoringTask.objects.visible_to(person).open().filter(owned, due_on__lte=soon)
    for task in tasks.select_related("initiative").defer("initiative__search").order_by("due_on")[:MOST]:
        yield WorkItem(
            "Look at how it works in use",
            reverse("stagegates:monitoring_record", args=[task.initiative.reference, task.pk]),
            "Record",
            icon="activity",
            note=f"asked by “{task.rule_name}”",
            initiative=str(task.initiative),
            initiative_url=task.initiative.get_absolute_url(),
            due=task.due_on,
        )


def monitoring_reminders() -> Iterable[Due]:
    """A week before a look is due, and once it is late: its technical owner and its risk owner."""
    tasks = MonitoringTask.objects.open().filter(due_on__lte=clock.days_ahead(7))
    owners = ("initiative__technical_owner", "initiative__risk_owner")
    for task in tasks.select_related("initiative", *owners).defer("initiative__search"):
        people = {each for each in (task.initiative.technical_owner, task.initiative.risk_owner) if each}
        name = task.initiative.reference
        text = f"Monitoring of {name} is due on {figures.day(task.due_on)}"
        yield Due(
            key=f"{task.pk}:{task.due_on}",
            step="late" if task.is_late else "a week before",
            people=people,
            text=f"Monitoring of {name} is late: it was due on {figures.day(task.due_on)}" if task.is_late else text,
            path=reverse("stagegates:monitoring_record", args=[name, task.pk]),
            about={"initiative": task.initiative_id},
        )
