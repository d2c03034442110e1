"""Writing a request step by step. Each answer saves itself; without script, each step does."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import CheckboxInput, ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError
from aiso.web.forms import person_text
from aiso.web.htmx import announce

from ..actions.intakes import save_answers, start_intake, submit_intake, withdraw_intake
from ..actions.intakes.writing import MOST_ROWS
from ..forms.intake_decisions import DECISIONS, DecisionForm, DecisionsForm
from ..forms.intake_step import StepForm
from ..intake_page import IntakePage, intake_for, step_of
from ..models import Intake
from ..permissions import can_answer_intake, can_request


@require_http_methods(["GET", "HEAD", "POST"])
def intake_start(request: HttpRequest) -> HttpResponse:
    """What will be asked, and how long does it take? Starting makes a draft."""
    person = signed_in(request)
    if not can_request(person):
        raise PermissionDenied("Auditors read requests and make none.")
    if request.method != "POST":
        drafts = Intake.objects.filter(requester=person, state=Intake.State.DRAFT)
        return render(request, "portfolio/intake_start.html", {"drafts": drafts.order_by("-changed_at")[:5]})
    known = {"unit": str(person.unit_id or ""), "business_owner": person_text(person)}
    try:
        intake = start_intake(actor=person, answers=known)
    except DomainError as error:
        return render(request, "portfolio/intake_start.html", {"problem": str(error)}, status=409)
    return redirect("portfolio:intake_step", intake.reference, "case")


@require_http_methods(["GET", "HEAD", "POST"])
def intake_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One step. Sending it saves it and goes on, unless an answer cannot be right; empty ones may wait."""
    intake, slug = intake_for(request, pk), step_of(step).slug
    if request.method == "POST":
        return _send(request, intake, slug)
    if not _may_change(request, intake):
        return redirect(intake)
    return _step_page(request, IntakePage(request, intake, slug))


@require_POST
def intake_save(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Save what a step holds, and show what the answers mean so far."""
    intake, slug = intake_for(request, pk), step_of(step).slug
    try:
        intake = _save(request, intake, slug)
    except DomainError as error:
        return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    return render(request, "portfolio/intake_step.html#meaning", {"page": IntakePage(request, intake, slug)})


@require_http_methods(["GET", "HEAD", "POST"])
def intake_review(request: HttpRequest, pk: int) -> HttpResponse:
    """All answers, what is missing, and the button that hands them to the office."""
    intake = intake_for(request, pk)
    if request.method == "POST":
        return _submit(request, intake)
    if not _may_change(request, intake):
        return redirect(intake)
    return render(request, "portfolio/intake_review.html", {"page": IntakePage(request, intake, "review")})


@require_POST
def intake_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    intake = withdraw_intake(intake_for(request, pk), actor=signed_in(request))
    announce(request, f"{intake.reference} withdrawn.")
    return redirect("portfolio:intake_list")


def _send(request: HttpRequest, intake: Intake, slug: str) -> HttpResponse:
    try:
        intake = _save(request, intake, slug)
    except DomainError as error:
        page = IntakePage(request, intake, slug)
        return _step_page(request, page, problem=str(error), status=409)
    page = IntakePage(request, intake, slug)
    if "add" in request.POST or any(name.endswith("-do") for name in request.POST):
        return redirect(f"{request.path}#rows")
    if "back" in request.POST and page.before:
        return redirect(page.before.url)
    if page.form.mistakes:
        return _step_page(request, page, status=422)
    assert page.after is not None  # the review comes after the last step
    return redirect(page.after.url)


def _save(request: HttpRequest, intake: Intake, slug: str) -> Intake:
    form = IntakePage(request, intake, slug).form
    answers = {DECISIONS: _rows(request.POST)} if isinstance(form, DecisionsForm) else _answers(form, request.POST)
    return save_answers(intake, actor=signed_in(request), answers=answers)


def _answers(form: StepForm, sent: QueryDict) -> dict[str, Any]:
    """What was sent for the questions of a step. A set of radio buttons that nobody touched sends nothing."""
    answers: dict[str, Any] = {}
    for name, field in form.fields.items():
        if field.widget.attrs.get("disabled"):
            continue
        if isinstance(field, ModelMultipleChoiceField):
            answers[name] = sent.getlist(name)
        elif name in sent or isinstance(field.widget, CheckboxInput):
            answers[name] = sent.get(name, "")
    return answers


def _rows(sent: QueryDict) -> list[dict[str, str]]:
    """The rows of the table as they were sent, the empty ones left out."""
    names = DecisionForm.base_fields
    rows = []
    for place in range(MOST_ROWS):
        row = {name: value for name in names if (value := sent.get(f"{DECISIONS}-{place}-{name}", ""))}
        if row and "remove" not in sent.getlist(f"{DECISIONS}-{place}-do"):
            rows.append(row)
    return rows


def _submit(request: HttpRequest, intake: Intake) -> HttpResponse:
    try:
        intake = submit_intake(intake, actor=signed_in(request))
    except DomainError as error:
        context = {"page": IntakePage(request, intake, "review"), "problem": str(error)}
        return render(request, "portfolio/intake_review.html", context, status=422)
    announce(request, f"{intake.reference} submitted. The office has it now.")
    return redirect(intake)


def _may_change(request: HttpRequest, intake: Intake) -> bool:
    return can_answer_intake(signed_in(request), intake) and intake.is_open


def _step_page(request: HttpRequest, page: IntakePage, *, problem: str = "", status: int = 200) -> HttpResponse:
    if status == 200 or not isinstance(page.form, DecisionsForm):
        page.form.only_mistakes()
    context = {"page": page, "form": page.form, "problem": problem}
    if isinstance(page.form, DecisionsForm):
        context["rows"] = page.form.with_room()
    return render(request, "portfolio/intake_step.html", context, status=status)
