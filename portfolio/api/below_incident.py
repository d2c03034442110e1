"""What stands below an incident in the addresses is seen with it."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import User
from aiso.api.fields import EntriesField, IdField, person_field
from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers, answers_page
from aiso.web.keyset import AS_MADE

from ..actions.report_incidents import add_initiative, change_share
from ..actions.review_incidents import drop_action, finish_action, give_action
from ..actions.tell_of_incidents import add_escalation, escalate, remove_escalation, send_message
from ..incident_page import seen_messages
from ..models import Incident, IncidentShare, MessageTemplate, TimelineEntry
from .incident_shapes import (
    EscalationShape,
    IncidentActionShape,
    MessageShape,
    ShareShape,
    TimelineShape,
    drawn_action,
    drawn_entry,
    drawn_message,
    drawn_share,
    drawn_step,
)
from .incidents import DecisionsField, IncidentReason, InitiativeByReference, long_text

# Where such nouns stand.
INCIDENT = "incidents/<incident:incident>"


class Joined(Body):
    initiative = InitiativeByReference(help_text="Its reference.")
    what = long_text(required=False, allow_blank=True, help_text="What happened there.")
    decisions = DecisionsField(required=False, help_text="Of this initiative.")


class ShareChanges(Body):
    what = long_text(allow_blank=True, help_text="What happened there.")
    decisions = DecisionsField(required=False, help_text="More that it concerns.")


class NewEscalation(Body):
    person = person_field(required=False, allow_null=True)
    function = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ToldAt(Body):
    at = serializers.DateTimeField(required=False, allow_null=True, help_text="Now unless told.")


class NewMessage(Body):
    template = IdField(
        MessageTemplate.objects.active(),
        required=False,
        allow_null=True,
        help_text="What it is made from: its subject and text, unless given.",
    )
    subject = serializers.CharField(max_length=200, required=False)
    body = long_text(required=False)
    recipients = EntriesField(User.objects.people(), help_text="Ids of people.")


class NewIncidentAction(Body):
    text = serializers.CharField(max_length=500)
    owner = person_field()
    due_on = serializers.DateField()


class ActionResult(Body):
    result = long_text()


class BelowIncident(Noun):
    """A noun whose methods take `incident`, the id of the one it belongs to."""

    tag = "Incidents"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    def incident(self) -> Incident:
        """The incident of the address; 404 for one that the person may not see."""
        found: Incident = get_object_or_404(Incident.objects.visible_to(self.person), pk=self.kwargs["incident"])
        return found


class SharesOfIncident(BelowIncident):
    lookup_url_kwarg = "initiative"
    lookup_value_converter = "reference"

    @answers_page(ShareShape)
    def list(self, request: Request, incident: int) -> Response:
        """The initiatives that it concerns, as far as you see them."""
        return self.page(self._rows(), AS_MADE, drawn_share)

    @answers(ShareShape, status=201, takes=Joined)
    def create(self, request: Request, incident: int) -> Response:
        """Say that it concerns another initiative. For those who handle it and may report on that initiative."""
        share = add_initiative(self.incident(), actor=self.person, **self.sent)
        location = f"{request.path}{share.initiative.reference}/"
        return self.answer(drawn_share(self._rows().get(pk=share.pk)), status=201, location=location)

    @answers(ShareShape, takes=ShareChanges)
    def partial_update(self, request: Request, incident: int, initiative: int) -> Response:
        """Say what happened there, and which decision classes it concerns."""
        share = get_object_or_404(self._rows(), initiative=initiative)
        sent = {"what": share.what} | self.sent
        change_share(share, actor=self.person, **sent)
        return self.answer(drawn_share(self._rows().get(pk=share.pk)))

    def _rows(self) -> Any:
        rows = IncidentShare.objects.visible_to(self.person).filter(incident=self.incident())
        classes = ("incident__decisions__decision_class", "incident__decisions__step")
        return rows.select_related("incident", "initiative").prefetch_related(*classes)


class TimelineOfIncident(BelowIncident):
    @answers_page(TimelineShape)
    def list(self, request: Request, incident: int) -> Response:
        """What happened in its course, as it was recorded."""
        rows = TimelineEntry.objects.visible_to(self.person).filter(incident=self.incident())
        return self.page(rows.select_related("initiative", "recorded_by"), AS_MADE, drawn_entry)


class EscalationOfIncident(BelowIncident):
    @answers_page(EscalationShape)
    def list(self, request: Request, incident: int) -> Response:
        """Whom it goes up to, in order."""
        return self.page(self._rows(), AS_MADE, drawn_step)

    @answers(EscalationShape, status=201, takes=NewEscalation)
    def create(self, request: Request, incident: int) -> Response:
        """Add a person or a function at its end. For those who handle it."""
        step = add_escalation(self.incident(), actor=self.person, **self.sent)
        return self.answer(drawn_step(step), status=201)

    @answers(None, status=204)
    def destroy(self, request: Request, incident: int, id: int) -> Response:
        """Take somebody off who was not told. For those who handle it."""
        remove_escalation(get_object_or_404(self._rows(), pk=id), actor=self.person)
        return Response(status=204)

    @action(detail=True, methods=["post"])
    @answers(EscalationShape, takes=ToldAt)
    def told(self, request: Request, incident: int, id: int) -> Response:
        """Note that they were told, and tell them. For those who handle it."""
        return self.answer(drawn_step(escalate(get_object_or_404(self._rows(), pk=id), actor=self.person, **self.sent)))

    def _rows(self) -> Any:
        return self.incident().escalation.select_related("incident", "person", "told_by")


class MessagesOfIncident(BelowIncident):
    @answers_page(MessageShape)
    def list(self, request: Request, incident: int) -> Response:
        """What people were told, except what may name an initiative that you do not see."""
        rows = seen_messages(self.person, self.incident())
        return self.page(rows.select_related("sent_by").prefetch_related("recipients"), AS_MADE, drawn_message)

    @answers(MessageShape, status=201, takes=NewMessage)
    def create(self, request: Request, incident: int) -> Response:
        """Tell people. Fields in braces are filled in. For those who handle it."""
        sent = dict(self.sent)
        if template := sent.get("template"):
            sent = {"subject": template.subject, "body": template.body} | sent
        if missing := [name for name in ("subject", "body") if name not in sent]:
            raise serializers.ValidationError({name: ["Give it, or a template."] for name in missing})
        return self.answer(drawn_message(send_message(self.incident(), actor=self.person, **sent)), status=201)


class ActionsOfIncident(BelowIncident):
    @answers_page(IncidentActionShape)
    def list(self, request: Request, incident: int) -> Response:
        """What follows from it."""
        return self.page(self._rows(), AS_MADE, drawn_action)

    @answers(IncidentActionShape, status=201, takes=NewIncidentAction)
    def create(self, request: Request, incident: int) -> Response:
        """Give somebody something to do. For those who handle it."""
        return self.answer(drawn_action(give_action(self.incident(), actor=self.person, **self.sent)), status=201)

    @action(detail=True, methods=["post"])
    @answers(IncidentActionShape, takes=ActionResult)
    def done(self, request: Request, incident: int, id: int) -> Response:
        """Say what was done. For its owner and those who handle the incident."""
        found = get_object_or_404(self._rows(), pk=id)
        return self.answer(drawn_action(finish_action(found, actor=self.person, **self.sent)))

    @action(detail=True, methods=["post"])
    @answers(IncidentActionShape, takes=IncidentReason)
    def drop(self, request: Request, incident: int, id: int) -> Response:
        """Say why it is not needed any more. For its owner and those who handle the incident."""
        found = get_object_or_404(self._rows(), pk=id)
        return self.answer(drawn_action(drop_action(found, actor=self.person, **self.sent)))

    def _rows(self) -> Any:
        return self.incident().actions.select_related("incident", "owner")
