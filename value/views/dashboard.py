"""The leadership dashboard: five figures, the chart of one as a file, and the rows behind each."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aiso.accounts.signed_in import signed_in
from aiso.once import read_once
from portfolio.views.files import asked_file, csv_file

from ..dashboard.address import Address
from ..dashboard.charts import chart_of
from ..dashboard.page import ChartSheet, DashboardPage
from ..dashboard.rows import FigureRows
from ..dashboard.rows_counted import ROWS
from ..dashboard.words import MONEY_SEEN_BY
from ..kept.as_known import as_known


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Is the portfolio turning into value?"""
    with read_once():
        page = DashboardPage(signed_in(request), request.GET)
        with as_known(page.asked.known_at):
            return render(request, "value/dashboard/dashboard.html", {"page": page})


@require_safe
def dashboard_table(request: HttpRequest, figure: str) -> HttpResponseBase:
    """The table of a figure's chart, as a file."""
    _known(figure)
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
    with read_once():
        found = _rows(request, figure)
        with as_known(found.asked.known_at):
            return render(request, "value/dashboard/rows.html", {"found": found, "figure": figure})


@require_safe
def dashboard_rows_export(request: HttpRequest, figure: str) -> HttpResponseBase:
    """The same rows, all of them, as a file."""
    found = _rows(request, figure)
    return asked_file(request, found, lambda: found.count, found.address, refused=found.asked_address.refused)


def _rows(request: HttpRequest, figure: str) -> FigureRows[object]:  # type: ignore[type-var]
    _known(figure)
    return ROWS[figure](signed_in(request), Address(request.GET), request.GET)


def _known(figure: str) -> None:
    if figure not in ROWS:
        raise Http404
