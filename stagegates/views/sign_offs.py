"""Sign-offs: the queue, one sign-off with its forms, and the sealed copy beside what is true now."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.once import read_once
from aiso.web.attempts import attempt, status_of
from aiso.web.htmx import announce, wants_partial
from portfolio.permissions import can_see_money
from portfolio.views.initiative_tab import target_of

from ..actions.answer_sign_off import answer_sign_off
from ..actions.ask_question import ask_question, reply_to_question
from ..actions.delegate_sign_off import delegate_sign_off
from ..forms.sign_offs import AnswerForm, DelegateForm, TextForm
from ..models import SignOff, SignOffAnswer, SignOffQuestion
from ..scopes import copies_of
from ..seals import changes_between, is_intact, seal_of
from ..sign_off_cards import Card, card_of, shown, shown_changes, shown_seal
from ..sign_off_clock import SAID
from ..sign_off_queue import SignOffQueue

# What a list of sign-offs on the page listens to.
CHANGED = "sign-off-changed"
# The part of a sign-off's own page that tells how it stands, and the places that a card stands in of its own.
HEAD = "sign-off-head"
PLACES = ("page", "drawer")

type Place = Callable[[Card, forms.Form], None]


@require_safe
def sign_off_queue(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, the oldest breach first?"""
    queue = SignOffQueue(signed_in(request), request.GET)
    return render(request, "stagegates/sign_offs.html", {"queue": queue})


@require_safe
def sign_off_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What does it rest on, and what is to be said of it?"""
    viewer = signed_in(request)
    with read_once():
        return _show(request, card_of(_sign_off(viewer, pk), viewer))


@require_POST
def sign_off_answer(request: HttpRequest, pk: int) -> HttpResponse:
    actor = signed_in(request)
    sign_off = _sign_off(actor, pk)
    form = AnswerForm(sign_off, request.POST)
    answer = attempt(form, lambda: answer_sign_off(sign_off, actor=actor, **form.answer()))

    def place(card: Card, form: Any) -> None:
        # What the person is shown now is what they answer to next.
        data = form.data.copy()
        for name in ("seen", "replaces"):
            data[form[name].html_name] = card.answer_form[name].initial if card.answer_form else ""
        form.data = data
        card.answer_form = form

    told = f"{sign_off.function}: {SAID[answer.verdict][1].lower()}." if answer else ""
    return _done(request, sign_off, form, place, told, "answered")


@require_POST
def sign_off_ask(request: HttpRequest, pk: int) -> HttpResponse:
    actor = signed_in(request)
    sign_off = _sign_off(actor, pk)
    form = TextForm(f"ask-{pk}", "Question to the owners", request.POST)
    asked = attempt(form, lambda: ask_question(sign_off, actor=actor, text=form.cleaned_data["text"]))

    def place(card: Card, form: Any) -> None:
        card.ask_form = form

    told = "Asked. The clock stands still until the owners reply." if asked else ""
    return _done(request, sign_off, form, place, told, asked)


@require_POST
def sign_off_reply(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    actor = signed_in(request)
    sign_off = _sign_off(actor, pk)
    found = get_object_or_404(SignOffQuestion.objects.filter(sign_off=sign_off), pk=question)
    form = TextForm(f"reply-{question}", "Your reply", request.POST)
    replied = attempt(form, lambda: reply_to_question(found, actor=actor, text=form.cleaned_data["text"]))

    def place(card: Card, form: Any) -> None:
        card.reply_form = form

    return _done(request, sign_off, form, place, "Replied. The clock goes on." if replied else "", found)


@require_POST
def sign_off_delegate(request: HttpRequest, pk: int) -> HttpResponse:
    actor = signed_in(request)
    sign_off = _sign_off(actor, pk)
    form = DelegateForm(sign_off, request.POST)
    passed = attempt(form, lambda: delegate_sign_off(sign_off, actor=actor, **form.cleaned_data))
    told = ""
    if passed:
        told = f"Passed to {passed.assigned_to}." if passed.assigned_to else "Back with the function."

    def place(card: Card, form: Any) -> None:
        card.delegate_form = form

    return _done(request, sign_off, form, place, told, "passed")


@require_safe
def sealed_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What exactly was signed off, is the copy intact, and what is true now?"""
    viewer = signed_in(request)
    rows = SignOffAnswer.objects.visible_to(viewer)
    answer = get_object_or_404(
        rows.select_related("answered_by", "sign_off__function", "sign_off__review__initiative"), pk=pk
    )
    sign_off = answer.sign_off
    sees_money = can_see_money(viewer, sign_off.review.initiative)
    present = copies_of([(sign_off, answer.groups)])[sign_off.pk]
    changes = {each.key: each for each in shown_changes(changes_between(answer.copy, present), sees_money=sees_money)}
    now = {fact["key"]: fact["value"] for fact in shown(present, sees_money=sees_money)}
    sealed = shown(answer.copy, sees_money=sees_money)
    lines = [(fact, now.get(fact["key"], ""), fact["key"] in changes) for fact in sealed]
    added = [each for key, each in changes.items() if key not in {fact["key"] for fact in sealed}]
    context = {
        "answer": answer,
        "sign_off": sign_off,
        "initiative": sign_off.review.initiative,
        "lines": lines,
        "added": added,
        "changed": len(changes),
        "is_intact": is_intact(answer.copy, answer.seal),
        "seal": shown_seal(answer.seal, answer.copy, sees_money=sees_money),
        "recomputed": seal_of(answer.copy),
    }
    return render(request, "stagegates/sealed_answer.html", context)


def _done(
    request: HttpRequest,
    sign_off: SignOff,
    form: forms.Form,
    place: Place,
    told: str,
    done: SignOffQuestion | str | None,
) -> HttpResponse:
    """The card after a deed: as it stands now, where `done` says what the focus goes to, or with what was refused."""
    viewer = signed_in(request)
    if told:
        announce(request, told)
        if not wants_partial(request):
            return redirect(sign_off)
    card = card_of(sign_off, viewer)
    if not told:
        place(card, form)
        return _show(request, card, status=status_of(form))
    response = _show(request, card, done=done)
    response["HX-Trigger"] = CHANGED
    return response


def _show(
    request: HttpRequest, card: Card, status: int = 200, done: SignOffQuestion | str | None = None
) -> HttpResponse:
    where = request.GET.get("in", "")
    is_part = wants_partial(request) and target_of(request) != HEAD
    context = {
        "card": card,
        "initiative": card.sign_off.review.initiative,
        "where": (where if where in PLACES else "") if is_part else "page",
        "done": done,
    }
    template = "stagegates/_sign_off_card.html" if is_part else "stagegates/sign_off.html"
    if is_part and where == "drawer":
        template = "stagegates/_sign_off_drawer.html"
    return render(request, template, context, status=status)


def _sign_off(viewer: User, pk: int) -> SignOff:
    rows = SignOff.objects.visible_to(viewer).select_related("function", "review__initiative")
    sign_off: SignOff = get_object_or_404(rows, pk=pk)
    return sign_off
