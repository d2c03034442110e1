"""The tab of what holds an initiative up."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError
from aiso.web import figures
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.clear_barriers import (
    WHO_CHANGES,
    WHO_LIFTS,
    WHO_RAISES,
    change_barrier,
    lift_barrier,
    raise_barrier,
    reopen_barrier,
)
from ..forms.barriers import BarrierForm, LiftForm
from ..models import Barrier, Initiative
from ..page import page_for, visible_initiative
from ..permissions import can_change_barrier, can_lift_barrier, can_raise_barrier
from .initiative_tab import go_on, show_tab, target_of

TAB = "portfolio:initiative_barriers"


@require_safe
def initiative_barriers(request: HttpRequest, pk: int) -> HttpResponse:
    """What holds it up, who sees to it, and since when?"""
    return _show(request, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def barrier_raise(request: HttpRequest, pk: int) -> HttpResponse:
    """A new barrier; in a dialog, or on a page of its own."""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    if not can_raise_barrier(actor, initiative):
        raise PermissionDenied(WHO_RAISES)
    form = BarrierForm(None, posted(request))
    if raised := attempt(form, lambda: raise_barrier(initiative, actor=actor, **form.cleaned_data)):
        announce(request, f"Raised: {raised.owner} sees to it until {figures.day(raised.wanted_by)}.")
        return go_on(request, initiative, TAB)
    return _ask(request, initiative, "Raise barrier", form)


@require_http_methods(["GET", "HEAD", "POST"])
def barrier_change(request: HttpRequest, pk: int, barrier: int) -> HttpResponse:
    """What is it, who sees to it, and by when?"""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    found = _barrier(initiative, barrier)
    if not can_change_barrier(actor, found):
        raise PermissionDenied(WHO_CHANGES)
    form = BarrierForm(found, posted(request))
    if attempt(form, lambda: change_barrier(found, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, "Barrier saved.")
        return go_on(request, initiative, TAB)
    return _ask(request, initiative, "Save changes", form, found)


@require_http_methods(["GET", "HEAD", "POST"])
def barrier_lift(request: HttpRequest, pk: int, barrier: int) -> HttpResponse:
    """How was it lifted?"""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    found = _barrier(initiative, barrier)
    if not can_lift_barrier(actor, found):
        raise PermissionDenied(WHO_LIFTS)
    form = LiftForm(posted(request))
    if attempt(form, lambda: lift_barrier(found, actor=actor, **form.cleaned_data)):
        announce(
            request, "Barrier lifted.", undo=reverse("portfolio:barrier_reopen", args=[initiative.reference, barrier])
        )
        return go_on(request, initiative, TAB)
    return _ask(request, initiative, "Lift barrier", form, found)


@require_POST
def barrier_reopen(request: HttpRequest, pk: int, barrier: int) -> HttpResponse:
    """It came back, or was lifted too soon."""
    initiative = visible_initiative(request, pk)
    try:
        reopen_barrier(_barrier(initiative, barrier), actor=signed_in(request))
    except DomainError as error:
        return _show(request, pk, refusal=str(error))
    announce(request, "Barrier open again.")
    return go_on(request, initiative, TAB)


def _show(request: HttpRequest, pk: int, *, refusal: str = "") -> HttpResponse:
    page = page_for(request, pk, "barriers")
    rows = page.initiative.barriers.select_related("kind", "owner", "raised_by", "lifted_by", "initiative")
    open_ones = [*rows.filter(lifted_at=None).order_by("wanted_by", "pk")]
    context = {
        "open": [(each, page.may_edit or can_lift_barrier(page.person, each)) for each in open_ones],
        "own": {each.pk for each in open_ones if each.raised_by_id == page.person.pk},
        "lifted": rows.filter(lifted_at__isnull=False).order_by("-lifted_at", "-pk"),
        "may_raise": page.takes_a_lane and can_raise_barrier(page.person, page.initiative),
        "refusal": refusal,
    }
    return show_tab(request, page, "portfolio/initiative_barriers.html", context, status=409 if refusal else 200)


def _ask(
    request: HttpRequest,
    initiative: Initiative,
    verb: str,
    form: BarrierForm | LiftForm,
    barrier: Barrier | None = None,
) -> HttpResponse:
    part = "#dialog" if target_of(request) == "dialog" else ""
    context = {"initiative": initiative, "verb": verb, "form": form, "barrier": barrier, "address": request.path}
    return render(request, f"portfolio/initiative_barrier.html{part}", context, status=status_of(form))


def _barrier(initiative: Initiative, pk: int) -> Barrier:
    rows = initiative.barriers.select_related("initiative", "kind", "owner")
    return get_object_or_404(rows, pk=pk)
