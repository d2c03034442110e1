"""What decisions add to the apps below, and what they listen to. Called when the app is ready."""

from aiso.audit.history import Told
from aiso.events.outbox import subscribe
from aiso.events.reminders import register_reminders
from aiso.web.navigation import Entry, register_entry
from aiso.web.work import register_work
from portfolio.history import register_history

from . import decision_tasks as tasks
from .decision_messages import MESSAGES
from .decision_reminders import ballots_due, conditions_due, decisions_due
from .decision_work import audits_waiting, conditions_waiting, decisions_waiting, tiers_waiting, votes_waiting
from .models import Condition, Decision, TierConfirmation

DECISIONS = Entry(
    "Decisions",
    "scale",
    "stagegates:decision_list",
    section="forums",
    order=20,
    about="What was decided, by whom, and why.",
    also=("/fast-lane/", "/ballots/"),
)
CONDITIONS = Entry(
    "Conditions",
    "list-check",
    "stagegates:condition_list",
    section="forums",
    order=21,
    about="What approvals still demand, and by when.",
)
# Sums are told where the reader's right to see them is known.
HIDDEN = (
    *("review", "workflow", "body", "decided_by", "decided_at", "amount", "asked_by", "supersedes", "overrides"),
    "outcome",
)
TOLD = (
    Told(Decision, says=lambda decision: f"Decision: {decision.get_outcome_display()}", hide=HIDDEN),
    Told(Condition, says=lambda condition: f"Condition: {condition}", hide=("text", "decision", "sign_off_answer")),
    Told(
        TierConfirmation,
        says=lambda each: f"Tier confirmed: {each.get_tier_display()}",
        hide=("tier", "answers", "review", "confirmed_by"),
    ),
)


def register_decisions() -> None:
    register_entry(DECISIONS)
    register_entry(CONDITIONS)
    register_work("decisions", decisions_waiting)
    register_work("votes", votes_waiting)
    register_work("conditions", conditions_waiting)
    register_work("tiers", tiers_waiting)
    register_work("audits", audits_waiting)
    register_reminders("decisions", decisions_due)
    register_reminders("ballots", ballots_due)
    register_reminders("conditions", conditions_due)
    for name in MESSAGES:
        subscribe(name, tasks.tell_of_decision)
    register_history(*TOLD)
