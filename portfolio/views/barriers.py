"""Barriers over the whole portfolio."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aiso.accounts.signed_in import signed_in

from ..barrier_register import BarrierRegister
from .files import asked_file


@require_safe
def barrier_list(request: HttpRequest) -> HttpResponse:
    """What holds us up, and who sees to it?"""
    return render(request, "portfolio/barriers.html", {"register": BarrierRegister(signed_in(request), request.GET)})


@require_safe
def barrier_export(request: HttpRequest) -> HttpResponseBase:
    """What the page shows, all of it, as a file."""
    register = BarrierRegister(signed_in(request), request.GET)
    return asked_file(request, register, lambda: register.count, register.address())
