"""The office's answers to a request."""

from collections.abc import Callable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt
from aiso.web.htmx import announce

from ..actions.intakes import accept_intake, ask_requester, decline_intake
from ..forms.triage import AcceptForm, AskForm, DeclineForm
from ..intake_page import IntakePage, intake_for
from ..models import Intake
from .intake_detail import show_intake


@require_POST
def intake_accept(request: HttpRequest, pk: int) -> HttpResponse:
    form = AcceptForm(request.POST)
    return _answer(request, pk, "accept", form, lambda it, who: accept_intake(it, actor=who, **form.cleaned_data))


@require_POST
def intake_ask(request: HttpRequest, pk: int) -> HttpResponse:
    form = AskForm(request.POST)

    def ask(intake: Intake, actor: User) -> Intake:
        return ask_requester(intake, actor=actor, **form.cleaned_data).intake

    return _answer(request, pk, "ask", form, ask)


@require_POST
def intake_decline(request: HttpRequest, pk: int) -> HttpResponse:
    form = DeclineForm(request.POST)
    return _answer(request, pk, "decline", form, lambda it, who: decline_intake(it, actor=who, **form.cleaned_data))


def _answer(
    request: HttpRequest, pk: int, name: str, form: forms.Form, deed: Callable[[Intake, User], Intake]
) -> HttpResponse:
    intake = intake_for(request, pk)
    if answered := attempt(form, lambda: deed(intake, signed_in(request))):
        announce(request, f"{answered.reference}: {answered.get_state_display().lower()}.")
        return redirect(answered)
    return show_intake(request, IntakePage(request, intake), **{name: form})
