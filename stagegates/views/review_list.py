"""The list of gate reviews, and its file."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aiso.accounts.signed_in import signed_in
from aiso.once import read_once
from portfolio.views.files import asked_file

from ..review_export import ReviewSheet
from ..review_register import ReviewRegister


@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """Which reviews are open, what holds them up, and who has them?"""
    register = ReviewRegister(signed_in(request), request.GET)
    with read_once():
        return render(request, "stagegates/reviews.html", {"register": register})


@require_safe
def review_export(request: HttpRequest) -> HttpResponseBase:
    """What the list shows, as a file."""
    person = signed_in(request)
    register = ReviewRegister(person, request.GET)
    sheet = ReviewSheet(register.matching, person)
    return asked_file(request, sheet, register.matching.count, register.address(), of="reviews")
