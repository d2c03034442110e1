"""One thing to see to now that a system in use was ended."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, status_of
from aiso.web.htmx import announce

from ..actions.close import hand_over_thing, settle_thing
from ..forms.closing import DoneForm, HandOverForm, NotNeededForm
from ..models import DecommissioningTask
from ..permissions import SETTLING_THINGS, can_settle_thing


def _plain(form: type[forms.Form]) -> Callable[..., forms.Form]:
    """A form that needs nothing of the thing."""
    return lambda task, data=None, **options: form(data, **options)


@dataclass(frozen=True)
class Deed:
    """What may be done with an open thing: its words, its form, its action."""

    name: str
    verb: str
    icon: str
    told: str
    form: Callable[..., forms.Form]
    act: Callable[..., Any]


DONE = Deed("done", "It is done", "check", "Done.", _plain(DoneForm), settle_thing)
NOT_NEEDED = Deed(
    "not-needed",
    "It is not needed",
    "circle-minus",
    "Not needed.",
    _plain(NotNeededForm),
    partial(settle_thing, is_needed=False),
)
HAND_OVER = Deed("hand-over", "Change owner or date", "user-edit", "Changed.", HandOverForm, hand_over_thing)
DEEDS = (DONE, NOT_NEEDED, HAND_OVER)


@require_safe
def thing_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done, by whom and until when?"""
    return _show(request, _thing(request, pk))


@require_POST
def thing_done(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, DONE)


@require_POST
def thing_not_needed(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, NOT_NEEDED)


@require_POST
def thing_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, HAND_OVER)


def _do(request: HttpRequest, pk: int, deed: Deed) -> HttpResponse:
    task, actor = _thing(request, pk), signed_in(request)
    if not can_settle_thing(actor, task):
        raise PermissionDenied(SETTLING_THINGS)
    form = deed.form(task, request.POST, auto_id=f"{deed.name}-%s")
    if attempt(form, lambda: deed.act(task, actor=actor, **form.cleaned_data)):
        announce(request, deed.told)
        return redirect(f"{task.closure.get_absolute_url()}#decommissioning")
    return _show(request, task, (deed, form))


def _show(request: HttpRequest, task: DecommissioningTask, sent: tuple[Deed, forms.Form] | None = None) -> HttpResponse:
    may = task.is_open and can_settle_thing(signed_in(request), task)
    deeds = [
        (each, sent[1] if sent and sent[0] is each else each.form(task, auto_id=f"{each.name}-%s")) for each in DEEDS
    ]
    context = {"task": task, "deeds": deeds if may else []}
    return render(request, "stagegates/thing.html", context, status=status_of(sent[1]) if sent else 200)


def _thing(request: HttpRequest, pk: int) -> DecommissioningTask:
    rows = DecommissioningTask.objects.visible_to(signed_in(request))
    related = rows.select_related("closure__decision", "initiative", "owner", "done_by").defer("initiative__search")
    found: DecommissioningTask = get_object_or_404(related, pk=pk)
    return found
