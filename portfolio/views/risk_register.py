"""Risks over the whole portfolio."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aiso.accounts.signed_in import signed_in

from ..risk_register import RiskRegister
from .files import asked_file


@require_safe
def risk_list(request: HttpRequest) -> HttpResponse:
    """What may happen, and is it more than we bear?"""
    return render(request, "portfolio/risks.html", {"register": RiskRegister(signed_in(request), request.GET)})


@require_safe
def risk_export(request: HttpRequest) -> HttpResponseBase:
    """What the page shows, all of it, as a file."""
    register = RiskRegister(signed_in(request), request.GET)
    return asked_file(request, register, lambda: register.count, register.address())
