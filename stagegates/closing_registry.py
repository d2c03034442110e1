"""What ended initiatives add to the apps below, and what they listen to. Called when the app is ready."""

from aiso.audit.history import Told
from aiso.events.outbox import subscribe
from aiso.events.reminders import register_reminders
from aiso.web.navigation import Entry, register_entry
from aiso.web.work import register_work
from portfolio.demo import register_teller
from portfolio.history import register_history
from portfolio.lessons import register_lessons
from portfolio.panels import Panel, register_panel

from . import decision_tasks
from .closing_messages import CLOSING_MESSAGES
from .closing_panel import closing_panel
from .closing_work import things_due, things_waiting
from .demo.closings import tell_of_closings
from .lessons import lessons_learnt
from .models import Closure, DecommissioningTask

CLOSINGS = Entry(
    "Lessons",
    "archive",
    "stagegates:closing_list",
    section="portfolio",
    order=38,
    also=("/decommissioning/",),
    about="Why initiatives were closed, what was learnt, and what can be used again.",
)
TOLD = (
    Told(Closure, says=lambda closure: f"Closed: {closure.get_reason_display()}", hide=("reason", "decision")),
    Told(
        DecommissioningTask, says=lambda task: f"To decommission: {task}", hide=("what", "code", "closure", "done_at")
    ),
)


def register_closings() -> None:
    register_entry(CLOSINGS)
    register_panel(Panel("closing", "main", closing_panel, order=5))
    register_lessons(lessons_learnt)
    register_work("decommissioning", things_waiting)
    register_reminders("decommissioning", things_due)
    register_history(*TOLD)
    for name in CLOSING_MESSAGES:
        subscribe(name, decision_tasks.tell_of_decision)
    register_teller(tell_of_closings)
