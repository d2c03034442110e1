"""The history of an initiative, with all that hangs on it."""

from aiso.audit.history import History, Told, history_of

from .models import (
    Answer,
    Attachment,
    Comment,
    Initiative,
    InitiativeJurisdiction,
    InitiativeTag,
    InitiativeTool,
    Link,
    OutcomeMetric,
    Ownership,
    StageChange,
)

RECORDED = ("recorded_by", "recorded_at")
RELATED = [
    Told(StageChange, says=lambda change: f"Stage: {change.get_stage_display()}", hide=("stage", *RECORDED)),
    Told(Ownership, says=str, hide=("kind", "person", "is_deputy")),
    Told(OutcomeMetric),
    Told(Answer, says=lambda answer: f"Answer to “{answer.question}”", hide=("question", "answered_by", "answered_at")),
    Told(InitiativeJurisdiction, hide=("jurisdiction",)),
    Told(InitiativeTool, hide=("tool",)),
    Told(InitiativeTag, hide=("tag",)),
    # What was said is told in the discussion alone, where its author can withdraw it.
    Told(Comment, says=lambda comment: f"Comment by {comment.author}", hide=("author", "text", "written_at")),
    Told(Link, hide=("name",)),
    Told(Attachment, hide=("name", "file", "uploaded_by", "uploaded_at")),
]


def history_of_initiative(initiative: Initiative, *, after: str = "") -> History:
    """Who changed what, newest first; pages of it by `after`."""
    return history_of(initiative, RELATED, after=after)
