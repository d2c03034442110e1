"""What may happen to initiatives, for one person: what waits for them, of what they are told, and where it stands."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from aiso.events.models import Event, Notification
from aiso.events.reminders import Due
from aiso.events.telling import Message
from aiso.web import figures
from aiso.web.work import WorkItem

from .models import Risk
from .models.register_risk import EXPIRES_SOON, RiskAcceptance

# Days before the day a risk is to be treated by on which its owner is reminded, and finds it in My work.
DUE_SOON = 7
# Rows of My work.
MOST = 100


def address_of(risk: Risk) -> str:
    return reverse("portfolio:risk_detail", args=[risk.initiative.reference, risk.pk])


def risks_of(person: User) -> Iterator[WorkItem]:
    """My work: what a person has to treat within a week, and acceptances that end. Two queries."""
    visible = Risk.objects.visible_to(person).open().select_related("initiative", "acceptance")
    soon = clock.days_ahead(DUE_SOON)
    own = visible.to_treat().filter(owner=person, due_on__lte=soon)
    for risk in own.order_by("due_on", "pk")[:MOST]:
        yield _item(risk, f"Risk: {risk.title}", "Treat", risk.get_treatment_display(), risk.due_on)
    theirs = visible.with_acceptance().filter(Q(owner=person) | Q(acceptance__accepted_by=person))
    ending = theirs.filter(acceptance__until__lte=clock.days_ahead(EXPIRES_SOON))
    for risk in ending.order_by("acceptance__until", "pk")[:MOST]:
        assert risk.acceptance is not None  # the query asked for it
        told = "ended" if risk.acceptance.is_expired else "ends"
        until = risk.acceptance.until
        yield _item(risk, f"Acceptance {told}: {risk.title}", "Renew or treat", "", until)


def _item(risk: Risk, what: str, verb: str, note: str, due: date) -> WorkItem:
    return WorkItem(
        what=what,
        url=address_of(risk),
        verb=verb,
        icon="alert-triangle",
        note=note,
        initiative=str(risk.initiative),
        initiative_url=risk.initiative.get_absolute_url(),
        since=figures.local_date(risk.raised_at),
        due=due,
    )


def risks_to_treat(person: User) -> int:
    """For the navigation: how many open risks a person owns."""
    return Risk.objects.visible_to(person).to_treat().filter(owner=person).count()


def risks_due() -> Iterator[Due]:
    """Reminders: to its owner a week before the day and once it is late; then to whoever raised it, too."""
    rows = Risk.objects.to_treat().filter(due_on__lte=clock.days_ahead(DUE_SOON))
    for risk in rows.select_related("owner", "raised_by", "initiative", "acceptance").order_by("due_on", "pk"):
        late = risk.is_late
        told = f"late since {figures.day(risk.due_on)}" if late else f"due {figures.day(risk.due_on)}"
        yield Due(
            key=f"{risk.pk}:{risk.due_on}:{risk.owner_id}",
            step="late" if late else "before",
            people=[risk.owner, risk.raised_by] if late else [risk.owner],
            text=f"Risk of {risk.initiative.reference} {told}: {risk.title}",
            path=address_of(risk),
            kind=Notification.Kind.ESCALATION if late else Notification.Kind.REMINDER,
            about={"initiative": risk.initiative_id},
        )


def acceptances_ending() -> Iterator[Due]:
    """Reminders: to the risk's owner, whoever accepted it and the initiative's risk owner, 14 days before an acceptance
    ends and once it ended.
    """
    rows = Risk.objects.open().with_acceptance().filter(acceptance__until__lte=clock.days_ahead(EXPIRES_SOON))
    related = ("owner", "initiative__risk_owner", "acceptance__accepted_by")
    for risk in rows.select_related(*related).order_by("acceptance__until", "pk"):
        held = risk.acceptance
        assert held is not None  # the query asked for it
        people = [risk.owner, held.accepted_by, *filter(None, [risk.initiative.risk_owner])]
        yield Due(
            key=f"{held.pk}:{risk.owner_id}",
            step="ended" if held.is_expired else "before",
            people=people,
            text=_ending(risk, held),
            path=address_of(risk),
            kind=Notification.Kind.ESCALATION if held.is_expired else Notification.Kind.REMINDER,
            about={"initiative": risk.initiative_id},
        )


def _ending(risk: Risk, held: RiskAcceptance) -> str:
    day, what = figures.day(held.until), f"{risk.initiative.reference}: {risk.title}"
    if held.is_expired:
        return f"Risk no longer accepted since {figures.day(held.until + timedelta(days=1))} on {what}"
    return f"Acceptance of a risk ends {day} on {what}"


TOLD = {
    "risk.raised": "Yours to treat",
    "risk.changed": "Yours to treat",
    "risk.reopened": "Yours to treat again",
    "risk.accepted": "Accepted",
    "risk.acceptance_withdrawn": "No longer accepted",
    "risk.acceptance_voided": "No longer accepted, the score is higher",
}


def message_of_risk(event: Event) -> Message | None:
    """Whom an event of a risk concerns: its owner, and whoever accepted what is accepted no longer."""
    rows = Risk.objects.select_related("owner", "initiative").filter(pk=event.payload["risk"])
    risk = rows.first()
    if risk is None or (event.name == "risk.changed" and "owner" not in event.payload["fields"]):
        return None
    people = [risk.owner]
    if gave := event.payload.get("accepted_by"):
        people += User.objects.filter(pk=gave)
    news = event.name in ("risk.accepted", "risk.acceptance_withdrawn")
    kind = Notification.Kind.NEWS if news else Notification.Kind.REQUEST
    text = f"{TOLD[event.name]} on {risk.initiative.reference}: {risk.title}"
    return Message(people, text, address_of(risk), kind, {"initiative": risk.initiative_id})
