"""Adoption: the workflows, one of them week by week, recording and correcting, and the readings as a file."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web import figures
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce
from portfolio.export import MOST_XLSX
from portfolio.models import Workflow
from portfolio.views.files import asked_file

from ..actions.land_adoption import can_upload_adoption
from ..actions.record_adoption import record_adoption, record_weeks
from ..adoption_list import AdoptionList, AdoptionSheet
from ..adoption_page import WEEKS, AdoptionPage, ReadingPage
from ..forms.adoption import CorrectionForm, OtherWeekForm, WeeksForm
from ..models import AdoptionReading
from ..permissions import ADOPTING, can_record_adoption
from ..weeks import last_week_over, last_weeks


@require_safe
def adoption_list(request: HttpRequest) -> HttpResponse:
    """Are the workflows used?"""
    person = signed_in(request)
    context = {"found": AdoptionList(person, request.GET), "may_upload": can_upload_adoption(person)}
    return render(request, "value/adoption.html", context)


@require_safe
def adoption_export(request: HttpRequest) -> HttpResponseBase:
    """The readings of the workflows that the list shows, or of one, as a file that imports again."""
    found = AdoptionList(signed_in(request), request.GET)
    one = request.GET.get("workflow", "")
    is_one = one.isascii() and one.isdecimal() and len(one) < 10
    workflows = found.matching.filter(pk=int(one)) if is_one else found.matching
    sheet = AdoptionSheet(workflows)
    return asked_file(request, sheet, sheet.readings.order_by()[: MOST_XLSX + 1].count, found.address)


@require_safe
def adoption_workflow(request: HttpRequest, pk: int) -> HttpResponse:
    """How many use this workflow, week by week?"""
    page = AdoptionPage(_workflow(request, pk), signed_in(request), request.GET)
    return render(request, "value/adoption_workflow.html", {"found": page, "workflow": page.workflow})


@require_http_methods(["GET", "HEAD", "POST"])
def adoption_record(request: HttpRequest, pk: int) -> HttpResponse:
    """How many used it in the weeks that nobody read?"""
    workflow, actor = _workflow(request, pk), signed_in(request)
    if not can_record_adoption(actor, workflow):
        raise PermissionDenied(ADOPTING)
    other = OtherWeekForm(request.GET)
    weeks = _unread(workflow, other.week())
    newest = AdoptionReading.objects.current().filter(workflow=workflow).first()
    form = WeeksForm(weeks, posted(request), before=newest)
    made = attempt(form, lambda: record_weeks([(workflow, asked) for asked in form.asked], actor=actor))
    if made:
        announce(request, f"{figures.plural(len(made), 'week')} recorded.")
        return redirect("value:adoption_workflow", workflow.pk)
    context = {"form": form, "workflow": workflow, "other": other, "weeks": WEEKS}
    return render(request, "value/adoption_record.html", context, status=status_of(form))


@require_safe
def adoption_reading(request: HttpRequest, pk: int) -> HttpResponse:
    """What was said of this week, and what before?"""
    reading = _reading(request, pk)
    page = ReadingPage(reading, signed_in(request))
    return render(request, "value/adoption_reading.html", {"page": page, "reading": reading})


@require_http_methods(["GET", "HEAD", "POST"])
def adoption_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """What should it have said?"""
    reading, actor = _reading(request, pk), signed_in(request)
    if not can_record_adoption(actor, reading.workflow):
        raise PermissionDenied(ADOPTING)
    form = CorrectionForm(reading, posted(request))
    if made := attempt(form, lambda: record_adoption(reading.workflow, form.asked(), actor=actor)):
        announce(request, "Corrected. What it said before stays on record.")
        return redirect(made)
    context = {"form": form, "page": ReadingPage(reading, actor), "reading": reading}
    return render(request, "value/adoption_correct.html", context, status=status_of(form))


def _unread(workflow: Workflow, other: date | None) -> list[date]:
    """Weeks without a reading, the newest first: of the latest ones, or the one that was asked for."""
    weeks = [other] if other and other <= last_week_over() else last_weeks(WEEKS)
    read = AdoptionReading.objects.of_weeks(weeks).filter(workflow=workflow)
    taken = {*read.values_list("week_ends_on", flat=True)}
    return [week for week in weeks if week not in taken]


def _workflow(request: HttpRequest, pk: int) -> Workflow:
    rows = Workflow.objects.visible_to(signed_in(request)).select_related("unit")
    found: Workflow = get_object_or_404(rows, pk=pk)
    return found


def _reading(request: HttpRequest, pk: int) -> AdoptionReading:
    rows = AdoptionReading.objects.visible_to(signed_in(request)).with_retold()
    rows = rows.select_related("workflow", "recorded_by")
    return get_object_or_404(rows, pk=pk)
