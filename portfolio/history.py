"""The history of an initiative, with all that hangs on it."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils.text import capfirst

from aiso.audit.history import Entry, History, Told, history_of

from .actions.edit_initiative import AMOUNTS
from .models import (
    Answer,
    Attachment,
    AutonomyAcceptance,
    Barrier,
    Comment,
    DecisionClass,
    DecisionReading,
    Initiative,
    InitiativeJurisdiction,
    InitiativeTag,
    InitiativeTool,
    LevelChoice,
    Link,
    OutcomeMetric,
    Ownership,
    Plan,
    Release,
    Risk,
    RiskAcceptance,
    RiskAcceptanceEnd,
    StageChange,
    StepDown,
)


def _about(text: str) -> Callable[[Any], str]:
    """Names a row by the decision it is about, which may have been removed since."""

    def says(row: Any) -> str:
        known = row._state.fields_cache.get("decision_class")
        return f"{text} of {known or 'a decision that was removed'}"

    return says


RECORDED = ("recorded_by", "recorded_at")
RELATED = [
    Told(StageChange, says=lambda change: f"Stage: {change.get_stage_display()}", hide=("stage", *RECORDED)),
    Told(Ownership, says=str, hide=("kind", "person", "is_deputy", "recorded_at", "end_recorded_at")),
    Told(OutcomeMetric),
    # Its amounts are money and stand in its versions.
    Told(Plan, hide=("number", "written_by", "written_at", "changed_at")),
    # Choices and steps are told by themselves.
    Told(DecisionClass, hide=("chosen_level", "chosen_until", "steps_down")),
    Told(
        LevelChoice,
        says=_about("Chosen level"),
        hide=("decision_class", "chosen_by", "chosen_at", "risk_agreed_at", "legal_agreed_at"),
    ),
    Told(StepDown, says=_about("Step down"), hide=("decision_class", "reading", "stepped_at", "answered_at")),
    Told(DecisionReading, says=_about("Reading"), hide=("decision_class", "supersedes", *RECORDED)),
    Told(AutonomyAcceptance, hide=("role", "accepted_at")),
    Told(Barrier, hide=("raised_by", "raised_at", "lifted_by")),
    Told(Risk, hide=("acceptance", "raised_by", "raised_at", "status_by", "status_at", "assessed_by")),
    Told(RiskAcceptance, says=str, hide=("risk", "accepted_by", "accepted_at")),
    Told(RiskAcceptanceEnd, says=str, hide=("risk", "acceptance", "ended_by", "ended_at")),
    Told(Release, hide=("recorded_by", "recorded_at", "released_by")),
    Told(
        Answer,
        says=lambda answer: f"Answer to “{answer.question}”",
        hide=("question", "answered_by", "answered_at", "is_carried"),
        # Carried over to other questions, the answer is the same.
        unless=Q(pgh_label="insert", is_carried=True),
    ),
    Told(InitiativeJurisdiction, hide=("jurisdiction",)),
    Told(InitiativeTool, hide=("tool",)),
    Told(InitiativeTag, hide=("tag",)),
    # What was said is told in the discussion alone, where its author can withdraw it.
    Told(Comment, says=lambda comment: f"Comment by {comment.author}", hide=("author", "text", "written_at")),
    Told(Link, hide=("name",)),
    Told(Attachment, hide=("name", "file", "uploaded_by", "uploaded_at")),
]


# Rows that are money as a whole, told to those alone who see the initiative's money.
MONEY: list[Told] = []


def register_history(*told: Told, is_money: bool = False) -> None:
    """Let rows of later apps stand in the history; called in AppConfig.ready()."""
    (MONEY if is_money else RELATED).extend(told)


def history_of_initiative(initiative: Initiative, *, sees_money: bool = False, after: str = "") -> History:
    """Who changed what, newest first; pages of it by `after`. Money is left out unless the reader may see it."""
    if not sees_money:
        return history_of(initiative, RELATED, hide=AMOUNTS, after=after)
    return history_of(initiative, [*RELATED, *MONEY], after=after)


def who_changed(initiative: Initiative, field: str) -> Entry | None:
    """Who changed a field last, and when, as far as the newest page of history tells it. No value is told."""
    label = capfirst(str(Initiative._meta.get_field(field).verbose_name))  # type: ignore[union-attr]
    for entry in history_of_initiative(initiative, sees_money=True).entries:
        for line in entry.lines:
            # Owners and entries of sets are lines of their own, told in the singular.
            is_its_own = line.what.startswith((f"{label}: ", f"{label.removesuffix('s')}: "))
            if is_its_own or any(change.label == label for change in line.changes):
                return entry
    return None
