from datetime import date, datetime
from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.shapes import Named, Person, named, named_as
from aiso.web.keyset import AS_MADE
from portfolio.api.below import BelowInitiative

from ..actions.give_evidence import LONGEST_TEXT, give_evidence, withdraw_evidence
from ..models import Evidence
from ..models.evidence import EvidenceQuerySet

GIVERS = "Its owners and the office give and withdraw evidence."


class EvidenceShape(TypedDict):
    """One version of what shows that a requirement is met. What was given is never edited."""

    id: int
    code: Annotated[str, "The requirement's code."]
    version: int
    kind: Annotated[str, Evidence.Kind]
    file: Annotated[Named | None, "The file among those of the initiative."]
    link: str
    text: Annotated[str, "The answer, or a note beside file or link."]
    given_by: Person
    given_at: datetime
    expires_on: Annotated[date | None, "The last day on which it counts."]
    withdrawn_by: Person | None
    withdrawn_at: datetime | None
    withdrawn_because: str


class EvidenceQuery(PageQuery):
    code = serializers.CharField(required=False, max_length=200, help_text="For this requirement.")
    current = serializers.BooleanField(default=False, help_text="Only latest versions that were not withdrawn.")


class EvidenceFacts(Body):
    code = serializers.CharField(max_length=200, help_text="A code of `/initiatives/{reference}/checklist/`.")
    link = serializers.CharField(max_length=1000, required=False, allow_blank=True, help_text="Begins with https://.")
    text = serializers.CharField(
        max_length=LONGEST_TEXT, required=False, allow_blank=True, help_text="The answer, or a note."
    )
    expires_on = serializers.DateField(required=False, allow_null=True, help_text="At most what the requirement says.")


class EvidenceFile(Body):
    code = serializers.CharField(max_length=200, help_text="A code of `/initiatives/{reference}/checklist/`.")
    file = serializers.FileField(help_text="Up to 25 MB. Programs are refused.")
    text = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True, help_text="A note.")
    expires_on = serializers.DateField(required=False, help_text="At most what the requirement says.")


class EvidenceWithdrawal(Body):
    reason = serializers.CharField(max_length=2000)


class EvidenceOfInitiative(BelowInitiative):
    tag = "Evidence"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(EvidenceShape, query=EvidenceQuery)
    def list(self, request: Request, initiative: int) -> Response:
        """All that was given for it, with its versions."""
        rows = self._all()
        if code := self.asked.get("code"):
            rows = rows.filter(code=code)
        return self.page(rows.current() if self.asked["current"] else rows, AS_MADE, drawn)

    @answers(EvidenceShape)
    def retrieve(self, request: Request, initiative: int, id: int) -> Response:
        """One version."""
        return self.answer(drawn(get_object_or_404(self._all(), pk=id)))

    @answers(EvidenceShape, status=201, takes=EvidenceFacts)
    def create(self, request: Request, initiative: int) -> Response:
        """Give a link or an answer; files are given at `evidence-files/`. For its owners and the office."""
        evidence = give_evidence(self.initiative_to_edit(GIVERS), actor=self.person, **self.sent)
        return self.answer(drawn(evidence), status=201, location=self.address_of(evidence.pk))

    @action(detail=True, methods=["post"])
    @answers(EvidenceShape, takes=EvidenceWithdrawal)
    def withdraw(self, request: Request, initiative: int, id: int) -> Response:
        """Say why it no longer counts; it stays on record. For its owners and the office."""
        self.initiative_to_edit(GIVERS)
        withdraw_evidence(get_object_or_404(self._all(), pk=id), actor=self.person, **self.sent)
        return self.answer(drawn(self._all().get(pk=id)))

    def _all(self) -> EvidenceQuerySet:
        rows = Evidence.objects.filter(initiative=self.initiative())
        return rows.select_related("given_by", "withdrawn_by", "attachment")


class EvidenceFiles(BelowInitiative):
    tag = "Evidence"
    takes_files = frozenset({"create"})

    @answers(EvidenceShape, status=201, takes=EvidenceFile)
    def create(self, request: Request, initiative: int) -> Response:
        """Give a file. For its owners and the office."""
        evidence = give_evidence(self.initiative_to_edit(GIVERS), actor=self.person, **self.sent)
        address = f"{request.path.removesuffix('-files/')}/{evidence.pk}/"
        return self.answer(drawn(evidence), status=201, location=address)


def drawn(evidence: Evidence) -> EvidenceShape:
    file = evidence.attachment
    return {
        "id": evidence.pk,
        "code": evidence.code,
        "version": evidence.version,
        "kind": evidence.kind,
        "file": named_as(file.pk, file.name) if file else None,
        "link": evidence.link,
        "text": evidence.text,
        "given_by": {"id": evidence.given_by_id, "name": str(evidence.given_by)},
        "given_at": evidence.given_at,
        "expires_on": evidence.expires_on,
        "withdrawn_by": named(evidence.withdrawn_by),
        "withdrawn_at": evidence.withdrawn_at,
        "withdrawn_because": evidence.withdrawn_because,
    }
