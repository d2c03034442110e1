"""The tab of releases, and the page of one with what it has to meet."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.audit.history import Told, history_of
from aiso.errors import DomainError
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.record_releases import (
    REFUSAL,
    add_criterion,
    change_criterion,
    change_release,
    mark_released,
    record_release,
    record_result,
    remove_criterion,
)
from ..forms.releases import CriterionForm, NewReleaseForm, ReleasedForm, ReleaseForm, ResultForm
from ..models import Initiative, Release, ReleaseCriterion
from ..page import page_for, visible_initiative
from ..permissions import can_edit, can_release_anyway
from ..release_guards import hindrances_of
from ..releases import standing_of
from .initiative_tab import show_tab

TOLD = [Told(ReleaseCriterion)]


@require_safe
def initiative_releases(request: HttpRequest, pk: int) -> HttpResponse:
    """What was released to whom, and what must the next one meet?"""
    page = page_for(request, pk, "releases")
    releases = page.initiative.releases.select_related("recorded_by").prefetch_related("criteria")
    context = {"standings": [standing_of(release) for release in releases]}
    return show_tab(request, page, "portfolio/initiative_releases.html", context)


@require_safe
def release_detail(request: HttpRequest, pk: int, release: int) -> HttpResponse:
    """Does it meet what it has to?"""
    initiative, viewer = visible_initiative(request, pk), signed_in(request)
    return _show(request, viewer, _release(initiative, release))


@require_http_methods(["GET", "HEAD", "POST"])
def release_record(request: HttpRequest, pk: int) -> HttpResponse:
    """What will be released, and to whom?"""
    initiative, actor = _editable(request, pk)
    form = NewReleaseForm(initiative, posted(request))
    if made := attempt(form, lambda: record_release(initiative, actor=actor, **form.cleaned_data)):
        announce(request, f"Release {made} recorded.")
        return redirect("portfolio:release_detail", initiative.reference, made.pk)
    return _ask(request, initiative, form, "New release", "Record release")


@require_http_methods(["GET", "HEAD", "POST"])
def release_change(request: HttpRequest, pk: int, release: int) -> HttpResponse:
    initiative, actor = _editable(request, pk)
    found = _release(initiative, release)
    form = ReleaseForm(found, posted(request))
    if attempt(form, lambda: change_release(found, actor=actor, seen=form.seen(), **form.cleaned_data)):
        return _done(request, found, f"Release {found} saved.")
    return _ask(request, initiative, form, f"Edit release {found}", "Save changes", found)


@require_http_methods(["GET", "HEAD", "POST"])
def release_mark(request: HttpRequest, pk: int, release: int) -> HttpResponse:
    """Is it out, and if not all was met, why?"""
    initiative, actor = _editable(request, pk)
    found = _release(initiative, release)
    standing = standing_of(found)
    may_anyway = can_release_anyway(actor, initiative)
    form = ReleasedForm(posted(request), is_met=not standing.stopping, may_anyway=may_anyway)
    if marked := attempt(form, lambda: mark_released(found, actor=actor, **form.cleaned_data)):
        return _done(request, marked, f"Release {marked} is out.")
    context = {"standing": standing, "may_anyway": may_anyway, "hindrances": hindrances_of(initiative)}
    return _ask(request, initiative, form, f"Mark {found} as released", "Mark as released", found, **context)


@require_http_methods(["GET", "HEAD", "POST"])
def criterion_add(request: HttpRequest, pk: int, release: int) -> HttpResponse:
    """What must it meet?"""
    initiative, actor = _editable(request, pk)
    found = _release(initiative, release)
    form = CriterionForm(None, posted(request))
    if added := attempt(form, lambda: add_criterion(found, actor=actor, **form.cleaned_data)):
        return _done(request, found, f"“{added}” added.")
    return _ask(request, initiative, form, "New criterion", "Add criterion", found)


@require_http_methods(["GET", "HEAD", "POST"])
def criterion_change(request: HttpRequest, pk: int, release: int, criterion: int) -> HttpResponse:
    initiative, actor = _editable(request, pk)
    found = _release(initiative, release)
    changed = get_object_or_404(found.criteria.select_related("release__initiative"), pk=criterion)
    form = CriterionForm(changed, posted(request))
    if attempt(form, lambda: change_criterion(changed, actor=actor, seen=form.seen(), **form.cleaned_data)):
        return _done(request, found, f"“{changed}” saved.")
    return _ask(request, initiative, form, f"Edit “{changed}”", "Save changes", found)


@require_http_methods(["GET", "HEAD", "POST"])
def result_record(request: HttpRequest, pk: int, release: int, criterion: int) -> HttpResponse:
    """What was measured?"""
    initiative, actor = _editable(request, pk)
    found = _release(initiative, release)
    measured = get_object_or_404(found.criteria.select_related("release__initiative"), pk=criterion)
    form = ResultForm(measured, posted(request))
    if attempt(form, lambda: record_result(measured, actor=actor, **form.cleaned_data)):
        return _done(request, found, f"Result of “{measured}” recorded.")
    return _ask(request, initiative, form, f"Result of “{measured}”", "Record result", found, criterion=measured)


@require_POST
def criterion_remove(request: HttpRequest, pk: int, release: int, criterion: int) -> HttpResponse:
    initiative, actor = _editable(request, pk)
    found = _release(initiative, release)
    removed = get_object_or_404(found.criteria.select_related("release__initiative"), pk=criterion)
    try:
        remove_criterion(removed, actor=actor)
    except DomainError as error:
        return _show(request, actor, found, refusal=str(error))
    return _done(request, found, f"“{removed}” removed.")


def _show(request: HttpRequest, viewer: User, release: Release, *, refusal: str = "") -> HttpResponse:
    context = {
        "release": release,
        "initiative": release.initiative,
        "standing": standing_of(release),
        "may_edit": can_edit(viewer, release.initiative),
        "history": history_of(release, TOLD, after=request.GET.get("after", "")),
        "refusal": refusal,
    }
    return render(request, "portfolio/release.html", context, status=409 if refusal else 200)


def _ask(
    request: HttpRequest,
    initiative: Initiative,
    form: forms.Form,
    title: str,
    verb: str,
    release: Release | None = None,
    **more: Any,
) -> HttpResponse:
    context = {"initiative": initiative, "release": release, "form": form, "title": title, "verb": verb} | more
    return render(request, "portfolio/release_form.html", context, status=status_of(form))


def _done(request: HttpRequest, release: Release, told: str) -> HttpResponse:
    announce(request, told)
    return redirect("portfolio:release_detail", release.initiative.reference, release.pk)


def _editable(request: HttpRequest, pk: int) -> tuple[Initiative, User]:
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    if not can_edit(actor, initiative):
        raise PermissionDenied(REFUSAL)
    return initiative, actor


def _release(initiative: Initiative, pk: int) -> Release:
    rows = initiative.releases.select_related("initiative", "recorded_by", "released_by")
    return get_object_or_404(rows, pk=pk)
