"""The portfolio by rank: as a list, as a map of value and feasibility, and what an envelope would fund."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import status_of

from ..filters import parameters
from ..permissions import WHO_ASKS_WHAT_IF, can_ask_what_if
from ..ranking import Ranking
from ..scatter import Scatter
from ..what_if import WhatIf
from .files import asked_file, csv_file, xlsx_file


@require_safe
def ranking_list(request: HttpRequest) -> HttpResponse:
    """What comes first, within each bucket and across all?"""
    ranking = Ranking(signed_in(request), request.GET)
    return render(request, "portfolio/ranking.html", _shared(ranking, "list"))


@require_safe
def ranking_map(request: HttpRequest) -> HttpResponse:
    """What is worth it and can be done?"""
    ranking = Ranking(signed_in(request), request.GET)
    return render(request, "portfolio/ranking_map.html", _shared(ranking, "map") | {"map": Scatter(ranking)})


@require_safe
def ranking_export(request: HttpRequest) -> HttpResponseBase:
    """The list, all of it, as a file."""
    ranking = Ranking(signed_in(request), request.GET)
    return asked_file(request, ranking, lambda: ranking.count, ranking.address(), of="initiatives")


@require_safe
def what_if(request: HttpRequest) -> HttpResponse:
    """With this envelope, which are funded?"""
    asked = _asked(request)
    return render(request, "portfolio/what_if.html", {"asked": asked}, status=status_of(asked.form))


@require_safe
def what_if_export(request: HttpRequest) -> HttpResponseBase:
    """The whole answer as a file."""
    asked = _asked(request)
    return csv_file(asked) if request.GET.get("format") == "csv" else xlsx_file(asked)


def _asked(request: HttpRequest) -> WhatIf:
    person = signed_in(request)
    if not can_ask_what_if(person):
        raise PermissionDenied(WHO_ASKS_WHAT_IF)
    return WhatIf(person, request.GET)


def _shared(ranking: Ranking, face: str) -> dict[str, object]:
    return _editor(ranking) | {"face": face, "may_ask_what_if": can_ask_what_if(ranking.user)}


def _editor(ranking: Ranking) -> dict[str, object]:
    """The form of the one filter that is being edited."""
    name = ranking.query.get("edit", "")
    if name not in ranking.filter.filters:
        return {"register": ranking, "editing": None}
    return {"register": ranking, "editing": ranking.filter.form[name], "others": ranking.others(*parameters(name))}
