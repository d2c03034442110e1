"""A request once it is submitted: its status, its answers, questions and replies."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, status_of
from aiso.web.htmx import announce

from ..actions.intakes import join_intake, reply_to_question
from ..forms.triage import AcceptForm, AskForm, DeclineForm, JoinForm, ReplyForm
from ..intake_page import IntakePage, intake_for
from ..models import Intake


@require_safe
def intake_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where does it stand, and who has it now? A draft opens where its answers begin to lack."""
    intake = intake_for(request, pk)
    page = IntakePage(request, intake)
    if intake.state == Intake.State.DRAFT:
        lacking = next((step for step in page.steps if not step.is_done), page.steps[-1])
        return redirect(lacking.url)
    return show_intake(request, page)


@require_POST
def intake_reply(request: HttpRequest, pk: int) -> HttpResponse:
    intake, form = intake_for(request, pk), ReplyForm(request.POST)
    if replied := attempt(
        form, lambda: reply_to_question(intake, actor=signed_in(request), text=form.cleaned_data["text"])
    ):
        announce(request, "Reply sent. The office has it again.")
        return redirect(replied)
    return show_intake(request, IntakePage(request, intake), reply=form)


@require_POST
def intake_join(request: HttpRequest, pk: int) -> HttpResponse:
    """Join another initiative instead: its requester while they write, or the office."""
    intake, actor = intake_for(request, pk), signed_in(request)
    form = JoinForm(actor, request.POST)
    if joined := attempt(form, lambda: join_intake(intake, actor=actor, **form.cleaned_data)):
        announce(request, f"{joined.reference} joined to {joined.joined_to}.")
        return redirect(joined)
    if intake.state == Intake.State.DRAFT:
        # A draft has no page to show the form on; it goes on where it stands.
        for told in form.errors.values():
            announce(request, str(told[0]), level=messages.ERROR)
        return redirect(intake)
    return show_intake(request, IntakePage(request, intake), join=form)


def show_intake(request: HttpRequest, page: IntakePage, **sent: forms.Form) -> HttpResponse:
    """The page of a request, with the form that was sent wrong, if one was."""
    context = {
        "page": page,
        "accept": AcceptForm(),
        "ask": AskForm(),
        "decline": DeclineForm(),
        "join": JoinForm(page.person),
        "reply": ReplyForm(),
    } | sent
    opened, form = next(iter(sent.items()), ("", None))
    context["opened"] = opened
    # A refusal stands on top: what refused may have taken the form away.
    context["problems"] = form.non_field_errors() if form else []
    return render(request, "portfolio/intake.html", context, status=status_of(form) if form else 200)
