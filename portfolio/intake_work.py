"""What waits for whom at the intake: rows of My work, the count in the shell, and who is told of what."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from aiso.accounts.models import BusinessUnit, User
from aiso.accounts.models.role import OFFICE
from aiso.events.models import Event, Notification
from aiso.events.telling import Message
from aiso.web import figures
from aiso.web.work import WorkItem

from .models import Intake

# Rows of one kind in My work; the others are on the intake page.
MOST = 100


def intakes_waiting(person: User) -> int:
    """For the office, the requests to triage; for everybody, one's own with an open question."""
    return Intake.objects.to_triage_by(person).count() + _to_answer(person).count()


def intakes_of(person: User) -> Iterator[WorkItem]:
    """Questions to answer, requests to triage, drafts to finish."""
    for intake in _to_answer(person)[:MOST]:
        yield _row(intake, "The office asks about", "Reply", "message-question", f"{intake.get_absolute_url()}#reply")
    for intake in Intake.objects.to_triage_by(person).order_by("submitted_at")[:MOST]:
        yield _row(intake, "Request to triage:", "Triage", "inbox", intake.get_absolute_url())
    for intake in Intake.objects.filter(requester=person, state=Intake.State.DRAFT)[:MOST]:
        yield _row(intake, "Draft to finish:", "Go on", "pencil", intake.get_absolute_url())


def message_of(event: Event) -> Message | None:
    """Whom an event of the intake concerns, and what they are told."""
    intake = Intake.objects.select_related("requester", "joined_to__business_owner", "decided_by").get(
        pk=event.payload["intake"]
    )
    name, path = f"{intake.reference} {intake.name}", intake.get_absolute_url()
    about, request = {"intake": intake.pk}, Notification.Kind.REQUEST
    if event.name == "intake.submitted":
        return Message(office_for(intake), f"New request: {name}", path, request, about)
    if event.name == "intake.replied":
        return Message(office_for(intake), f"{intake.requester} replied on {name}", path, request, about)
    if event.name == "intake.asked":
        return Message([intake.requester], f"The office asks about {name}", f"{path}#reply", request, about)
    if event.name == "intake.joined" and event.actor_id == intake.requester_id:
        return _joined_by_requester(intake)
    told = {"intake.accepted": "was accepted", "intake.declined": "was declined", "intake.joined": "was joined"}
    return Message([intake.requester], f"{name} {told[event.name]}", path, about=about) if event.name in told else None


def office_for(intake: Intake) -> QuerySet[User]:
    """The office members and leads whose reach includes the unit of a request."""
    above = BusinessUnit.objects.ancestors(intake.unit, include_self=True) if intake.unit else []
    above = [unit.pk for unit in above]
    held = Q(role_assignments__unit=None) | Q(role_assignments__unit__in=above)
    found: QuerySet[User] = User.objects.active().people().filter(held, role_assignments__role__in=OFFICE)
    return found.exclude(pk=intake.requester_id).distinct()


def _joined_by_requester(intake: Intake) -> Message | None:
    other = intake.joined_to
    if other is None or other.business_owner is None or other.business_owner_id == intake.requester_id:
        return None
    text = f"{intake.requester} wanted something like {other.reference} and joined it"
    return Message([other.business_owner], text, other.get_absolute_url(), about={"initiative": other.pk})


def _to_answer(person: User) -> QuerySet[Intake]:
    return Intake.objects.filter(requester=person, state=Intake.State.ASKED)


def _row(intake: Intake, what: str, verb: str, icon: str, url: str) -> WorkItem:
    moment = intake.submitted_at or intake.started_at
    return WorkItem(f"{what} {intake.name}", url, verb, icon=icon, since=figures.local_date(moment))
