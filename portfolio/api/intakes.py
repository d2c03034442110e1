from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import BusinessUnit
from aiso.api.fields import unit_field
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.problems import Refusal
from aiso.errors import DomainError
from aiso.web.keyset import LATEST_FIRST, page_of

from ..actions.intakes import (
    accept_intake,
    ask_requester,
    decline_intake,
    join_intake,
    reply_to_question,
    save_answers,
    start_intake,
    submit_intake,
    withdraw_intake,
)
from ..forms.picking import InitiativeField
from ..intake_page import likenesses_of
from ..intake_sheet import Sheet
from ..models import Intake
from ..models.intake import IntakeQuerySet
from .intake_answers import IntakeAnswers
from .intake_questions import IntakeStepsShape, steps_drawn
from .intake_shapes import (
    IntakeRowShape,
    IntakeShape,
    LikenessesShape,
    answer_of,
    drawn,
    drawn_rows,
    likeness_drawn,
)
from .shapes import REFERENCE

WITH_NAMES = ("requester", "unit", "decided_by")


class IntakesQuery(PageQuery):
    state = serializers.ChoiceField(required=False, choices=Intake.State.choices, help_text="Where it stands.")
    mine = serializers.BooleanField(default=False, help_text="Only one's own requests.")
    unit = unit_field(required=False, help_text="Those of this unit, or of one below it.")


class NewIntake(Body):
    answers = IntakeAnswers(required=False, help_text="Answers that are known already.")


class AnswerChanges(Body):
    answers = IntakeAnswers(help_text="Answers to keep; others stay as they are.")


class Reply(Body):
    text = serializers.CharField(max_length=10_000, help_text="What changed; the answers go with it.")


class Question(Body):
    text = serializers.CharField(max_length=5000, help_text="The requester changes the answers until they reply.")


class Acceptance(Body):
    rationale = serializers.CharField(max_length=5000, required=False, allow_blank=True, help_text="What comes next.")


class Refused(Body):
    rationale = serializers.CharField(max_length=5000, help_text="Why not; the requester reads it.")


@extend_schema_field({"type": "string"} | REFERENCE)
class InitiativeReference(serializers.Field[Any, Any, Any, Any]):
    """An initiative that the person may see, by its reference."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return InitiativeField(self.context["person"]).clean(data if isinstance(data, str) else "?")
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error


class Joining(Body):
    to = InitiativeReference(help_text="The initiative that serves it, too.")
    rationale = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class Intakes(Noun):
    tag = "Intake"
    rules_point_below = "/answers"
    lookup_url_kwarg = "intake"
    lookup_value_converter = "intake"

    @answers_page(IntakeRowShape, query=IntakesQuery)
    def list(self, request: Request) -> Response:
        """The requests that one may see, the latest first. A draft is its requester's alone."""
        rows = self._chosen().select_related("requester", "unit").defer("submitted_answers")
        page = page_of(rows, LATEST_FIRST, size=self.asked["page_size"], **self.place_in(LATEST_FIRST))
        return self.paged(page, drawn_rows(page.rows, self.person), rows.order_by().count)

    @answers(IntakeShape)
    def retrieve(self, request: Request, intake: int) -> Response:
        """One request: its answers, what is missing, the lane that they give, and who has it now."""
        return self.answer(self._drawn(get_object_or_404(self._visible(), pk=intake)))

    @answers(IntakeShape, status=201, takes=NewIntake)
    def create(self, request: Request) -> Response:
        """Start a draft, which nobody else sees. For all but auditors."""
        intake = start_intake(actor=self.person, **self.sent)
        return self.answer(self._drawn(intake), status=201, location=f"{request.path}{intake.reference}/")

    @answers(IntakeShape, takes=AnswerChanges)
    def partial_update(self, request: Request, intake: int) -> Response:
        """Keep answers; a draft may lack any. For its requester, while it is with them."""
        return self._done(intake, lambda it: save_answers(it, actor=self.person, answers=self.sent.get("answers", {})))

    @action(detail=False, methods=["get"])
    @answers(IntakeStepsShape)
    def questions(self, request: Request) -> Response:
        """All that is asked, step by step, with the risk questions and prohibited uses in force."""
        return self.answer({"results": steps_drawn()})

    @action(detail=True, methods=["get"])
    @answers(LikenessesShape)
    def duplicates(self, request: Request, intake: int) -> Response:
        """Initiatives that are like it, as far as one may see them."""
        found = likenesses_of(get_object_or_404(self._visible(), pk=intake), self.person)
        return self.answer({"results": [likeness_drawn(each) for each in found]})

    @action(detail=True, methods=["post"])
    @answers(IntakeShape)
    def submit(self, request: Request, intake: int) -> Response:
        """Hand a draft to the office: it becomes an initiative in stage intake. For its requester.

        What is missing is named; a prohibited use is refused.
        """
        return self._done(intake, lambda it: submit_intake(it, actor=self.person))

    @action(detail=True, methods=["post"])
    @answers(IntakeShape)
    def withdraw(self, request: Request, intake: int) -> Response:
        """Take it back before the office has decided. For its requester."""
        return self._done(intake, lambda it: withdraw_intake(it, actor=self.person))

    @action(detail=True, methods=["post"])
    @answers(IntakeShape, takes=Reply)
    def reply(self, request: Request, intake: int) -> Response:
        """Answer what the office asked, with the changed answers. For its requester."""
        return self._done(intake, lambda it: reply_to_question(it, actor=self.person, **self.sent))

    @action(detail=True, methods=["post"])
    @answers(IntakeShape, takes=Acceptance)
    def accept(self, request: Request, intake: int) -> Response:
        """Let it go on to its first gate. For the office, never on one's own request."""
        return self._done(intake, lambda it: accept_intake(it, actor=self.person, **self.sent))

    @action(detail=True, methods=["post"])
    @answers(IntakeShape, takes=Question)
    def ask(self, request: Request, intake: int) -> Response:
        """Hand it back to its requester with a question. For the office."""
        return self._done(intake, lambda it: ask_requester(it, actor=self.person, **self.sent))

    @action(detail=True, methods=["post"])
    @answers(IntakeShape, takes=Refused)
    def decline(self, request: Request, intake: int) -> Response:
        """Say no, and why: it leaves the register. For the office."""
        return self._done(intake, lambda it: decline_intake(it, actor=self.person, **self.sent))

    @action(detail=True, methods=["post"])
    @answers(IntakeShape, takes=Joining)
    def join(self, request: Request, intake: int) -> Response:
        """Let an initiative that is there serve it, too. For its requester while they write, else for the office."""
        self.rules_point_below = ""
        return self._done(intake, lambda it: join_intake(it, actor=self.person, **self.sent))

    def _done(self, pk: int, deed: Callable[[Intake], Any]) -> Response:
        with self.held(self._visible(), pk, self._drawn) as intake, _naming_all_missing(intake):
            deed(intake)
            # Whoever decided on it may see it no longer.
            after = Intake.objects.select_related(*WITH_NAMES, "initiative").get(pk=pk)
            return self.answer(self._drawn(after))

    def _visible(self) -> IntakeQuerySet:
        return Intake.objects.visible_to(self.person).select_related(*WITH_NAMES, "initiative")

    def _chosen(self) -> IntakeQuerySet:
        rows = Intake.objects.visible_to(self.person)
        if self.asked["mine"]:
            rows = rows.filter(requester=self.person)
        if state := self.asked.get("state"):
            rows = rows.filter(state=state)
        if unit := self.asked.get("unit"):
            rows = rows.filter(unit__in=BusinessUnit.objects.descendants(unit, include_self=True))
        return rows

    def _drawn(self, intake: Intake) -> IntakeShape:
        return drawn(intake, self.person)


@contextmanager
def _naming_all_missing(intake: Intake) -> Iterator[None]:
    """The action names the first answer that is missing; a script is told all."""
    try:
        yield
    except DomainError as error:
        missing = Sheet(intake.answers).missing
        if error.field not in {each.field for each in missing}:
            raise
        errors = [{"pointer": f"/answers/{answer_of(each)}", "message": each.told} for each in missing]
        raise Refusal("invalid", str(error), errors=errors) from error
