"""The pages that belong to no app: what waits for you, search, preferences, the administration's front."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from aiso import clock
from aiso.accounts.models import User
from aiso.once import read_once

from .. import navigation, preferences, work
from ..search import address_for


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me?"""
    person = _person(request)
    with read_once():  # the shell counts what the page shows
        items = work.work_of(person)
        navigation.count_anew(person)
    context = {
        "total": len(items),
        "late": sum(1 for item in items if item.due and item.due < clock.today()),
        "groups": work.by_due(items, clock.today()),
        "entries": [entry for entry in navigation.entries_for(person, "portfolio", "forums", "value") if entry.about],
    }
    return render(request, "web/home.html", context)


@require_safe
def counts_show(request: HttpRequest) -> HttpResponse:
    """The counts in the shell, swapped into their places once the page stands."""
    return render(request, "web/_counts.html", {"counts": navigation.count_anew(_person(request))})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Where the search at the top of each page arrives."""
    return redirect(address_for(_person(request), request.GET.get("q", "").strip()))


@require_safe
def administration(request: HttpRequest) -> HttpResponse:
    """The pages with which the office keeps people, units and lists."""
    pages = navigation.entries_for(_person(request), "administration")
    if not pages:
        raise PermissionDenied("Administration is for the office and for auditors.")
    return render(request, "web/administration.html", {"pages": pages})


@require_POST
@login_not_required
def preferences_save(request: HttpRequest) -> HttpResponse:
    """Theme and shortcuts, from the account menu; the theme also on the sign-in page."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    if request.POST.get("theme") in preferences.THEMES:
        preferences.remember_theme(response, request.POST["theme"], secure=request.is_secure())
    if "shortcuts" in request.POST and request.user.is_authenticated:
        preferences.switch_shortcuts(_person(request), on=request.POST["shortcuts"] == "on")
    return response


def _person(request: HttpRequest) -> User:
    """Who is signed in; the middleware let nobody else through."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in first.")
    return request.user
