"""Conditions: which are open, and what becomes of one."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, status_of
from aiso.web.htmx import announce

from ..actions.conditions import SETTLING, confirm_condition, meet_condition, refuse_condition, waive_condition
from ..decision_lists import CONDITION_RELATED, ConditionList
from ..forms.decisions import MeetForm, ReasonedForm
from ..models import Condition
from ..permissions import can_meet_condition, can_settle_condition


@dataclass(frozen=True)
class Deed:
    """What may be done with a condition: its form, its words, who may."""

    name: str
    verb: str
    icon: str
    told: str
    form: Callable[..., forms.Form]
    act: Callable[..., Condition]
    may: Callable[[User, Condition], bool]
    refusal: str


MEET = Deed(
    "meet",
    "Say that it is met",
    "check",
    "Said. Who set it confirms it next.",
    MeetForm,
    meet_condition,
    can_meet_condition,
    "Its owner sees to it.",
)
CONFIRM = Deed(
    "confirm",
    "Confirm that it is met",
    "check",
    "Confirmed.",
    forms.Form,
    confirm_condition,
    can_settle_condition,
    SETTLING,
)
REFUSE = Deed(
    "refuse", "It is not met", "x", "It is open again.", ReasonedForm, refuse_condition, can_settle_condition, SETTLING
)
WAIVE = Deed(
    "waive", "Waive it", "circle-minus", "Waived.", ReasonedForm, waive_condition, can_settle_condition, SETTLING
)


@require_safe
def condition_list(request: HttpRequest) -> HttpResponse:
    """What do approvals still demand, and by when?"""
    return render(request, "stagegates/conditions.html", {"found": ConditionList(signed_in(request), request.GET)})


@require_safe
def condition_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is demanded, and is it met?"""
    return _show(request, _condition(request, pk))


@require_POST
def condition_meet(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, MEET)


@require_POST
def condition_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, CONFIRM)


@require_POST
def condition_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, REFUSE)


@require_POST
def condition_waive(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, WAIVE)


def _do(request: HttpRequest, pk: int, deed: Deed) -> HttpResponse:
    condition, actor = _condition(request, pk), signed_in(request)
    if not deed.may(actor, condition):
        raise PermissionDenied(deed.refusal)
    form = _form_of(deed, request.POST)
    if attempt(form, lambda: deed.act(condition, actor=actor, **form.cleaned_data)):
        announce(request, deed.told)
        # What they settled last may have been what let them see it.
        still_seen = Condition.objects.visible_to(actor).filter(pk=pk).exists()
        return redirect(condition if still_seen else "stagegates:condition_list")
    return _show(request, condition, (deed, form))


def _form_of(deed: Deed, data: QueryDict | None = None) -> forms.Form:
    """Several stand on one page: each has ids of its own."""
    return deed.form(data, auto_id=f"{deed.name}-%s")


def _show(request: HttpRequest, condition: Condition, sent: tuple[Deed, forms.Form] | None = None) -> HttpResponse:
    person = signed_in(request)
    deeds = [(each, sent[1] if sent and sent[0] is each else _form_of(each)) for each in _open_to(person, condition)]
    status = status_of(sent[1]) if sent else 200
    return render(request, "stagegates/condition.html", {"condition": condition, "deeds": deeds}, status=status)


def _open_to(person: User, condition: Condition) -> list[Deed]:
    """What the person may do with it now."""
    if not condition.is_open:
        return []
    deeds = [MEET] if not condition.met_at and can_meet_condition(person, condition) else []
    if can_settle_condition(person, condition):
        deeds += [CONFIRM, REFUSE, WAIVE] if condition.met_at else [WAIVE]
    return deeds


def _condition(request: HttpRequest, pk: int) -> Condition:
    rows = Condition.objects.visible_to(signed_in(request)).select_related(
        *CONDITION_RELATED,
        "decision__review",
        "sign_off_answer__sign_off__review",
        "met_by",
        "confirmed_by",
        "waived_by",
    )
    found: Condition = get_object_or_404(rows.defer("initiative__search"), pk=pk)
    return found
