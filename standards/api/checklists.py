from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, TypedDict

from django.http import Http404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.operations import Body, answers
from aiso.api.shapes import Person, named_as
from portfolio.api.below import BelowInitiative
from portfolio.models import Initiative

from ..actions.answer_checklist import PARTS, answer_checklist, complete_checklist
from ..models import Standard
from ..sheets import Line, Sheet, sheet_of, sheets_of
from .standards import ItemShape, item_of

STATUS = {"enum": ["open", "begun", "complete", "ending", "expired", "reopened"]}
MOST = 5000


class ChecklistRowShape(TypedDict):
    """Where one checklist of an initiative stands today."""

    standard: Annotated[str, "Its word in addresses."]
    title: str
    version: int
    status: Annotated[str, "Reopened: completed once, and an answer changed or more is asked since.", STATUS]
    asked: Annotated[int, "How many questions its risk tier is asked."]
    answered: int
    known: Annotated[int, "How many of them the system answered from what it knows."]
    minutes: Annotated[int, "What is left to do, about."]
    missing: Annotated[list[str], "Codes of the questions that lack an answer."]
    unsettled: Annotated[list[str], "Codes of the questions whose answers do not settle them."]
    changed: Annotated[list[str], "Codes of the questions answered otherwise than when it was completed."]
    completed_at: datetime | None
    completed_by: Person | None
    expires_on: Annotated[date | None, "The last day that counts; null for always."]


class GivenShape(TypedDict):
    """What is answered to one question."""

    value: Annotated[str, "As it is stored: yes, no, na, an option, a text, a figure, a day or a link; empty for none."]
    told: Annotated[str, "The same as people read it."]
    note: str
    evidence: str
    is_known: Annotated[bool, "The system knows it, and nobody said otherwise."]
    is_settled: bool
    answered_by: Person | None
    answered_at: datetime | None


class AnsweredItemShape(ItemShape):
    """A question with its answer."""

    answer: GivenShape


class ChecklistShape(ChecklistRowShape):
    """A checklist of an initiative with the questions that its risk tier is asked, and their answers."""

    items: list[AnsweredItemShape]


class ChecklistsShape(TypedDict):
    """The checklists in force."""

    results: list[ChecklistRowShape]


class Part(Body):
    value = serializers.CharField(required=False, allow_blank=True, max_length=MOST)
    note = serializers.CharField(required=False, allow_blank=True, max_length=MOST)
    evidence = serializers.CharField(required=False, allow_blank=True, max_length=MOST)


class ChecklistAnswers(Body):
    answers = serializers.DictField(
        child=Part(), help_text="By code of the question; parts that are left out stay, an empty value takes it back."
    )
    was = serializers.DictField(
        child=Part(), required=False, help_text="What you saw of them: one that is no longer so answers 409."
    )


class Checklists(BelowInitiative):
    tag = "Checklists"
    rules_point_below = "/answers"
    lookup_url_kwarg = "standard"
    lookup_value_converter = "slug"

    @answers(ChecklistsShape)
    def list(self, request: Request, initiative: int) -> Response:
        """Where each checklist in force stands."""
        sheets = sheets_of([self.initiative()], Standard.objects.checklists())
        return self.answer({"results": [_row(sheet) for sheet in sheets.values()]})

    @answers(ChecklistShape)
    def retrieve(self, request: Request, initiative: int, standard: str) -> Response:
        """One checklist with its questions and answers."""
        return self.answer(_drawn(self.initiative(), self._standard(standard)))

    @answers(ChecklistShape, takes=ChecklistAnswers)
    def partial_update(self, request: Request, initiative: int, standard: str) -> Response:
        """Answer questions; others stay as they are. For its owners, the office and the reviewers."""
        asked = self._standard(standard)
        with self.held_initiative(lambda subject: _drawn(subject, asked)) as subject:
            given, seen = _parts(self.sent.get("answers", {})), self.sent.get("was")
            was = _parts(seen) if seen is not None else None
            answer_checklist(subject, asked, actor=self.person, answers=given, seen=was)
            return self.answer(_drawn(subject, asked))

    @action(detail=True, methods=["post"])
    @answers(ChecklistShape)
    def complete(self, request: Request, initiative: int, standard: str) -> Response:
        """Vouch that it is answered. For its owners and the office."""
        asked = self._standard(standard)
        with self.held_initiative(lambda subject: _drawn(subject, asked)) as subject:
            complete_checklist(subject, asked, actor=self.person)
            return self.answer(_drawn(subject, asked))

    def _standard(self, slug: str) -> Standard:
        standard = Standard.objects.visible_to(self.person).checklists().filter(slug=slug).first()
        if standard is None:
            raise Http404("There is no such checklist in force.")
        return standard


def _parts(given: Mapping[str, Mapping[str, str]]) -> dict[tuple[str, str], str]:
    return {(code, part): parts[part] for code, parts in given.items() for part in PARTS if part in parts}


def _drawn(initiative: Initiative, standard: Standard) -> ChecklistShape:
    sheet = sheet_of(initiative, standard)
    assert sheet is not None  # only what is in force is found
    return {**_row(sheet), "items": [_item(line) for line in sheet.lines]}


def _row(sheet: Sheet) -> ChecklistRowShape:
    done = sheet.completion
    return {
        "standard": sheet.standard.slug,
        "title": sheet.standard.title,
        "version": sheet.checklist.version,
        "status": sheet.status,
        "asked": len(sheet.lines),
        "answered": sheet.answered,
        "known": sheet.known,
        "minutes": sheet.minutes,
        "missing": [line.item.code for line in sheet.missing],
        "unsettled": [line.item.code for line in sheet.unsatisfactory],
        "changed": [line.item.code for line in sheet.changed],
        "completed_at": done.completed_at if done else None,
        "completed_by": named_as(done.completed_by_id, done.completed_by.name) if done else None,
        "expires_on": done.expires_on if done else None,
    }


def _item(line: Line) -> AnsweredItemShape:
    stored = line.answer
    by = stored.answered_by if stored else None
    answer: GivenShape = {
        "value": line.value,
        "told": line.item.told(line.value),
        "note": line.note,
        "evidence": line.evidence,
        "is_known": line.is_known,
        "is_settled": bool(line.value) and line.is_satisfactory,
        "answered_by": named_as(by.pk, by.name) if by else None,
        "answered_at": stored.answered_at if stored else None,
    }
    return {**item_of(line.item), "answer": answer}
