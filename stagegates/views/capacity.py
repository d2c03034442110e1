"""Do we have the people for what we plan, and who competes for them?"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web import figures
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce
from portfolio.page import visible_initiative
from portfolio.permissions import can_edit

from ..actions.capacity import answer_specialists, ask_specialists, set_hours, withdraw_specialists
from ..capacity import Board, competition, month_of
from ..forms.capacity import AnswerForm, HoursForm, SpecialistsForm
from ..models import ReviewFunction, SpecialistRequest
from ..permissions import can_answer_request, can_set_hours


@require_safe
def capacity(request: HttpRequest) -> HttpResponse:
    """Hours asked for against hours there are, by function and month."""
    return render(request, "stagegates/capacity.html", {"board": Board(_month(request.GET.get("from", "")))})


@require_http_methods(["GET", "HEAD", "POST"])
def capacity_month(request: HttpRequest, function: str, month: str) -> HttpResponse:
    """Who competes for the same people? Also where their hours are set."""
    viewer = signed_in(request)
    found = get_object_or_404(ReviewFunction.objects.visible_to(viewer), slug=function)
    day = _month(month)
    if day is None:
        raise Http404("No such month.")
    if request.method == "POST" and not can_set_hours(viewer, found):
        raise PermissionDenied(f"People of {found} and the office say how many hours it has.")
    form = HoursForm(posted(request))
    if attempt(form, lambda: set_hours(found, actor=viewer, **form.cleaned_data)):
        announce(request, f"Hours of {found} saved.")
        return redirect("stagegates:capacity_month", function, month)
    return _show(request, viewer, found, day, form)


@require_POST
def specialists_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree or decline; the button says which."""
    actor = signed_in(request)
    asked = get_object_or_404(SpecialistRequest.objects.visible_to(actor).select_related("function"), pk=pk)
    form = AnswerForm(request.POST)
    agree = request.POST.get("answer") == "agree"
    if done := attempt(form, lambda: answer_specialists(asked, actor=actor, agree=agree, **form.cleaned_data)):
        announce(request, f"{done.get_state_display()}. {done}.")
        return redirect("stagegates:capacity_month", done.function.slug, f"{done.first_month:%Y-%m}")
    return _show(request, actor, asked.function, asked.first_month, HoursForm(), refused=(asked.pk, form))


@require_http_methods(["GET", "HEAD", "POST"])
def specialists_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Which people does it need?"""
    actor, initiative = signed_in(request), visible_initiative(request, pk)
    if not can_edit(actor, initiative):
        raise PermissionDenied("Its owners and the office ask for specialists.")
    form = SpecialistsForm(posted(request))
    if asked := attempt(form, lambda: ask_specialists(initiative, actor=actor, **form.cleaned_data)):
        announce(request, f"Asked {asked.function} for {figures.measured(asked.hours)} hours a month.")
        return redirect(initiative)
    context = {"initiative": initiative, "form": form}
    return render(request, "stagegates/specialists_ask.html", context, status=status_of(form))


@require_POST
def specialists_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Give hours back."""
    actor = signed_in(request)
    asked = get_object_or_404(SpecialistRequest.objects.visible_to(actor).select_related("initiative"), pk=pk)
    withdraw_specialists(asked, actor=actor)
    announce(request, f"{asked.function} has these hours back.")
    return redirect(asked.initiative)


def _show(
    request: HttpRequest,
    viewer: User,
    function: ReviewFunction,
    month: date,
    form: HoursForm,
    refused: tuple[int, AnswerForm] | None = None,
) -> HttpResponse:
    found = competition(viewer, function, month_of(month))
    if not form.is_bound:
        hours = "" if found.cell.there is None else f"{found.cell.there.normalize():f}"
        form.initial = {"from_month": found.cell.month.isoformat(), "hours": hours}
    lines = [
        (each, can_answer_request(viewer, each), refused[1] if refused and refused[0] == each.pk else AnswerForm())
        for each in found.requests
    ]
    context = {"found": found, "lines": lines, "form": form, "may_set": can_set_hours(viewer, function)}
    status = status_of(refused[1]) if refused else status_of(form)
    return render(request, "stagegates/capacity_month.html", context, status=status)


def _month(text: str) -> date | None:
    """A month written 2026-11; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
