"""The shapes of incidents in answers, and what draws them."""

from datetime import date, datetime
from typing import Annotated, TypedDict

from aiso.api.shapes import Named, Person, named

from ..models import (
    Asset,
    EscalationStep,
    Incident,
    IncidentAction,
    IncidentMessage,
    IncidentReview,
    IncidentShare,
    MessageTemplate,
    Severity,
    TimelineEntry,
)
from .shapes import REFERENCE

INCIDENT = "Its reference, e.g. INC-0042."


class IncidentShape(TypedDict):
    """Something that went wrong with one initiative or several. Its state and severity change by deeds."""

    id: int
    reference: Annotated[str, INCIDENT]
    title: str
    severity: Annotated[str, Severity]
    state: Annotated[str, Incident.State]
    what_happened: str
    happened_at: datetime
    detected_at: datetime
    detection: Annotated[str, Incident.Detection]
    detected_by: Annotated[str, "Who or what detected it."]
    initiatives: Annotated[list[str], "References of those that you see, the leading one first."]
    asset: Named | None
    support_owner: Person
    reported_by: Person
    reported_at: datetime
    contain_by: datetime
    resolve_on: Annotated[date, "The last day for resolving it."]
    review_on: Annotated[date | None, "The last day for the review; null until it is resolved."]
    due_at: Annotated[datetime | None, "When the clock of its state runs out; null once reviewed."]
    is_overdue: bool
    contained_at: datetime | None
    resolved_at: datetime | None
    reviewed_at: datetime | None
    rolled_back_at: datetime | None
    rollback: Annotated[str, "What was rolled back, and to what."]


class ConcernedDecisionShape(TypedDict):
    """A decision class that an incident concerns."""

    decision: Named
    stepped_down_to: Annotated[str | None, "The level that it was stepped down to, if it was."]


class ShareShape(TypedDict):
    """One initiative that an incident concerns."""

    id: int
    initiative: Annotated[str, REFERENCE]
    is_lead: bool
    what: Annotated[str, "What happened there."]
    decisions: list[ConcernedDecisionShape]


class TimelineShape(TypedDict):
    """Something that happened in the course of an incident. It never changes."""

    id: int
    kind: Annotated[str, TimelineEntry.Kind]
    happened_at: datetime
    text: str
    initiative: Annotated[str | None, "Where it tells of this one alone."]
    recorded_by: Named | None
    recorded_at: datetime


class EscalationShape(TypedDict):
    """A person or function on the way up."""

    id: int
    position: int
    person: Named | None
    function: str
    told_at: datetime | None
    told_by: Named | None


class MessageShape(TypedDict):
    """What was sent to whom."""

    id: int
    template: Annotated[str, "The name of the template that it was made from."]
    subject: str
    body: str
    recipients: list[Person]
    sent_by: Person
    sent_at: datetime


class ReviewOfIncidentShape(TypedDict):
    """What is learnt from an incident."""

    what_failed: str
    why_late: Annotated[str, "Why detection was late."]
    control: Annotated[str, "Which control to add."]
    written_by: Named | None
    written_at: datetime | None
    concluded_by: Named | None
    concluded_at: datetime | None


class IncidentActionShape(TypedDict):
    """Something that follows from an incident, given to one person."""

    id: int
    text: str
    owner: Person
    due_on: date
    is_late: bool
    given_at: datetime
    done_at: datetime | None
    result: str
    dropped_at: datetime | None
    dropped_because: str


class AssetShape(TypedDict):
    """A part of a system that can fail by itself."""

    id: int
    name: str
    kind: Annotated[str, Asset.Kind]
    description: str
    tool: Named | None
    supplier: Named | None
    is_active: bool
    initiatives: Annotated[list[str], "References of those that use it and that you see."]


class MessageTemplateShape(TypedDict):
    """What people are told, with fields in braces."""

    id: int
    name: str
    subject: str
    body: str
    is_active: bool


def drawn_incident(incident: Incident) -> IncidentShape:
    shares: list[IncidentShare] = incident.seen_shares  # type: ignore[attr-defined]
    return {
        "id": incident.pk,
        "reference": incident.reference,
        "title": incident.title,
        "severity": incident.severity,
        "state": incident.state,
        "what_happened": incident.what_happened,
        "happened_at": incident.happened_at,
        "detected_at": incident.detected_at,
        "detection": incident.detection,
        "detected_by": incident.detected_by,
        "initiatives": [each.initiative.reference for each in shares],
        "asset": named(incident.asset),
        "support_owner": {"id": incident.support_owner_id, "name": str(incident.support_owner)},
        "reported_by": {"id": incident.reported_by_id, "name": str(incident.reported_by)},
        "reported_at": incident.reported_at,
        "contain_by": incident.contain_by,
        "resolve_on": incident.resolve_on,
        "review_on": incident.review_on,
        "due_at": incident.due_at,
        "is_overdue": incident.is_overdue,
        "contained_at": incident.contained_at,
        "resolved_at": incident.resolved_at,
        "reviewed_at": incident.reviewed_at,
        "rolled_back_at": incident.rolled_back_at,
        "rollback": incident.rollback,
    }


def drawn_share(share: IncidentShare) -> ShareShape:
    """`share.incident` has its decisions fetched."""
    decisions = [
        each for each in share.incident.decisions.all() if each.decision_class.initiative_id == share.initiative_id
    ]
    return {
        "id": share.pk,
        "initiative": share.initiative.reference,
        "is_lead": share.is_lead,
        "what": share.what,
        "decisions": [
            {
                "decision": {"id": each.decision_class_id, "name": str(each.decision_class)},
                "stepped_down_to": each.step.to_level if each.step else None,
            }
            for each in decisions
        ],
    }


def drawn_entry(entry: TimelineEntry) -> TimelineShape:
    return {
        "id": entry.pk,
        "kind": entry.kind,
        "happened_at": entry.happened_at,
        "text": entry.text,
        "initiative": entry.initiative.reference if entry.initiative else None,
        "recorded_by": named(entry.recorded_by),
        "recorded_at": entry.recorded_at,
    }


def drawn_step(step: EscalationStep) -> EscalationShape:
    return {
        "id": step.pk,
        "position": step.position,
        "person": named(step.person),
        "function": step.function,
        "told_at": step.told_at,
        "told_by": named(step.told_by),
    }


def drawn_message(message: IncidentMessage) -> MessageShape:
    return {
        "id": message.pk,
        "template": message.template,
        "subject": message.subject,
        "body": message.body,
        "recipients": [{"id": each.pk, "name": str(each)} for each in message.recipients.all()],
        "sent_by": {"id": message.sent_by_id, "name": str(message.sent_by)},
        "sent_at": message.sent_at,
    }


def drawn_review(review: IncidentReview | None) -> ReviewOfIncidentShape:
    return {
        "what_failed": review.what_failed if review else "",
        "why_late": review.why_late if review else "",
        "control": review.control if review else "",
        "written_by": named(review.written_by) if review else None,
        "written_at": review.written_at if review else None,
        "concluded_by": named(review.concluded_by) if review else None,
        "concluded_at": review.concluded_at if review else None,
    }


def drawn_action(action: IncidentAction) -> IncidentActionShape:
    return {
        "id": action.pk,
        "text": action.text,
        "owner": {"id": action.owner_id, "name": str(action.owner)},
        "due_on": action.due_on,
        "is_late": action.is_late,
        "given_at": action.given_at,
        "done_at": action.done_at,
        "result": action.result,
        "dropped_at": action.dropped_at,
        "dropped_because": action.dropped_because,
    }


def drawn_template(template: MessageTemplate) -> MessageTemplateShape:
    return {
        "id": template.pk,
        "name": template.name,
        "subject": template.subject,
        "body": template.body,
        "is_active": template.is_active,
    }
