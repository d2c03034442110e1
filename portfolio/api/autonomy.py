"""What sets the level of a decision beside its tests, how the decision went, and who accepted the map."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from django.db import models, transaction
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso import clock
from aiso.api.operations import Body, answers, answers_page
from aiso.api.problems import Refusal
from aiso.api.shapes import Person, named
from aiso.web.keyset import AS_MADE

from ..actions.accept_map import accept_map
from ..actions.choose_level import ENDING, agree_to_level, choose_level, end_level, may_end
from ..actions.record_readings import record_reading
from ..actions.step_down import answer_step_down
from ..autonomy_map import MapStanding, standing_of
from ..lane_facts import calibrated
from ..levels import chosen_of, lacking
from ..models import (
    AutonomyAcceptance,
    AutonomyLevel,
    DecisionClass,
    DecisionReading,
    Initiative,
    LevelChoice,
    StepDown,
)
from ..models.autonomy import MOST_READ, LevelChoiceQuerySet
from ..permissions import can_answer_step_down, can_edit, roles_of
from .below import BelowInitiative
from .decisions import REFUSAL


class BelowDecision(BelowInitiative):
    """A noun whose methods take `initiative` and `decision`, the ids of what it belongs to."""

    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    def decision(self) -> DecisionClass:
        """The decision of the address; 404 for one that is not there or not to be seen."""
        decisions = self.initiative().decision_classes.select_related("initiative")
        found: DecisionClass = get_object_or_404(decisions, pk=self.kwargs["decision"])
        return found

    @contextmanager
    def held_of_decision[M: models.Model](
        self, rows: models.QuerySet[M], pk: int, draw: Callable[[M], Any]
    ) -> Iterator[M]:
        """One of the `rows` of the decision; its initiative is locked first, as actions do."""
        decision = self.decision()
        with transaction.atomic():
            Initiative.objects.select_for_update().get(pk=decision.initiative_id)
            with self.held(rows.filter(decision_class=decision), pk, draw) as thing:
                yield thing

    def decision_to_edit(self) -> DecisionClass:
        decision = self.decision()
        if not can_edit(self.person, decision.initiative):
            raise Refusal("forbidden", REFUSAL)
        return decision


class ReadingShape(TypedDict):
    """How a decision went in a period."""

    id: int
    first_day: date
    last_day: Annotated[date, "Included."]
    volume: Annotated[int, "How many it decided or proposed."]
    overrides: Annotated[int, "How many of them people decided otherwise."]
    errors: Annotated[int, "How many of them turned out wrong."]
    override_rate: Annotated[Decimal | None, "A share, 0 to 1; null where nothing was decided."]
    error_rate: Annotated[Decimal | None, "A share, 0 to 1; null where nothing was decided."]
    recorded_by: Person | None
    recorded_at: datetime
    superseded_at: Annotated[datetime | None, "When a correction took its place."]


class ReadingFacts(Body):
    first_day = serializers.DateField()
    last_day = serializers.DateField(help_text="Included; not after today.")
    volume = serializers.IntegerField(min_value=0, max_value=MOST_READ)
    overrides = serializers.IntegerField(min_value=0, max_value=MOST_READ, help_text="At most the volume.")
    errors = serializers.IntegerField(min_value=0, max_value=MOST_READ, help_text="At most the volume.")  # type: ignore[assignment]


class Readings(BelowDecision):
    tag = "Decisions it makes"

    @answers_page(ReadingShape)
    def list(self, request: Request, initiative: int, decision: int) -> Response:
        """The readings as recorded, those among them that a correction superseded."""
        return self.page(self.decision().readings.select_related("recorded_by"), AS_MADE, reading_drawn)

    @answers(ReadingShape)
    def retrieve(self, request: Request, initiative: int, decision: int, id: int) -> Response:
        """One reading."""
        return self.answer(reading_drawn(get_object_or_404(self.decision().readings, pk=id)))

    @answers(ReadingShape, status=201, takes=ReadingFacts)
    def create(self, request: Request, initiative: int, decision: int) -> Response:
        """Record a reading; the same days once more correct it. For its owners and the office.

        A rate above its threshold steps the decision down one level at once.
        """
        reading = record_reading(self.decision_to_edit(), actor=self.person, **self.sent)
        return self.answer(reading_drawn(reading), status=201, location=self.address_of(reading.pk))


class LevelShape(TypedDict):
    """A level chosen in place of the calibrated one."""

    id: int
    level: Annotated[str, AutonomyLevel]
    because: str
    evidence: str
    until: Annotated[date | None, "The last day it holds."]
    body: Annotated[str, "The body that must agree to it, by its slug; empty where none must."]
    lacks: Annotated[list[str], "What it still needs before it holds."]
    chosen_by: Person | None
    chosen_at: datetime
    risk_agreed_by: Person | None
    legal_agreed_by: Person | None
    body_agreed_by: Annotated[Person | None, "Who gave the word of the body."]
    agreed_at: Annotated[datetime | None, "Since when it is in force; null: it waits."]
    ended_at: datetime | None
    ended_because: str


class LevelFacts(Body):
    level = serializers.ChoiceField(AutonomyLevel.choices)
    because = serializers.CharField(max_length=500, required=False, allow_blank=True)
    evidence = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, help_text="For a level bolder than the tests say."
    )
    until = serializers.DateField(
        required=False, allow_null=True, help_text="Needed over a blocking test or a regulated decision."
    )


class Ending(Body):
    because = serializers.CharField(max_length=200, help_text="Why it no longer holds.")


class Levels(BelowDecision):
    tag = "Decisions it makes"

    @answers_page(LevelShape)
    def list(self, request: Request, initiative: int, decision: int) -> Response:
        """The levels chosen, also those that ended."""
        return self.page(self._all(), AS_MADE, level_drawn)

    @answers(LevelShape)
    def retrieve(self, request: Request, initiative: int, decision: int, id: int) -> Response:
        """One of them."""
        return self.answer(level_drawn(get_object_or_404(self._all(), pk=id)))

    @answers(LevelShape, status=201, takes=LevelFacts)
    def create(self, request: Request, initiative: int, decision: int) -> Response:
        """Choose a level. For its owners and the office.

        A more cautious one holds at once; a bolder one waits for the risk owner, at times for legal and a body too.
        """
        choice = choose_level(self.decision_to_edit(), actor=self.person, **self.sent)
        return self.answer(level_drawn(choice), status=201, location=self.address_of(choice.pk))

    @action(detail=True, methods=["post"])
    @answers(LevelShape)
    def agree(self, request: Request, initiative: int, decision: int, id: int) -> Response:
        """Consent to a bolder level. For its risk owner, legal, and the chair of its body; never for programs."""
        with self._held(id) as choice:
            return self.answer(level_drawn(agree_to_level(choice, actor=self.person)))

    @action(detail=True, methods=["post"])
    @answers(LevelShape, takes=Ending)
    def end(self, request: Request, initiative: int, decision: int, id: int) -> Response:
        """Take a chosen level back, or refuse what waits. For its owners, the office, and whoever consents."""
        found = self._all().filter(pk=id).select_related("initiative").first()
        is_able = may_end(self.person, found) if found else can_edit(self.person, self.decision().initiative)
        if not is_able:
            raise Refusal("forbidden", ENDING)
        with self._held(id) as choice:
            return self.answer(level_drawn(end_level(choice, actor=self.person, **self.sent)))

    def _all(self) -> LevelChoiceQuerySet:
        people = ("chosen_by", "risk_agreed_by", "legal_agreed_by", "body_agreed_by")
        found: LevelChoiceQuerySet = self.decision().choices.select_related("decision_class", *people)
        return found

    def _held(self, pk: int) -> AbstractContextManager[LevelChoice]:
        return self.held_of_decision(LevelChoice.objects.all(), pk, level_drawn)


class StepShape(TypedDict):
    """A decision that went down one level at once."""

    id: int
    from_level: Annotated[str, AutonomyLevel]
    to_level: Annotated[str, AutonomyLevel]
    because: str
    reading: Annotated[int | None, "The reading that led to it."]
    stepped_at: datetime
    answer: Annotated[str | None, "Null: nobody confirmed or lifted it yet.", StepDown.Answer]
    reason: str
    answered_by: Person | None
    answered_at: datetime | None


class AnswerFacts(Body):
    answer = serializers.ChoiceField(StepDown.Answer.choices)
    reason = serializers.CharField(max_length=500)


class StepsDown(BelowDecision):
    tag = "Decisions it makes"

    @answers_page(StepShape)
    def list(self, request: Request, initiative: int, decision: int) -> Response:
        """When it stepped down, and what came of it."""
        return self.page(self.decision().step_downs.select_related("answered_by"), AS_MADE, step_drawn)

    @answers(StepShape)
    def retrieve(self, request: Request, initiative: int, decision: int, id: int) -> Response:
        """One of them."""
        return self.answer(step_drawn(get_object_or_404(self.decision().step_downs, pk=id)))

    @action(detail=True, methods=["post"], url_path="answer")
    @answers(StepShape, takes=AnswerFacts)
    def answer_it(self, request: Request, initiative: int, decision: int, id: int) -> Response:
        """Confirm it, or lift it, with a reason. For its risk owner and the office; never for programs."""
        found = self.decision()
        if not can_answer_step_down(self.person, found.initiative):
            raise Refusal("forbidden", "Its risk owner and the office confirm or lift a step down.")
        with self.held_of_decision(StepDown.objects.all(), id, step_drawn) as step:
            return self.answer(step_drawn(answer_step_down(step, actor=self.person, **self.sent)))


class AcceptanceShape(TypedDict):
    """An owner's word that the map is right."""

    role: Annotated[str, AutonomyAcceptance.Role]
    person: Person | None
    is_deputy: bool
    accepted_at: datetime


class MapShape(TypedDict):
    """The map of levels, and who accepted it."""

    is_accepted: Annotated[bool, "Both owners accepted it as it is now."]
    accepted_at: Annotated[datetime | None, "When the second of them did."]
    fingerprint: Annotated[str, "SHA-256 of the decisions and their levels; send it to accept what you read."]
    decisions: int
    business: AcceptanceShape | None
    risk: AcceptanceShape | None
    changes: Annotated[list[str], "What changed since it was accepted, in sentences."]


class AcceptanceFacts(Body):
    role = serializers.ChoiceField(AutonomyAcceptance.Role.choices)
    fingerprint = serializers.CharField(max_length=64, required=False, help_text="Of the map that you read.")


class AutonomyMap(BelowInitiative):
    tag = "Decisions it makes"

    @answers(MapShape)
    def list(self, request: Request, initiative: int) -> Response:
        """Who accepted its levels, and what changed since."""
        return self.answer(map_drawn(standing_of(self.initiative())))

    @action(detail=False, methods=["post"])
    @answers(MapShape, takes=AcceptanceFacts)
    def accept(self, request: Request, initiative: int) -> Response:
        """Accept the map. For its business owner and its risk owner, two people, or deputies; not for programs."""
        if not {*AutonomyAcceptance.Role.values} & roles_of(self.person, self.initiative()):
            raise Refusal("forbidden", "Its business owner and its risk owner, or their deputies, accept the map.")
        with self.held_initiative(_map_of) as subject:
            accept_map(subject, actor=self.person, **self.sent)
            return self.answer(_map_of(subject))


def reading_drawn(reading: DecisionReading) -> ReadingShape:
    return {
        "id": reading.pk,
        "first_day": reading.first_day,
        "last_day": reading.last_day,
        "volume": reading.volume,
        "overrides": reading.overrides,
        "errors": reading.errors,
        "override_rate": _share(reading.override_rate),
        "error_rate": _share(reading.error_rate),
        "recorded_by": named(reading.recorded_by),
        "recorded_at": reading.recorded_at,
        "superseded_at": reading.superseded_at,
    }


def level_drawn(choice: LevelChoice) -> LevelShape:
    autonomy = calibrated(choice.decision_class)
    is_over = choice.ended_at is not None
    return {
        "id": choice.pk,
        "level": choice.level,
        "because": choice.because,
        "evidence": choice.evidence,
        "until": choice.until,
        "body": choice.body,
        "lacks": [] if is_over else [*lacking(chosen_of(choice), autonomy, clock.today())],
        "chosen_by": named(choice.chosen_by),
        "chosen_at": choice.chosen_at,
        "risk_agreed_by": named(choice.risk_agreed_by),
        "legal_agreed_by": named(choice.legal_agreed_by),
        "body_agreed_by": named(choice.body_agreed_by),
        "agreed_at": choice.agreed_at,
        "ended_at": choice.ended_at,
        "ended_because": choice.ended_because,
    }


def step_drawn(step: StepDown) -> StepShape:
    return {
        "id": step.pk,
        "from_level": step.from_level,
        "to_level": step.to_level,
        "because": step.because,
        "reading": step.reading_id,
        "stepped_at": step.stepped_at,
        "answer": step.answer or None,
        "reason": step.reason,
        "answered_by": named(step.answered_by),
        "answered_at": step.answered_at,
    }


def map_drawn(standing: MapStanding) -> MapShape:
    return {
        "is_accepted": standing.is_accepted,
        "accepted_at": standing.accepted_at,
        "fingerprint": standing.fingerprint,
        "decisions": standing.decisions,
        "business": _acceptance(standing.business),
        "risk": _acceptance(standing.risk),
        "changes": [*standing.changes],
    }


def _map_of(initiative: Initiative) -> MapShape:
    return map_drawn(standing_of(initiative))


def _acceptance(given: AutonomyAcceptance | None) -> AcceptanceShape | None:
    if given is None:
        return None
    return {
        "role": given.role,
        "person": named(given.person),
        "is_deputy": given.is_deputy,
        "accepted_at": given.accepted_at,
    }


def _share(rate: Decimal | None) -> Decimal | None:
    """To four places, as a share is read."""
    return None if rate is None else rate.quantize(Decimal("0.0001"))
