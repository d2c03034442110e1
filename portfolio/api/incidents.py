import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import EntriesField, IdField, TextField, person_field, unit_field
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.web.keyset import LATEST_FIRST

from ..actions.handle_incidents import (
    add_note,
    contain_incident,
    judge_incident,
    record_rollback,
    reopen_incident,
    resolve_incident,
)
from ..actions.report_incidents import change_incident, report_incident
from ..actions.review_incidents import conclude_review, write_review
from ..incident_log import hold_initiatives
from ..incident_register import STATES, fetched, in_state, narrowed
from ..models import Asset, DecisionClass, Incident, IncidentReview, Initiative, Severity
from ..models.incident import IncidentQuerySet
from .incident_shapes import (
    IncidentShape,
    ReviewOfIncidentShape,
    TimelineShape,
    drawn_entry,
    drawn_incident,
    drawn_review,
)

LONG = 20_000
REFERENCE = re.compile(r"ai-([0-9]{1,9})", re.IGNORECASE)


@extend_schema_field({"type": "string", "pattern": "^[Aa][Ii]-[0-9]{1,9}$"})
class InitiativeByReference(serializers.Field[Any, str, str, Any]):
    """An initiative that the person sees, by its reference."""

    default_error_messages = {"missing": "You see no initiative with this reference; it looks like AI-0042."}

    def to_internal_value(self, data: Any) -> Any:
        named = REFERENCE.fullmatch(data.strip()) if isinstance(data, str) else None
        rows = Initiative.objects.visible_to(self.context["person"]).defer("search")
        found = rows.filter(pk=int(named[1])).first() if named else None
        if found is None:
            self.fail("missing")
        return found

    def to_representation(self, value: Initiative) -> str:
        return value.reference


class DecisionsField(EntriesField):
    """Ids of decision classes of initiatives that the person sees; any other is as if there were none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(DecisionClass.objects.all(), **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        self.rows = DecisionClass.objects.visible_to(self.context["person"])
        return super().to_internal_value(data)


def long_text(**options: Any) -> TextField:
    return TextField(max_length=LONG, **options)


class IncidentsQuery(PageQuery):
    state = serializers.ChoiceField([*STATES], required=False, help_text="Open ones unless told; `closed` is reviewed.")
    severity = serializers.ChoiceField(Severity.choices, required=False)
    support = person_field(required=False, help_text="The support owner.")
    unit = unit_field(required=False, help_text="Of initiatives in this unit and below.")
    initiative = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31, help_text="The number of its reference; then of any state."
    )
    asset = IdField(Asset.objects.all(), required=False, help_text="Then of any state.")


class IncidentFacts(Body):
    title = serializers.CharField(max_length=200)
    what_happened = long_text()
    happened_at = serializers.DateTimeField()
    detected_at = serializers.DateTimeField(required=False, help_text="Now unless told; its clocks run from then.")
    detection = serializers.ChoiceField(Incident.Detection.choices)
    detected_by = serializers.CharField(max_length=200, required=False, allow_blank=True)
    asset = IdField(Asset.objects.all(), required=False, allow_null=True)
    support_owner = person_field(help_text="Sees to it until it is closed.")


class NewIncident(IncidentFacts):
    initiative = InitiativeByReference(help_text="The one that it hit first: its reference.")
    severity = serializers.ChoiceField(Severity.choices, help_text="Severe steps the decision classes down at once.")
    decisions = DecisionsField(required=False, help_text="Of its initiative.")


class IncidentChanges(IncidentFacts):
    was = IncidentFacts(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class HowDone(Body):
    how = long_text()
    at = serializers.DateTimeField(required=False, allow_null=True, help_text="Now unless told.")


class IncidentReason(Body):
    reason = long_text()


class NewSeverity(IncidentReason):
    severity = serializers.ChoiceField(Severity.choices)


class Rollback(Body):
    what = long_text()
    at = serializers.DateTimeField(required=False, allow_null=True, help_text="Now unless told.")


class TimelineNote(Body):
    text = long_text()
    at = serializers.DateTimeField(required=False, allow_null=True, help_text="Now unless told.")


class ReviewParts(Body):
    what_failed = long_text(required=False, allow_blank=True)
    why_late = long_text(required=False, allow_blank=True)
    control = long_text(required=False, allow_blank=True)


class ReviewText(ReviewParts):
    was = ReviewParts(
        required=False, help_text="What you saw in parts that you change: one that is no longer so answers 409."
    )


class Incidents(Noun):
    tag = "Incidents"
    lookup_url_kwarg = "id"
    lookup_value_converter = "incident"

    @answers_page(IncidentShape, query=IncidentsQuery)
    def list(self, request: Request) -> Response:
        """Incidents, the newest first."""
        found = Incident.objects.visible_to(self.person)
        asked = self.asked
        if asked.get("state") or not (asked.get("initiative") or asked.get("asset")):
            found = in_state(found, asked.get("state") or "open", self.person)
        narrow = {name: asked[name] for name in ("severity", "support", "unit") if asked.get(name)}
        found = narrowed(found, self.person, **narrow)
        if initiative := asked.get("initiative"):
            seen = Initiative.objects.visible_to(self.person).filter(pk=initiative)
            found = found.filter(shares__initiative__in=seen.values("pk"))
        if asset := asked.get("asset"):
            found = found.filter(asset=asset)
        return self.page(fetched(found, self.person), LATEST_FIRST, drawn_incident)

    @answers(IncidentShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One incident."""
        return self.answer(drawn_incident(get_object_or_404(self._rows(), pk=id)))

    @answers(IncidentShape, status=201, takes=NewIncident)
    def create(self, request: Request) -> Response:
        """Report an incident. For its owners, the office, risk and security reviewers, and its support staff."""
        sent = dict(self.sent)
        incident = report_incident(sent.pop("initiative"), actor=self.person, **sent)
        location = f"{request.path}{incident.reference}/"
        return self.answer(drawn_incident(self._rows().get(pk=incident.pk)), status=201, location=location)

    @answers(IncidentShape, takes=IncidentChanges)
    def partial_update(self, request: Request, id: int) -> Response:
        """Put its facts right. For those who handle it."""
        sent = dict(self.sent)
        return self._done(id, change_incident, seen=sent.pop("was", {}), **sent)

    @action(detail=True, methods=["post"])
    @answers(IncidentShape, takes=HowDone)
    def contain(self, request: Request, id: int) -> Response:
        """Say how it was contained. For those who handle it."""
        return self._done(id, contain_incident, **self.sent)

    @action(detail=True, methods=["post"])
    @answers(IncidentShape, takes=HowDone)
    def resolve(self, request: Request, id: int) -> Response:
        """Say how it was resolved. For those who handle it."""
        return self._done(id, resolve_incident, **self.sent)

    @action(detail=True, methods=["post"])
    @answers(IncidentShape, takes=IncidentReason)
    def reopen(self, request: Request, id: int) -> Response:
        """Open it again; its clocks begin anew. For those who handle it."""
        return self._done(id, reopen_incident, **self.sent)

    @action(detail=True, methods=["post"])
    @answers(IncidentShape, takes=NewSeverity)
    def severity(self, request: Request, id: int) -> Response:
        """Change its severity. Severe steps the decision classes concerned down at once. For those who handle it."""
        return self._done(id, judge_incident, **self.sent)

    @action(detail=True, methods=["post"])
    @answers(IncidentShape, takes=Rollback)
    def rollback(self, request: Request, id: int) -> Response:
        """Say what was rolled back. For those who handle it."""
        return self._done(id, record_rollback, **self.sent)

    @action(detail=True, methods=["post"])
    @answers(TimelineShape, status=201, takes=TimelineNote, version=False)
    def note(self, request: Request, id: int) -> Response:
        """Add to the timeline. For those who handle it."""
        incident = get_object_or_404(self._rows(), pk=id)
        return Response(drawn_entry(add_note(incident, actor=self.person, **self.sent)), 201)

    @action(detail=True, methods=["get"])
    @answers(ReviewOfIncidentShape)
    def review(self, request: Request, id: int) -> Response:
        """What is learnt from it, as far as it is written."""
        return self.answer(drawn_review(self._review(get_object_or_404(self._rows(), pk=id))))

    @review.mapping.patch
    @answers(ReviewOfIncidentShape, takes=ReviewText)
    def write_review(self, request: Request, id: int) -> Response:
        """Write what is learnt. Any part may be empty until it is concluded. For those who handle it."""
        incident = get_object_or_404(self._rows(), pk=id)
        sent = dict(self.sent)
        write_review(incident, actor=self.person, seen=sent.pop("was", {}), **sent)
        return self.answer(drawn_review(self._review(incident)))

    @action(detail=True, methods=["post"])
    @answers(IncidentShape)
    def conclude(self, request: Request, id: int) -> Response:
        """Conclude its review, which closes it. No part may be empty. For those who handle it."""
        return self._done(id, conclude_review)

    def _review(self, incident: Incident) -> IncidentReview | None:
        return IncidentReview.objects.filter(incident=incident).select_related("written_by", "concluded_by").first()

    def _done(self, pk: int, deed: Callable[..., Incident], **how: Any) -> Response:
        with transaction.atomic():
            hold_initiatives(pk)
            with self.held(self._rows(), pk, drawn_incident) as incident:
                deed(incident, actor=self.person, **how)
                return self.answer(drawn_incident(self._rows().get(pk=pk)))

    def _rows(self) -> IncidentQuerySet:
        return fetched(Incident.objects.visible_to(self.person), self.person)
