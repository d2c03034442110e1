"""Scorecards: of one initiative on its tab, and of the portfolio by bucket, unit and objective."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aiso.accounts.signed_in import signed_in
from portfolio.export import MOST_XLSX
from portfolio.page import page_for
from portfolio.views.files import asked_file
from portfolio.views.initiative_tab import show_tab

from ..scorecards.board import Board
from ..scorecards.card import Scorecard
from ..scorecards.readiness import Readiness
from ..scorecards.rows import ScorecardRows


@require_safe
def initiative_scorecard(request: HttpRequest, pk: int) -> HttpResponse:
    """Does it do what it is to do, in all five respects?"""
    page = page_for(request, pk, "scorecard")
    card = Scorecard(page.initiative, page.person)
    readiness = Readiness(card, sees_money=page.sees_money, may_edit=page.may_edit)
    return show_tab(request, page, "value/scorecards/initiative.html", {"card": card, "readiness": readiness})


@require_safe
def scorecards(request: HttpRequest) -> HttpResponse:
    """Which part of the portfolio does what it is to do?"""
    return render(request, "value/scorecards/board.html", {"board": Board(signed_in(request), request.GET)})


@require_safe
def scorecards_export(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    board = Board(signed_in(request), request.GET)
    return asked_file(request, board, lambda: len(board.groups) + 1, board.address(), refused=board.refused)


@require_safe
def scorecard_rows(request: HttpRequest) -> HttpResponse:
    """Which initiatives stand so?"""
    found = ScorecardRows(signed_in(request), request.GET)
    return render(request, "value/scorecards/rows.html", {"found": found})


@require_safe
def scorecard_rows_export(request: HttpRequest) -> HttpResponseBase:
    """The same as a file, a row a metric."""
    found = ScorecardRows(signed_in(request), request.GET)
    count = found.matching.order_by()[: MOST_XLSX + 1].count
    return asked_file(request, found, count, found.address(), refused=found.refused)
