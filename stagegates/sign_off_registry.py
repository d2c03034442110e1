"""What sign-offs add to the apps below, and what they listen to. Called when the app is ready."""

from aiso.audit.history import Told
from aiso.events.outbox import subscribe
from aiso.events.reminders import register_reminders
from aiso.web.navigation import Entry, register_entry
from aiso.web.work import register_work
from portfolio.history import register_history
from portfolio.models.initiative import register_insiders

from . import sign_off_tasks as tasks
from .fact_groups import register_groups
from .models import SignOffAnswer
from .permissions import can_see_functions
from .reviewers import answered_by, assigned_to, before_own_bodies, settling
from .sign_off_messages import TOLD
from .sign_off_work import questions_due, sign_offs_due, sign_offs_of, sign_offs_waiting

# Events that change what a sign-off may rest on, or who is a party. What evidence does, the actions themselves follow.
CHANGING = (
    "initiative.edited",
    "initiatives.edited",
    "initiatives.edit_undone",
    "initiative.questions_answered",
    "initiative.owner_assigned",
    "initiative.owner_assignment_undone",
    "initiative.deputy_added",
    "initiative.deputy_removed",
    "import.finished",
    "import.undone",
    "decision_class.added",
    "decision_class.edited",
    "decision_class.removed",
    "decision_class.level_chosen",
    "decision_class.level_agreed",
    "decision_class.level_ended",
    "autonomy.accepted",
    "autonomy.reopened",
    "autonomy.stepped_down",
    "autonomy.step_lifted",
    "autonomy.step_confirmed",
    "metric.added",
    "metric.edited",
    "metric.removed",
    "plan.written",
    "tool.cleared",
    "tool.edited",
    "checklist.answered",
    "checklist.completed",
    "checklist.reopened",
    "release.recorded",
    "release.changed",
    "release.criterion_added",
    "release.criterion_changed",
    "release.criterion_removed",
    "release.result_recorded",
    "release.released",
    "review.edited",
    "review.submitted",
    "sign_off.answered",
    "decision.made",
    "person.deactivated",
)
QUEUE = Entry(
    "Sign-offs",
    "certificate",
    "stagegates:sign_off_queue",
    section="work",
    order=60,
    count=sign_offs_waiting,
    about="What functions are to say of gate reviews, the oldest breach first.",
)
# Told in the history of the initiative: who said what, and when it became outdated. What was sealed has its own page.
ANSWERS = Told(
    SignOffAnswer,
    says=lambda answer: f"Sign-off: {answer.get_verdict_display().lower()}",
    hide=(
        *("sign_off", "verdict", "seal", "copy", "groups", "deviates_from"),
        *("answered_by", "answered_at", "outdated_because"),
    ),
)
FUNCTIONS = Entry(
    "Functions",
    "id-badge-2",
    "stagegates:function_list",
    section="administration",
    order=27,
    may_see=can_see_functions,
    about="Who signs off: legal, security, risk and the company’s own.",
)


def register_sign_offs() -> None:
    register_groups()
    for insiders in (assigned_to, answered_by, before_own_bodies, settling):
        register_insiders(insiders)
    register_history(ANSWERS)
    register_entry(QUEUE)
    register_entry(FUNCTIONS)
    register_work("sign-offs", sign_offs_of)
    register_reminders("sign-offs", sign_offs_due)
    register_reminders("sign-off-questions", questions_due)
    for name in TOLD:
        subscribe(name, tasks.tell_of_sign_off)
    for name in CHANGING:
        subscribe(name, tasks.follow_changes)
    for name in ("configuration.published", "configuration.took_effect"):
        subscribe(name, tasks.follow_published)
