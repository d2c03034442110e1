"""What was closed: the list, one end with what was learnt, and the list as a file."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, status_of
from aiso.web.htmx import announce
from portfolio.permissions import can_edit, can_see_money
from portfolio.views.files import asked_file

from ..actions.close import add_lesson
from ..closing_lists import ClosingList, ClosingSheet, fetched
from ..forms.closing import LessonForm
from ..models import Closure
from ..permissions import ADDING, can_add_lesson


@require_safe
def closing_list(request: HttpRequest) -> HttpResponse:
    """Why did we stop, and what did we learn?"""
    return render(request, "stagegates/closings.html", {"found": ClosingList(signed_in(request), request.GET)})


@require_safe
def closing_export(request: HttpRequest) -> HttpResponseBase:
    """What the list shows, as a file."""
    person = signed_in(request)
    found = ClosingList(person, request.GET)
    sheet = ClosingSheet(found.matching, person)
    return asked_file(request, sheet, found.matching.count, found.address())


@require_safe
def closing_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Why did it end, what was learnt, and what is left to do?"""
    return _show(request, closing_of(request, pk), LessonForm())


@require_POST
def lesson_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add what was learnt since, under one's name."""
    closure, actor = closing_of(request, pk), signed_in(request)
    if not can_add_lesson(actor, closure):
        raise PermissionDenied(ADDING)
    form = LessonForm(request.POST)
    if attempt(form, lambda: add_lesson(closure, actor=actor, **form.cleaned_data)):
        announce(request, "Added. It is shown at similar initiatives.")
        return redirect(f"{closure.get_absolute_url()}#lessons")
    return _show(request, closure, form)


def closing_of(request: HttpRequest, pk: int) -> Closure:
    """An end that the person may see, or 404."""
    rows = fetched(Closure.objects.visible_to(signed_in(request)).with_handed_back())
    found: Closure = get_object_or_404(rows, pk=pk)
    return found


def _show(request: HttpRequest, closure: Closure, form: LessonForm) -> HttpResponse:
    person = signed_in(request)
    tasks = [*closure.tasks.select_related("owner", "done_by")]
    may_settle_all = can_edit(person, closure.initiative)
    context = {
        "closure": closure,
        "initiative": closure.initiative,
        "tasks": tasks,
        "may_add": may_settle_all,
        "mine": {task.pk for task in tasks if task.is_open and (may_settle_all or task.owner_id == person.pk)},
        "sees_money": can_see_money(person, closure.initiative),
        "form": form,
    }
    return render(request, "stagegates/closing.html", context, status=status_of(form))
