"""The leadership dashboard: five figures, the chart of one as a file, and the rows behind each."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from aiso.accounts.signed_in import signed_in
from aiso.once import read_once
from aiso.web.htmx import wants_partial
from portfolio.views.files import asked_file, csv_file

from ..dashboard.address import Address
from ..dashboard.charts import chart_of
from ..dashboard.page import ChartSheet, DashboardPage
from ..dashboard.rows import FigureRows
from ..dashboard.rows_counted import ROWS
from ..dashboard.words import MONEY_SEEN_BY
from ..kept.as_known import as_known
from ..kept.asking import awaited


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Is the portfolio turning into value?"""
    if waiting := _awaited(request):
        return waiting
    with read_once():
        page = DashboardPage(signed_in(request), request.GET)
        with as_known(page.asked.known_at):
            return render(request, "value/dashboard/dashboard.html", {"page": page})


@require_safe
def dashboard_table(request: HttpRequest, figure: str) -> HttpResponseBase:
    """The table of a figure's chart, as a file."""
    _known(figure)
    if waiting := _awaited(request, is_file=True):
        return waiting
    with read_once():
        page = DashboardPage(signed_in(request), request.GET)
        with as_known(page.asked.known_at):
            chart = chart_of(figure, page.viewer, page.asked, page.dashboard, page.targets)
    if chart is None:
        raise PermissionDenied(MONEY_SEEN_BY)
    return csv_file(ChartSheet(chart))


@require_safe
def dashboard_rows(request: HttpRequest, figure: str) -> HttpResponse:
    """What does this figure count?"""
    _known(figure)
    if waiting := _awaited(request):
        return waiting
    with read_once():
        found = _rows(request, figure)
        with as_known(found.asked.known_at):
            return render(request, "value/dashboard/rows.html", {"found": found, "figure": figure})


@require_safe
def dashboard_rows_export(request: HttpRequest, figure: str) -> HttpResponseBase:
    """The same rows, all of them, as a file."""
    _known(figure)
    if waiting := _awaited(request, is_file=True):
        return waiting
    found = _rows(request, figure)
    return asked_file(request, found, lambda: found.count, found.address, refused=found.refused)


def _rows(request: HttpRequest, figure: str) -> FigureRows[object]:  # type: ignore[type-var]
    return ROWS[figure](signed_in(request), Address(request.GET), request.GET)


def _awaited(request: HttpRequest, *, is_file: bool = False) -> HttpResponse | None:
    """The page that waits until what was known at a moment is counted, or a part of it for one that asks again."""
    address, asks_again = Address(request.GET), wants_partial(request)
    share = awaited(address.known_at)
    if share is None and not (asks_again and address.known_at):
        return None
    if share is None and not is_file:
        return HttpResponseClientRefresh()
    template = "value/dashboard/wait.html" + (f"#{'ready' if share is None else 'state'}" if asks_again else "")
    about = {"address": address, "share": share, "is_file": is_file}
    context = about | {"now": _without_moment(request), "back": address.to(known_at="")}
    # Who fetches a file without looking must not take this page for it.
    return render(request, template, context, status=202 if is_file and share is not None else 200)


def _without_moment(request: HttpRequest) -> str:
    """The same address as of what is known now."""
    asked = request.GET.copy()
    asked.pop("known_at", None)
    return f"{request.path}?{asked.urlencode()}"


def _known(figure: str) -> None:
    if figure not in ROWS:
        raise Http404
