"""What follows from meetings in the apps below, and what it listens to. Called when the app is ready."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from aiso.accounts.models import User
from aiso.events.outbox import subscribe
from aiso.events.reminders import register_reminders
from aiso.events.sight import register_sight
from aiso.web.navigation import Entry, register_entry
from aiso.web.work import register_work
from portfolio.demo import register_teller
from portfolio.panels import Panel, register_panel

from . import after_tasks
from .action_work import actions_due, actions_of, actions_panel, addenda_of
from .after_messages import MESSAGES
from .demo_minutes import tell_of_minutes
from .models import ActionItem

ACTIONS = Entry(
    "Actions",
    "checkbox",
    "forums:action_list",
    section="forums",
    order=15,
    about="Who promised what in which meeting, and until when.",
)


def register_after() -> None:
    register_entry(ACTIONS)
    register_work("actions", actions_of)
    register_work("addenda", addenda_of)
    register_reminders("actions", actions_due)
    register_sight("action_item", _seen)
    register_panel(Panel("actions", "main", actions_panel, order=58))
    register_teller(tell_of_minutes)
    for name in MESSAGES:
        subscribe(name, after_tasks.tell_what_follows)


def _seen(person: User, pks: Collection[int]) -> QuerySet[Any]:
    return ActionItem.objects.visible_to(person).filter(pk__in=pks)
