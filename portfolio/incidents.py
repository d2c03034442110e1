"""What incidents ask of whom: My work, the navigation, reminders and escalations, and who is told of what happens."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from aiso import clock
from aiso.accounts.models import User
from aiso.events.models import Event, Notification
from aiso.events.reminders import Due
from aiso.events.telling import Message
from aiso.web import figures
from aiso.web.work import WorkItem
from aiso.workdays import due_after

from .incident_clocks import end_of
from .models import EscalationStep, Incident, IncidentAction, IncidentMessage, IncidentShare, Initiative, Ownership

# Rows of one kind in My work at most.
MOST = 100
# Working days before the day of a step or an action on which people are reminded.
REMIND_DAYS = 1
Kind = Notification.Kind


def incidents_of(person: User) -> Iterator[WorkItem]:
    """My work: unfinished incidents that a person supports or owns an initiative of, and actions. Two queries."""
    own = Incident.objects.unfinished().of_person(person).visible_to(person)
    for incident in own.order_by("due_at", "pk")[:MOST]:
        due = incident.due
        assert due is not None
        yield WorkItem(
            what=f"{incident.get_severity_display()} incident: {incident}",
            url=incident.get_absolute_url(),
            verb=incident.next_step,
            icon="alert-triangle",
            note=f"until {figures.moment(due)}" if isinstance(due, datetime) else "",
            since=figures.local_date(incident.detected_at),
            due=figures.local_date(due),
        )
    actions = IncidentAction.objects.open().filter(owner=person).visible_to(person).select_related("incident")
    for action in actions.order_by("due_on", "pk")[:MOST]:
        yield WorkItem(
            what=action.text,
            url=address_of_action(action),
            verb="Finish",
            note=f"after {action.incident.reference}",
            since=figures.local_date(action.given_at),
            due=action.due_on,
        )


def incidents_open(person: User) -> int:
    """For the navigation: how many unfinished incidents a person sees to."""
    return Incident.objects.unfinished().of_person(person).visible_to(person).count()


def address_of_action(action: IncidentAction) -> str:
    return f"{action.incident.get_absolute_url()}#action-{action.pk}"


def incidents_due() -> Iterator[Due]:
    """Reminders: of a step of an incident a working day before its day; once its clock ran out, escalation."""
    soon = end_of(due_after(clock.now(), REMIND_DAYS))
    rows = Incident.objects.unfinished().filter(due_at__lte=soon).select_related("support_owner")
    found = [*rows.order_by("due_at", "pk")]
    concerned = _owners_by_incident(found)
    for incident in found:
        is_late, due = incident.is_overdue, incident.due
        assert due is not None
        when = figures.moment(due) if isinstance(due, datetime) else figures.day(due)
        told = f"was to be {_done(incident)} by {when}" if is_late else f"is to be {_done(incident)} by {when}"
        support = [incident.support_owner]
        yield Due(
            key=f"{incident.pk}:{incident.state}:{incident.due_at:%Y%m%d%H%M}:{incident.support_owner_id}",
            step="late" if is_late else "before",
            people=[*support, *concerned.get(incident.pk, [])] if is_late else support,
            text=f"{incident} {told}",
            path=incident.get_absolute_url(),
            kind=Kind.ESCALATION if is_late else Kind.REMINDER,
            about={"incident": incident.pk},
        )
    yield from _actions_due()


def _actions_due() -> Iterator[Due]:
    """Its owner a working day before; once it is late, whoever gave it, and the support owner, too."""
    soon = due_after(clock.now(), REMIND_DAYS)
    rows = IncidentAction.objects.open().filter(due_on__lte=soon)
    for action in rows.select_related("owner", "given_by", "incident__support_owner").order_by("due_on", "pk"):
        is_late = action.is_late
        told = f"late since {figures.day(action.due_on)}" if is_late else f"due {figures.day(action.due_on)}"
        also = [action.given_by, action.incident.support_owner] if is_late else []
        yield Due(
            key=f"action:{action.pk}:{action.due_on}:{action.owner_id}",
            step="late" if is_late else "before",
            people=[action.owner, *also],
            text=f"After {action.incident.reference}, {told}: {action.text}",
            path=address_of_action(action),
            kind=Kind.ESCALATION if is_late else Kind.REMINDER,
            about={"incident": action.incident_id},
        )


def _done(incident: Incident) -> str:
    return {"open": "contained", "contained": "resolved", "resolved": "reviewed"}[incident.state]


def _owners_by_incident(incidents: list[Incident]) -> dict[int, list[User]]:
    """The three owners of all initiatives of each. One query."""
    owners = ("business_owner", "technical_owner", "risk_owner")
    rows = IncidentShare.objects.filter(incident__in=[each.pk for each in incidents])
    found: dict[int, list[User]] = {}
    for share in rows.select_related(*(f"initiative__{each}" for each in owners)):
        people = (getattr(share.initiative, each) for each in owners)
        found.setdefault(share.incident_id, []).extend(each for each in people if each)
    return found


def seen_initiatives(incident: Incident, person: User) -> "QuerySet[Initiative]":
    """Its initiatives that a person sees, the leading one first."""
    rows = Initiative.objects.visible_to(person).filter(incident_shares__incident=incident).defer("search")
    return rows.order_by("-incident_shares__is_lead", "incident_shares__pk")


def sees_all(person: User, initiatives: Sequence[Initiative]) -> bool:
    """Whether a person sees every one of some initiatives. One query."""
    keys = {each.pk for each in initiatives}
    return Initiative.objects.visible_to(person).filter(pk__in=keys).count() == len(keys)


def may_be_told(incident: Incident, sender: User) -> list[User]:
    """Whom a message usually goes to: support, whoever reported, the path up, and owners and deputies of initiatives
    that the sender sees. Of these, who sees all that the message may name.
    """
    named = [*seen_initiatives(incident, sender)]
    path = incident.escalation.exclude(person=None).values_list("person", flat=True)
    people = {incident.support_owner_id, incident.reported_by_id, *path}
    people |= {*Ownership.objects.current().filter(initiative__in=named).values_list("person", flat=True)}
    found = User.objects.active().people().filter(pk__in=people).order_by("name", "pk")
    return [each for each in found if sees_all(each, named)]


def owners_of(incident: Incident) -> list[User]:
    """All owners and deputies of its initiatives."""
    current = Ownership.objects.current().filter(initiative__incident_shares__incident=incident)
    return [*User.objects.filter(pk__in=current.values("person")).order_by("name", "pk")]


def message_of_incident(event: Event) -> Message | None:
    """Whom an event of an incident concerns, and what they are told."""
    found = Incident.objects.select_related("support_owner").filter(pk=event.payload["incident"]).first()
    if found is None:
        return None
    about, path = {"incident": found.pk}, found.get_absolute_url()
    if event.name in ("incident.told", "incident.escalated", "incident.action_given"):
        return _directed(event, found)
    if event.name == "incident.changed" and "support_owner" not in event.payload["fields"]:
        return None
    if event.name == "incident.changed":
        return Message([found.support_owner], f"{found} is yours to support", path, Kind.REQUEST, about)
    if event.name == "incident.joined":
        current = Ownership.objects.current().filter(initiative__in=event.payload["initiatives"])
        joined = User.objects.filter(pk__in=current.values("person"))
        return Message(joined, f"{found} concerns your initiative, too", path, Kind.REQUEST, about)
    people = [found.support_owner, *owners_of(found)]
    severity, state = found.get_severity_display(), found.get_state_display().lower()
    told = {
        "incident.reported": f"{severity} incident reported: {found}",
        "incident.severity_changed": f"{found} is {severity.lower()} now",
        "incident.reopened": f"{found} is open again",
    }
    text = told.get(event.name, f"{found} is {state}")
    asks = event.name in told
    kind = Kind.ESCALATION if asks and found.is_severe else Kind.REQUEST if asks else Kind.NEWS
    return Message(people, text, path, kind, about)


def _directed(event: Event, incident: Incident) -> Message | None:
    """What is said to chosen people."""
    about, path = {"incident": incident.pk}, incident.get_absolute_url()
    if event.name == "incident.told":
        message = IncidentMessage.objects.filter(pk=event.payload["message"]).first()
        if message is None:
            return None
        return Message([*message.recipients.all()], message.subject, f"{path}#message-{message.pk}", Kind.NEWS, about)
    if event.name == "incident.escalated":
        step = EscalationStep.objects.select_related("person").filter(pk=event.payload["step"]).first()
        people = [step.person] if step and step.person else []
        return Message(people, f"Escalated to you: {incident}", path, Kind.ESCALATION, about)
    action = IncidentAction.objects.select_related("owner", "incident").filter(pk=event.payload["action"]).first()
    if action is None:
        return None
    text = f"Yours to do after {incident.reference}: {action.text}"
    return Message([action.owner], text, address_of_action(action), Kind.REQUEST, about)


def incident_counts(viewer: User) -> dict[str, int]:
    """For the tabs, as far as the viewer may see. One query."""
    visible = Incident.objects.visible_to(viewer)
    mine = Q(pk__in=Incident.objects.unfinished().of_person(viewer).values("pk"))
    found: dict[str, int] = visible.aggregate(
        open=Count("pk", filter=Q(state__in=("open", "contained"))),
        review=Count("pk", filter=Q(state="resolved")),
        overdue=Count("pk", filter=Q(due_at__lte=clock.now())),
        mine=Count("pk", filter=mine),
        closed=Count("pk", filter=Q(state="reviewed")),
    )
    return found


def usual_day() -> date:
    """The day by which an action given now is to be done, by the office calendar."""
    return due_after(clock.now(), 10)
