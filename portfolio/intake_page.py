"""What the pages of a request show beside its answers: its steps, its lane, its likenesses, who has it.

Later apps add to what the answers mean so far: `register_meaning(draw)` in AppConfig.ready(). `draw` takes the page
and returns HTML, or nothing to leave it out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web import figures
from aiso.web.forms import MoneyField

from .actions.intakes.writing import FROZEN
from .duplicates import Likeness, likely_duplicates
from .forms.intake import REASON, STEPS
from .forms.intake_decisions import DecisionsForm
from .forms.intake_step import StepForm
from .intake_reading import MONEY, answers_for, lane_for, may_change, sees_money_of
from .intake_sheet import ANSWERED_IN, Sheet
from .lane import LaneResult, State
from .lane_words import Hinted, hinted, standing_of_lane
from .merging import merge_address
from .models import Initiative, Intake, IntakeQuestion, Question
from .models.stage import ENDED
from .permissions import can_answer_intake, can_request, can_triage
from .screening import unsettled_uses

BY_SLUG = {step.slug: step for step in STEPS}


@dataclass(frozen=True)
class ShownStep:
    """One step in the list on the left."""

    number: int
    title: str
    url: str
    is_done: bool
    is_current: bool


@dataclass(frozen=True)
class Told:
    """One answer as people read it."""

    question: str
    answer: str


@dataclass(frozen=True)
class ToldStep:
    """The answers of one step, and the questions that were left open."""

    answers: list[Told]
    open: list[str]


_meanings: "list[Callable[[IntakePage], str]]" = []


def register_meaning(draw: "Callable[[IntakePage], str]") -> None:
    _meanings.append(draw)


class IntakePage:
    """One request as one person sees it."""

    def __init__(self, request: HttpRequest, intake: Intake, step: str = "") -> None:
        self.request, self.intake, self.step_slug = request, intake, step
        self.person: User = signed_in(request)

    @cached_property
    def sheet(self) -> Sheet:
        return Sheet(answers_for(self.intake, self.person))

    @cached_property
    def may_answer(self) -> bool:
        return can_answer_intake(self.person, self.intake)

    @property
    def may_change(self) -> bool:
        return may_change(self.intake, self.person)

    @cached_property
    def may_triage(self) -> bool:
        return can_triage(self.person, self.intake) and self.intake.state in (
            Intake.State.SUBMITTED,
            Intake.State.ASKED,
        )

    @cached_property
    def steps(self) -> list[ShownStep]:
        places = enumerate(STEPS, start=1)
        shown = [self._shown(number, step.slug, step.title) for number, step in places]
        address = reverse("portfolio:intake_review", args=[self.intake.reference])
        last = ShownStep(len(STEPS) + 1, "Review and submit", address, False, self.step_slug == "review")
        return [*shown, last]

    def _shown(self, number: int, slug: str, title: str) -> ShownStep:
        address = reverse("portfolio:intake_step", args=[self.intake.reference, slug])
        return ShownStep(number, title, address, self.sheet.is_done(slug), slug == self.step_slug)

    @property
    def done(self) -> int:
        return sum(1 for step in self.steps if step.is_done)

    @property
    def number(self) -> int:
        return next((step.number for step in self.steps if step.is_current), 0)

    @property
    def before(self) -> ShownStep | None:
        return self.steps[self.number - 2] if self.number > 1 else None

    @property
    def after(self) -> ShownStep | None:
        return self.steps[self.number] if 0 < self.number < len(self.steps) else None

    @cached_property
    def form(self) -> StepForm:
        form = self.sheet.forms[self.step_slug]
        if self.intake.submitted_answers is not None:
            form.freeze(FROZEN)
        return form

    @cached_property
    def lane(self) -> LaneResult:
        return lane_for(self.intake, self.person, self.sheet)

    @cached_property
    def conditions(self) -> list[Hinted]:
        """The lane's conditions, each with the step that answers it, linked for whoever may still answer."""
        return hinted(self.lane, {code: self._where(slug) for code, slug in ANSWERED_IN.items()})

    def _where(self, slug: str) -> tuple[str, str]:
        if not self.may_change:
            return "", ""
        number = 1 + [step.slug for step in STEPS].index(slug)
        address = reverse("portfolio:intake_step", args=[self.intake.reference, slug])
        return ("here", "") if slug == self.step_slug else (f"in step {number}", address)

    @property
    def lane_standing(self) -> str:
        return standing_of_lane(self.lane)

    @property
    def lane_status(self) -> str:
        """The lane in one sentence, for those who hear the page: it is told again only when it changes."""
        deciding = self.lane.deciding
        because = f"; {deciding.text} fails" if deciding and deciding.state is State.FAILS else ""
        return f"{self.lane.lane.label} lane{because}. {figures.plural(len(self.likenesses), 'similar initiative')}."

    @property
    def undecided(self) -> bool:
        """Whether nothing speaks against the fast lane yet."""
        return all(each.state is not State.FAILS for each in self.lane.conditions)

    @cached_property
    def meanings(self) -> list[str]:
        """What later apps say that the answers mean."""
        return [drawn for draw in _meanings if (drawn := draw(self))]

    @cached_property
    def likenesses(self) -> list[Likeness]:
        return likenesses_of(self.intake, self.person)

    @cached_property
    def questions(self) -> list[IntakeQuestion]:
        return [*self.intake.questions.select_related("asked_by")]

    @property
    def merges_from(self) -> str:
        """Where the initiative that the request became is merged into one that it is like; empty where none is."""
        found = self.intake.initiative
        is_on = found and self.intake.state == Intake.State.ACCEPTED and found.stage not in ENDED
        return merge_address(found) if found and is_on and can_request(self.person) else ""

    @property
    def open_question(self) -> IntakeQuestion | None:
        return next((question for question in self.questions if question.answered_at is None), None)

    @cached_property
    def seen(self) -> dict[int, Initiative]:
        """Of the initiatives that the page names, those that the person may see, by id."""
        named = [pk for pk in (self.intake.initiative_id, self.intake.joined_to_id) if pk]
        visible = Initiative.objects.visible_to(self.person).filter(pk__in=named).defer("search") if named else ()
        return {initiative.pk: initiative for initiative in visible}

    @property
    def initiative(self) -> Initiative | None:
        """The initiative that it became, for those who may see it."""
        return self.seen.get(self.intake.initiative_id or 0)

    @property
    def joined_to(self) -> Initiative | None:
        return self.seen.get(self.intake.joined_to_id or 0)

    @cached_property
    def unsettled(self) -> Question | None:
        """A prohibited use that is not ruled out, as the initiative stands now."""
        return unsettled_uses(self.intake.initiative).first() if self.intake.initiative else None

    @property
    def risk_tier(self) -> str:
        """As the register has it, once there is an initiative; until then as far as it is answered."""
        told = self.intake.initiative
        return told.risk_tier if told and not self.may_change else self.sheet.risk_tier[0]

    @property
    def holder(self) -> str:
        """Who has it now, in words; empty when nobody has anything to do with it."""
        return holder_of(self.intake, self.person)

    @cached_property
    def told(self) -> list[tuple[str, ToldStep, list[Any], str]]:
        """Every step with its answers in words, the table of decisions, and its address."""
        shown = []
        for step in STEPS:
            form = self.sheet.forms[step.slug]
            if not sees_money_of(self.intake, self.person):
                form.leave_out(MONEY)
            form.is_valid()
            rows = form.filled if isinstance(form, DecisionsForm) else []
            address = reverse("portfolio:intake_step", args=[self.intake.reference, step.slug])
            shown.append((step.title, _answers(form), rows, address))
        return shown


def likenesses_of(intake: Intake, viewer: User) -> list[Likeness]:
    """The initiatives that `viewer` may see and that a request is like."""
    answers = answers_for(intake, viewer)
    name, summary, outcome = (str(answers.get(each) or "") for each in ("name", "summary", "outcome"))
    return likely_duplicates(viewer, name=name, summary=summary, outcome=outcome, besides=intake.initiative)


def intake_for(request: HttpRequest, pk: int) -> Intake:
    """A request that the person may see, or 404."""
    people = ("requester", "unit", "initiative", "joined_to", "decided_by")
    return get_object_or_404(Intake.objects.visible_to(signed_in(request)).select_related(*people), pk=pk)


def step_of(slug: str) -> type[StepForm]:
    if slug not in BY_SLUG:
        raise Http404("No such step.")
    return BY_SLUG[slug]


def holder_of(intake: Intake, viewer: User) -> str:
    """Who has a request now, as `viewer` calls them."""
    if intake.state in (Intake.State.DRAFT, Intake.State.ASKED):
        return "You" if intake.requester_id == viewer.pk else str(intake.requester)
    if intake.state == Intake.State.SUBMITTED:
        return "The office"
    return ""


def since_of(intake: Intake) -> date:
    """The day since which it has its state."""
    moment = intake.decided_at or (intake.changed_at if intake.state != Intake.State.SUBMITTED else intake.submitted_at)
    return figures.local_date(moment or intake.started_at)


def _answers(form: StepForm) -> ToldStep:
    """The answers of a step as people read them. A reason that nobody had to give is not missed."""
    told = ToldStep([], [])
    for name, field in form.fields.items():
        answer = _in_words(field, form.cleaned_data.get(name)) or _raw(form, name)
        if answer:
            told.answers.append(Told(str(field.label), answer))
        elif not name.endswith(REASON):
            told.open.append(str(field.label))
    return told


def _in_words(field: Any, value: Any) -> str:
    if value in (None, "", False) or (hasattr(value, "__len__") and not len(value)):
        return "No" if value is False else ""
    if value is True:
        return "Yes"
    if isinstance(value, date):
        return figures.day(value)
    if (choices := getattr(field, "choices", None)) and isinstance(value, str):
        return str(dict(choices).get(value, value))
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return ", ".join(str(each) for each in value)
    if isinstance(field, MoneyField):
        return figures.exact_money(value)
    return figures.measured(value) if hasattr(value, "as_tuple") else str(value)


def _raw(form: StepForm, name: str) -> str:
    """What was typed although it cannot be right, so that nothing typed is hidden."""
    return str(form.data.get(name) or "") if name in form.errors else ""
