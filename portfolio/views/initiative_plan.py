"""The plan of an initiative: written in a table, filled, pasted, exported; one version at a time."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso import clock
from aiso.accounts.signed_in import signed_in
from aiso.errors import ConflictError, DomainError
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.write_plan import REFUSAL, start_plan_version, write_plan
from ..forms.plan import MonthField, QuickFill, TableForm, VersionForm
from ..models import Initiative, Plan
from ..page import page_for, visible_initiative
from ..permissions import can_edit, can_see_money
from ..plan_page import PlanPage, PlanSums, differences, form_of, grid_of, months_shown, plan_page
from ..plan_table import PlanSheet, ReadTable, read_plan_file, read_plan_text
from ..plans import YEAR, cells_of, latest_plan
from .files import csv_file, xlsx_file
from .initiative_tab import show_tab

WITHHELD = "Its plan is money: its owners, finance, the office, executives and auditors see it."
TEMPLATE = "portfolio/initiative_plan.html"


@require_http_methods(["GET", "HEAD", "POST"])
def initiative_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """What will it bring and cost, month by month? Sending the table saves it; its buttons fill it or lengthen it."""
    page = page_for(request, pk, "plan")
    if not page.sees_money:
        raise PermissionDenied(WITHHELD)
    if request.method != "POST":
        return _show(request, plan_page(page, until=_until(request)), QuickFill())
    shown, fill = plan_page(page, request.POST, _until(request)), QuickFill()
    if not _save(request, shown, complete=True):
        return _show(request, shown, fill, _status(shown))
    match request.POST.get("do"):
        case "fill":
            fill = QuickFill(request.POST)
            if not attempt(fill, lambda: write_plan(page.initiative, actor=page.person, amounts=fill.amounts)):
                return _show(request, plan_page(page), fill, 422)
            announce(request, f"{fill.cleaned_data['kind'].replace('_', ' ').capitalize()} filled.")
        case "more":
            return redirect(f"{request.path}?until={_later(shown):%Y-%m}#tab")
        case _:
            announce(request, "Plan saved.")
    return redirect(f"{request.path}#tab")


@require_POST
def plan_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what can be saved, and show what the plan comes to."""
    page = page_for(request, pk, "plan")
    if not page.sees_money:
        raise PermissionDenied(WITHHELD)
    shown = plan_page(page, request.POST)
    is_saved = _save(request, shown, complete=False)
    after = plan_page(page)
    context = {"plan": after, "form": shown.form, "swap": True}
    return render(request, f"{TEMPLATE}#sums", context, status=200 if is_saved else _status(shown))


@require_safe
def plan_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The newest version as a file that comes back without loss."""
    initiative = _with_money(request, pk)
    plan = latest_plan(initiative)
    sheet = PlanSheet(cells_of(plan.lines.all()) if plan else {})
    name = f"plan-{initiative.reference}-{clock.today().isoformat()}"
    return csv_file(sheet, name) if request.GET.get("format") == "csv" else xlsx_file(sheet, name)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Which table takes the place of what is planned?"""
    initiative = _to_write(request, pk)
    plan = latest_plan(initiative)
    asks = bool(plan and plan.is_frozen)
    form = TableForm(posted(request), request.FILES or None, asks_reason=asks)
    table = attempt(form, lambda: _table(form))
    if table and table.problems:
        for problem in table.problems:
            form.add_error(None, problem)
    elif table and attempt(form, lambda: _replace(request, initiative, plan, table, form)):
        announce(request, f"{', '.join(kind.label for kind in table.kinds)} taken over.")
        return redirect(f"{reverse('portfolio:initiative_plan', args=[initiative.reference])}#tab")
    return render(
        request, "portfolio/plan_import.html", {"initiative": initiative, "form": form}, status=status_of(form)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def plan_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Why does the approved plan change?"""
    initiative = _to_write(request, pk)
    form = VersionForm(posted(request))
    actor = signed_in(request)
    if plan := attempt(form, lambda: start_plan_version(initiative, actor=actor, **form.cleaned_data)):
        announce(request, f"Version {plan.number} begun. Change what has changed.")
        return redirect(f"{reverse('portfolio:initiative_plan', args=[initiative.reference])}#tab")
    context = {"initiative": initiative, "form": form, "plan": latest_plan(initiative)}
    return render(request, "portfolio/plan_begin.html", context, status=status_of(form))


@require_safe
def plan_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What did this version say, and what had changed since the one before?"""
    initiative = _with_money(request, pk)
    plans = Plan.objects.filter(initiative=initiative).select_related("written_by").prefetch_related("lines", "metrics")
    plan: Plan = get_object_or_404(plans, number=number)
    before = plans.filter(number=number - 1).first()
    form = form_of(plan)
    context = {
        "initiative": initiative,
        "plan": plan,
        "before": before,
        "differences": differences(before, plan) if before else [],
        "sums": PlanSums(dict(form.present)),
        "years": grid_of(months_shown(form.present, clock.today(), is_open=False), form),
        "is_newest": not plans.filter(number__gt=number).exists(),
    }
    return render(request, "portfolio/plan_version.html", context)


def _show(request: HttpRequest, shown: PlanPage, fill: QuickFill, status: int = 200) -> HttpResponse:
    context = {"plan": shown, "form": shown.form, "fill": fill}
    return show_tab(request, shown.page, TEMPLATE, context, status)


def _save(request: HttpRequest, shown: PlanPage, *, complete: bool) -> bool:
    """Whether all that was sent is stored. With `complete` nothing is, unless all can be."""
    form = shown.form
    is_right = form.is_valid() and not form.mistakes
    if complete and not is_right:
        return False
    told: dict[str, Any] = {"amounts": form.amounts, "days": form.days, "reason": form.why, "seen": form.seen}
    try:
        write_plan(shown.initiative, actor=signed_in(request), **told)
    except ConflictError as conflict:
        form.show_conflict(conflict)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
    except ValidationError as error:
        form.add_error(None, error.messages)
    return is_right and not form.errors and not form.mistakes


def _status(shown: PlanPage) -> int:
    return 409 if shown.form.is_conflict else 422


def _table(form: TableForm) -> ReadTable:
    """What was pasted or sent. Raises UnreadableFileError."""
    file = form.cleaned_data.get("file")
    return read_plan_file(file.read()) if file else read_plan_text(form.cleaned_data["text"])


def _replace(
    request: HttpRequest, initiative: Initiative, plan: Plan | None, table: ReadTable, form: TableForm
) -> bool:
    amounts = table.replacing(cells_of(plan.lines.all()) if plan else {})
    reason = form.cleaned_data.get("reason", "")
    write_plan(initiative, actor=signed_in(request), amounts=amounts, reason=reason)
    return True


def _later(shown: PlanPage) -> date:
    return clock.months_later(shown.last_month, YEAR)


def _until(request: HttpRequest) -> date | None:
    """The month up to which the table is asked to reach."""
    try:
        asked: date | None = MonthField(required=False).clean(request.GET.get("until", ""))
    except ValidationError:
        return None
    return asked


def _with_money(request: HttpRequest, pk: int) -> Initiative:
    initiative = visible_initiative(request, pk)
    if not can_see_money(signed_in(request), initiative):
        raise PermissionDenied(WITHHELD)
    return initiative


def _to_write(request: HttpRequest, pk: int) -> Initiative:
    initiative = visible_initiative(request, pk)
    if not can_edit(signed_in(request), initiative):
        raise PermissionDenied(REFUSAL)
    return initiative
