from datetime import date, datetime
from typing import Annotated, Any, TypedDict

from django.db import transaction
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import IdField, person_field, unit_field
from aiso.api.history import HistoryQuery, HistoryShape, answer_history
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, Query, answers, answers_page
from aiso.api.shapes import Named, Person, named
from aiso.web.keyset import AS_MADE

from ..actions.accept_risks import accept_risk, withdraw_acceptance
from ..actions.keep_risks import change_risk, close_risk, raise_risk, reopen_risk, treat_risk
from ..heat_map import counts_by_place, level_of
from ..models import Bucket, Impact, Initiative, Likelihood, Risk, Stage
from ..models.register_risk import BASES, RiskQuerySet
from ..risk_appetite import risk_appetite
from ..risk_lines import acceptance_of
from ..risk_page import history_of_risk, risks_to_show
from ..risk_register import BY_SCORE, STATES, in_state, narrowed
from .below import BelowInitiative

LEVEL = {"enum": [1, 2, 3, 4, 5]}
ACCEPTANCE = {"accepted": "Accepted", "expiring": "Expiring", "expired": "Expired", "none": "Not accepted"}
CODES = {words: code for code, words in ACCEPTANCE.items()}


class RiskAcceptanceShape(TypedDict):
    """Somebody's word that what is left of a risk may stay until a day."""

    accepted_by: Person
    accepted_at: datetime
    until: Annotated[date, "The last day it holds."]
    reason: str
    residual_score: Annotated[int, "What was left when it was accepted."]
    appetite: Annotated[int, "In force when it was accepted."]


class RiskShape(TypedDict):
    """Because of a cause there may be an event, which leads to an effect."""

    id: int
    initiative: Annotated[str, "Its reference."]
    title: str
    cause: Annotated[str, "Because of …"]
    event: Annotated[str, "… there may be …"]
    effect: Annotated[str, "… which leads to …"]
    likelihood: Annotated[int, "Before treatment.", LEVEL]
    impact: Annotated[int, "Before treatment.", LEVEL]
    score: Annotated[int, "Likelihood × impact before treatment."]
    treatment: Annotated[str, Risk.Treatment]
    measures: Annotated[str, "What is done."]
    owner: Annotated[Person, "Sees to it that it is treated."]
    due_on: Annotated[date, "The day by which it is to be treated."]
    residual_likelihood: Annotated[int, "After treatment.", LEVEL]
    residual_impact: Annotated[int, "After treatment.", LEVEL]
    residual_score: Annotated[int, "Likelihood × impact after treatment."]
    level: Annotated[str, "What the residual score is called."]
    status: Annotated[str, Risk.Status]
    reason: Annotated[str, "Why it is treated, closed or open again."]
    status_by: Named | None
    status_at: datetime | None
    is_late: bool
    standing: Annotated[str, "How it stands with its acceptance.", {"enum": [*ACCEPTANCE]}]
    acceptance: Annotated[RiskAcceptanceShape | None, "The last one, unless it was withdrawn or voided."]
    raised_by: Person
    raised_at: datetime


class HeatCellShape(TypedDict):
    """How many risks have one pair of likelihood and impact."""

    likelihood: Annotated[int, LEVEL]
    impact: Annotated[int, LEVEL]
    score: int
    is_above_appetite: bool
    count: int


class HeatMapShape(TypedDict):
    """Risks by likelihood and impact, in 25 cells."""

    basis: Annotated[str, {"enum": [*BASES]}]
    appetite: Annotated[int, "The highest score that is within appetite."]
    cells: list[HeatCellShape]


class _Wanted(serializers.Serializer[Any]):
    """What narrows a list of risks."""

    state = serializers.ChoiceField([*STATES], required=False, help_text="Open ones unless told; mine are open too.")
    basis = serializers.ChoiceField(
        [*BASES], required=False, help_text="Which levels are meant, those after treatment unless told."
    )
    initiative = IdField(Initiative.objects.all(), required=False)
    owner = person_field(required=False)
    unit = unit_field(required=False, help_text="Of initiatives in this unit and below.")
    bucket = IdField(Bucket.objects.all(), required=False)
    stage = serializers.ChoiceField(Stage.choices, required=False)
    status = serializers.ChoiceField(Risk.Status.choices, required=False)
    appetite = serializers.ChoiceField(["above", "within"], required=False)
    due = serializers.ChoiceField(["past", "soon"], required=False, help_text="Soon is within a week.")
    acceptance = serializers.ChoiceField([*ACCEPTANCE], required=False)


class HeatMapQuery(_Wanted, Query):
    """Which risks to count."""


class RisksQuery(_Wanted, PageQuery):
    likelihood = serializers.ChoiceField(Likelihood.choices, required=False)
    impact = serializers.ChoiceField(Impact.choices, required=False)


def _level(levels: Any, when: str, **options: Any) -> serializers.IntegerField:
    words = ", ".join(f"{value} {word.lower()}" for value, word in levels.choices)
    return serializers.IntegerField(min_value=1, max_value=5, help_text=f"{when}: {words}.", **options)


class RiskFacts(Body):
    title = serializers.CharField(max_length=200)
    cause = serializers.CharField(max_length=500, help_text="Because of …")
    event = serializers.CharField(max_length=500, help_text="… there may be …")
    effect = serializers.CharField(max_length=500, help_text="… which leads to …")
    likelihood = _level(Likelihood, "Before treatment")
    impact = _level(Impact, "Before treatment")
    treatment = serializers.ChoiceField(Risk.Treatment.choices)
    measures = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, help_text="What is done; needed unless it is left as it is."
    )
    owner = person_field()
    due_on = serializers.DateField()
    residual_likelihood = _level(Likelihood, "After treatment; as before unless told", required=False)
    residual_impact = _level(Impact, "After treatment; as before unless told", required=False)


class RiskChanges(RiskFacts):
    was = RiskFacts(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class RiskReason(Body):
    reason = serializers.CharField(max_length=500, help_text="Why.")


class RiskAccepted(Body):
    reason = serializers.CharField(max_length=1000, help_text="Why what is left may stay.")
    until = serializers.DateField(help_text="The last day it holds, twelve months from today at most.")


class AllRisks(Noun):
    tag = "Risks"

    @answers_page(RiskShape, query=RisksQuery)
    def list(self, request: Request) -> Response:
        """Risks of the portfolio, the highest score after treatment first."""
        return self.page(_fetched(self._wanted()), BY_SCORE, drawn)

    @action(detail=False, methods=["get"], url_path="heat-map")
    @answers(HeatMapShape, query=HeatMapQuery)
    def heat_map(self, request: Request) -> Response:
        """How many risks stand where, by likelihood and impact."""
        basis, appetite = self.asked.get("basis", "residual"), risk_appetite()
        counts = counts_by_place(self._wanted(), basis)
        cells: list[HeatCellShape] = [
            {
                "likelihood": likelihood.value,
                "impact": impact.value,
                "score": likelihood * impact,
                "is_above_appetite": likelihood * impact > appetite,
                "count": counts[likelihood.value, impact.value],
            }
            for likelihood in Likelihood
            for impact in Impact
        ]
        told: HeatMapShape = {"basis": basis, "appetite": appetite, "cells": cells}
        return self.answer(told)

    def _wanted(self) -> RiskQuerySet:
        found = in_state(Risk.objects.visible_to(self.person), self.asked.get("state", "open"), self.person)
        basis = self.asked.get("basis", "residual")
        # Only who asks for a side of the appetite needs to know it.
        appetite = risk_appetite() if self.asked.get("appetite") else 0
        return narrowed(found, self.asked, appetite=appetite, basis=basis)


class Risks(BelowInitiative):
    tag = "Risks"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(RiskShape)
    def list(self, request: Request, initiative: int) -> Response:
        """What may happen to it, and what might have."""
        return self.page(self._rows(), AS_MADE, drawn)

    @answers(RiskShape)
    def retrieve(self, request: Request, initiative: int, id: int) -> Response:
        """One risk."""
        return self.answer(drawn(self._risk(id)))

    @answers(RiskShape, status=201, takes=RiskFacts)
    def create(self, request: Request, initiative: int) -> Response:
        """Raise a risk. For its owners, the risk function and the office."""
        raised = raise_risk(self.initiative(), actor=self.person, **self.sent)
        return self.answer(drawn(raised), status=201, location=self.address_of(raised.pk))

    @answers(RiskShape, takes=RiskChanges)
    def partial_update(self, request: Request, initiative: int, id: int) -> Response:
        """Change a risk that is not closed. For those who raise them, and whoever owns it."""
        sent = dict(self.sent)
        return self._done(id, change_risk, seen=sent.pop("was", {}), **sent)

    @action(detail=True, methods=["post"])
    @answers(RiskShape, takes=RiskReason)
    def treat(self, request: Request, initiative: int, id: int) -> Response:
        """Say that its treatment is in place."""
        return self._done(id, treat_risk, **self.sent)

    @action(detail=True, methods=["post"])
    @answers(RiskShape, takes=RiskReason)
    def close(self, request: Request, initiative: int, id: int) -> Response:
        """Say why it is a risk no longer. Its acceptance ends."""
        return self._done(id, close_risk, **self.sent)

    @action(detail=True, methods=["post"])
    @answers(RiskShape, takes=RiskReason)
    def reopen(self, request: Request, initiative: int, id: int) -> Response:
        """Say why it has to be dealt with again."""
        return self._done(id, reopen_risk, **self.sent)

    @action(detail=True, methods=["post"])
    @answers(RiskShape, takes=RiskAccepted)
    def accept(self, request: Request, initiative: int, id: int) -> Response:
        """Accept what is left until a day: within appetite for the initiative's risk owner, above it for the risk
        function and the office; never for whoever owns or owned the risk, raised it or last changed its score,
        nor for who requested the initiative or is its business owner.
        """
        return self._done(id, accept_risk, **self.sent)

    @action(detail=True, methods=["post"])
    @answers(RiskShape, takes=RiskReason)
    def withdraw(self, request: Request, initiative: int, id: int) -> Response:
        """Take its acceptance back. For whoever gave it, the initiative's risk owner, the risk function, the office."""
        return self._done(id, withdraw_acceptance, **self.sent)

    @action(detail=True, methods=["get"])
    @answers(HistoryShape, query=HistoryQuery, version=False)
    def history(self, request: Request, initiative: int, id: int) -> Response:
        """Who changed what of it, with its acceptances, newest first."""
        risk = self._risk(id)
        return answer_history(self, lambda after: history_of_risk(risk, after=after))

    def _done(self, pk: int, deed: Any, **how: Any) -> Response:
        with transaction.atomic():
            # The initiative is locked first, as actions do.
            Initiative.objects.select_for_update().get(pk=self.initiative().pk)
            with self.held(self._rows(), pk, drawn) as risk:
                deed(risk, actor=self.person, **how)
                return self.answer(drawn(self._risk(pk)))

    def _risk(self, pk: int) -> Risk:
        return get_object_or_404(self._rows(), pk=pk)

    def _rows(self) -> RiskQuerySet:
        return risks_to_show(self.initiative())


def _fetched(rows: RiskQuerySet) -> RiskQuerySet:
    return rows.select_related("initiative", "owner", "raised_by", "status_by", "acceptance__accepted_by")


def drawn(risk: Risk) -> RiskShape:
    return {
        "id": risk.pk,
        "initiative": risk.initiative.reference,
        "title": risk.title,
        "cause": risk.cause,
        "event": risk.event,
        "effect": risk.effect,
        "likelihood": risk.likelihood,
        "impact": risk.impact,
        "score": risk.score,
        "treatment": risk.treatment,
        "measures": risk.measures,
        "owner": {"id": risk.owner_id, "name": str(risk.owner)},
        "due_on": risk.due_on,
        "residual_likelihood": risk.residual_likelihood,
        "residual_impact": risk.residual_impact,
        "residual_score": risk.residual_score,
        "level": level_of(risk.residual_score),
        "status": risk.status,
        "reason": risk.reason,
        "status_by": named(risk.status_by),
        "status_at": risk.status_at,
        "is_late": risk.is_late,
        "standing": CODES[acceptance_of(risk)],
        "acceptance": _acceptance(risk),
        "raised_by": {"id": risk.raised_by_id, "name": str(risk.raised_by)},
        "raised_at": risk.raised_at,
    }


def _acceptance(risk: Risk) -> RiskAcceptanceShape | None:
    held = risk.last_acceptance
    if held is None:
        return None
    return {
        "accepted_by": {"id": held.accepted_by_id, "name": str(held.accepted_by)},
        "accepted_at": held.accepted_at,
        "until": held.until,
        "reason": held.reason,
        "residual_score": held.residual_score,
        "appetite": held.appetite,
    }
