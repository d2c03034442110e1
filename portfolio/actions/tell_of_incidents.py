"""Whom an incident was escalated to, and what people were told of it."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..incident_log import Kind, check_goes_on, hold_incident, line_given, moment_given, record, words_given
from ..incident_permissions import WHO_KEEPS_TEMPLATES, can_keep_templates
from ..incident_words import check_fields, filled_in
from ..incidents import seen_initiatives, sees_all
from ..models import EscalationStep, Incident, IncidentMessage, Initiative, MessageTemplate
from .keep_tools import change_kept

# People that one message goes to.
MOST_TOLD = 200


@transaction.atomic
def add_escalation(
    incident: Incident, *, actor: User, person: User | None = None, function: str = ""
) -> EscalationStep:
    """Add a person or a function at the end of the path."""
    incident = hold_incident(incident, actor)
    check_goes_on(incident)
    if person is None and not function.strip():
        raise DomainError("Name a person or a function.", field="person")
    if person is not None:
        _check_sees(person, incident)
    last = incident.escalation.aggregate(last=Max("position"))["last"] or 0
    step = incident.escalation.create(position=last + 1, person=person, function=function.strip()[:200])
    publish("incident.escalation_planned", actor=actor, incident=incident, step=step)
    return step


@transaction.atomic
def remove_escalation(step: EscalationStep, *, actor: User) -> None:
    """Take somebody off the path who was not told."""
    incident = hold_incident(step.incident, actor)
    check_goes_on(incident)
    step = incident.escalation.get(pk=step.pk)
    if step.told_at:
        raise DomainError("They were told already; that stays.")
    publish("incident.escalation_removed", actor=actor, incident=incident, step=step)
    step.delete()


@transaction.atomic
def escalate(step: EscalationStep, *, actor: User, at: datetime | None = None) -> EscalationStep:
    """Note that somebody on the path was told, and tell them, where it is a person."""
    incident = hold_incident(step.incident, actor)
    check_goes_on(incident)
    step = incident.escalation.select_for_update(of=["self"]).select_related("person").get(pk=step.pk)
    if step.told_at:
        raise DomainError("They were told already.")
    step.told_at, step.told_by = moment_given(incident, at), actor
    step.save(update_fields=["told_at", "told_by"])
    record(incident, Kind.ESCALATED, actor=actor, text=str(step), at=step.told_at)
    publish("incident.escalated", actor=actor, incident=incident, step=step)
    return step


@transaction.atomic
def send_message(
    incident: Incident,
    *,
    actor: User,
    subject: str,
    body: str,
    recipients: Iterable[User],
    template: MessageTemplate | None = None,
    key: str = "",
) -> IncidentMessage:
    """Tell people of an incident, and keep what they were told. Fields in braces are filled in. `key` names the
    message, so that sending it twice tells once.

    It may name the initiatives that the actor sees. Raises DomainError for recipients who see one of them not.
    """
    incident = hold_incident(incident, actor)
    subject = line_given(subject, "subject", "Give it a subject.")
    body = words_given(body, "body", "Say what people should know.")
    check_fields(subject, "subject")
    check_fields(body, "body")
    people = sorted({*recipients}, key=lambda each: each.pk)
    named = [*seen_initiatives(incident, actor)]
    # Names that are filled in may be long, or hold what no subject does.
    subject = " ".join(filled_in(subject, incident, named).split())[:200]
    body = filled_in(body, incident, named)
    if earlier := _sent_before(incident, actor, key, (subject, body, {*people})):
        return earlier
    _check_recipients(people, named)
    message = incident.messages.create(
        template=template.name if template else "",
        subject=subject,
        body=body,
        sent_by=actor,
        key=key,
    )
    message.recipients.set(people)
    message.initiatives.set(named)
    # The subject may name initiatives, which not everybody sees who sees the incident.
    record(incident, Kind.TOLD, actor=actor, text=_names(people), message=message)
    publish("incident.told", actor=actor, incident=incident, message=message)
    return message


def _sent_before(incident: Incident, actor: User, key: str, said: tuple[str, str, set[User]]) -> IncidentMessage | None:
    """The message of this key. Raises DomainError where it says something else, or to others."""
    earlier = incident.messages.filter(sent_by=actor, key=key).first() if key else None
    if earlier and (earlier.subject, earlier.body, {*earlier.recipients.all()}) != said:
        raise DomainError("This page was sent already. Open it anew to tell something else.")
    return earlier


@transaction.atomic
def add_template(*, actor: User, name: str, subject: str, body: str) -> MessageTemplate:
    """Add a template. Raises DomainError for a field that there is not."""
    _may_keep(actor)
    subject = line_given(subject, "subject", "Give it a subject.")
    check_fields(subject, "subject")
    check_fields(body, "body")
    template = MessageTemplate(name=name, subject=subject, body=body)
    template.full_clean()
    template.save()
    publish("message_template.added", actor=actor, template=template)
    return template


@transaction.atomic
def edit_template(
    template: MessageTemplate, *, actor: User, seen: "dict[str, object] | None" = None, **fields: object
) -> MessageTemplate:
    """Change a template, retire it or bring it back. What was sent stays as it was sent."""
    _may_keep(actor)
    if "subject" in fields:
        fields["subject"] = line_given(str(fields["subject"]), "subject", "Give it a subject.")
    for name in ("subject", "body"):
        if name in fields:
            check_fields(str(fields[name]), name)
    return change_kept(template, actor, "message_template.edited", seen, fields)


def _may_keep(actor: User) -> None:
    if not can_keep_templates(actor):
        raise PermissionDenied(WHO_KEEPS_TEMPLATES)


def _check_sees(person: User, incident: Incident) -> None:
    if person.is_service_account or not person.is_active:
        raise DomainError(f"{person} cannot be told. Choose an active person.", field="person")
    if not Incident.objects.visible_to(person).filter(pk=incident.pk).exists():
        raise DomainError(f"{person} may not see this incident. Choose somebody who does.", field="person")


def _check_recipients(people: list[User], named: list[Initiative]) -> None:
    if not people:
        raise DomainError("Choose who is told.", field="recipients")
    if len(people) > MOST_TOLD:
        raise DomainError(f"One message goes to {MOST_TOLD} people at most.", field="recipients")
    if gone := [each for each in people if each.is_service_account or not each.is_active]:
        raise DomainError(f"{_names(gone)} cannot be told. Choose active people.", field="recipients")
    if blind := [each for each in people if not sees_all(each, named)]:
        told = f"{_names(blind)} may not see every initiative that it concerns, and the message may name them."
        raise DomainError(told, field="recipients")


def _names(people: Iterable[User]) -> str:
    return ", ".join(str(each) for each in people)
