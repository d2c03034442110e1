"""The page of one decision's level, and what people do on it."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt
from aiso.web.htmx import announce

from ..actions.choose_level import CONSENTING, ENDING, agree_to_level, choose_level, end_level
from ..actions.record_readings import record_reading
from ..actions.step_down import answer_step_down
from ..forms.level import AnswerForm, EndForm, LevelForm, ReadingForm
from ..level_page import LevelPage
from ..models import DecisionClass
from ..page import visible_initiative


@require_safe
def decision_level(request: HttpRequest, pk: int, decision: int) -> HttpResponse:
    """How far may it act in this, what set that, and how does it go?"""
    return _show(request, _decision(request, pk, decision))


@require_POST
def level_choose(request: HttpRequest, pk: int, decision: int) -> HttpResponse:
    found, form = _decision(request, pk, decision), LevelForm(request.POST)

    def choose() -> str:
        choice = choose_level(found, actor=signed_in(request), **form.cleaned_data)
        return "Level chosen." if choice.agreed_at else "Asked for. It holds once those have agreed who must."

    return _answer(request, found, "level", form, choose)


@require_POST
def level_agree(request: HttpRequest, pk: int, decision: int, choice: int) -> HttpResponse:
    found = _decision(request, pk, decision)
    waiting = get_object_or_404(found.choices, pk=choice)

    def agree() -> str:
        holds = agree_to_level(waiting, actor=signed_in(request)).agreed_at
        return "Consent given: it holds now." if holds else "Consent given; it waits for the others."

    return _answer(request, found, "agree", forms.Form({}), agree)


@require_POST
def level_end(request: HttpRequest, pk: int, decision: int, choice: int) -> HttpResponse:
    found, form = _decision(request, pk, decision), EndForm(request.POST)
    ending = get_object_or_404(found.choices, pk=choice)

    def end() -> str:
        end_level(ending, actor=signed_in(request), **form.cleaned_data)
        return "Taken back: the tests set the level again."

    return _answer(request, found, "end", form, end)


@require_POST
def step_answer(request: HttpRequest, pk: int, decision: int, step: int) -> HttpResponse:
    """Confirm a step down, or lift it."""
    found, form = _decision(request, pk, decision), AnswerForm(request.POST)
    asked = get_object_or_404(found.step_downs, pk=step)

    def answer() -> str:
        answered = answer_step_down(asked, actor=signed_in(request), **form.cleaned_data)
        return f"Step down {answered.get_answer_display().lower()}."

    return _answer(request, found, "answer", form, answer)


@require_POST
def reading_record(request: HttpRequest, pk: int, decision: int) -> HttpResponse:
    found, form = _decision(request, pk, decision), ReadingForm(request.POST)

    def record() -> str:
        reading = record_reading(found, actor=signed_in(request), **form.cleaned_data)
        stepped = reading.step_downs.exists()
        return "Reading recorded: the decision stepped down one level." if stepped else "Reading recorded."

    return _answer(request, found, "reading", form, record)


def _decision(request: HttpRequest, pk: int, decision: int) -> DecisionClass:
    initiative = visible_initiative(request, pk)
    found: DecisionClass = get_object_or_404(
        initiative.decision_classes.select_related("owner", "initiative"), pk=decision
    )
    return found


def _answer(
    request: HttpRequest, decision: DecisionClass, name: str, form: forms.Form, deed: Callable[[], str]
) -> HttpResponse:
    """Do it and go back to the page; what was refused stands on the form it was asked by."""
    page = LevelPage(decision, signed_in(request))
    # Who may not is told so before what they wrote is judged.
    if not MAY[name](page):
        raise PermissionDenied(REFUSALS[name])
    if told := attempt(form, deed):
        announce(request, told)
        return redirect("portfolio:decision_level", decision.initiative.reference, decision.pk)
    return _show(request, decision, {name: form})


def _show(request: HttpRequest, decision: DecisionClass, refused: dict[str, forms.Form] | None = None) -> HttpResponse:
    page = LevelPage(decision, signed_in(request), refused)
    return render(request, "portfolio/decision_level.html", page.context(), status=page.status)


MAY: dict[str, Callable[[LevelPage], bool]] = {
    "level": lambda page: page.may_edit,
    "agree": lambda page: page.consents,
    "end": lambda page: page.may_end,
    "answer": lambda page: page.may_answer,
    "reading": lambda page: page.may_edit,
}
REFUSALS = {
    "level": "Its owners and the office choose its level.",
    "agree": CONSENTING,
    "end": ENDING,
    "answer": "Its risk owner and the office confirm or lift a step down.",
    "reading": "Its owners and the office record readings.",
}
