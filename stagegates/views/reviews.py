"""The page of a gate review, and what its owners and the office do with it."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError
from aiso.once import read_once
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce
from portfolio.page import visible_initiative

from ..actions.open_review import open_review
from ..actions.submit_review import edit_review, submit_review, withdraw_review
from ..actions.waive_requirement import ask_again, waive_requirement
from ..decision_panel import DecisionPanel
from ..forms.reviews import AskForm, ReasonForm
from ..lines import key_of
from ..models import GateReview, Requirement
from ..opening import opening_of
from ..permissions import can_open_review, can_waive
from ..review_page import RELATED, ReviewPage
from .answers import show_form, show_page


@require_safe
def review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands, what is missing, and who has it?"""
    return show_review(request, visible_review(signed_in(request), pk))


@require_http_methods(["GET", "HEAD", "POST"])
def review_open(request: HttpRequest, pk: int) -> HttpResponse:
    """What will the next gate ask, and why?"""
    actor, initiative = signed_in(request), visible_initiative(request, pk)
    if not can_open_review(actor, initiative):
        raise PermissionDenied("Its owners and the office open gate reviews.")
    form = AskForm(None, posted(request))
    if not form.is_bound:
        form.initial["amount"] = initiative.requested_amount
    review = attempt(form, lambda: open_review(initiative, actor=actor, **form.cleaned_data))
    if review is not None:
        announce(request, "Review opened. What is known already is filled in.")
        return redirect(review)
    context = {"initiative": initiative, "opening": opening_of(initiative), "form": form}
    return show_page(request, "stagegates/review_open.html", context, status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def review_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What does it ask for?"""
    actor = signed_in(request)
    review = visible_review(actor, pk)
    if not ReviewPage(review, actor).may_edit:
        raise PermissionDenied("Its owners and the office say what it asks for, until it is submitted.")
    form = AskForm(review, posted(request))
    if attempt(form, lambda: edit_review(review, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, "Saved.")
        return redirect(review)
    return show_form(request, "stagegates/review_edit.html", {"review": review, "form": form}, status_of(form))


@require_POST
def review_submit(request: HttpRequest, pk: int) -> HttpResponse:
    review = visible_review(signed_in(request), pk)
    return _do(request, review, lambda: submit_review(review, actor=signed_in(request)), "Submitted.", "decision")


@require_http_methods(["GET", "HEAD", "POST"])
def review_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Why is it taken back?"""
    actor = signed_in(request)
    review = visible_review(actor, pk)
    if not can_open_review(actor, review.initiative):
        raise PermissionDenied("Its owners and the office withdraw a review.")
    form = ReasonForm("Why is it withdrawn?", posted(request))
    if attempt(form, lambda: withdraw_review(review, actor=actor, **form.cleaned_data)):
        announce(request, "Withdrawn. What was given stays and counts again.")
        return redirect(review)
    return show_form(request, "stagegates/review_withdraw.html", {"review": review, "form": form}, status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def requirement_waive(request: HttpRequest, pk: int, requirement: int) -> HttpResponse:
    """Why can it pass without this?"""
    actor = signed_in(request)
    asked = _asked(actor, pk, requirement)
    form = ReasonForm("Why can it pass without this?", posted(request))
    if attempt(form, lambda: waive_requirement(asked, actor=actor, **form.cleaned_data)):
        announce(request, "Waived, as a recorded deviation.")
        return redirect(f"{asked.review.get_absolute_url()}#{key_of(asked.code)}")
    context = {"review": asked.review, "requirement": asked, "form": form}
    return show_form(request, "stagegates/requirement_waive.html", context, status_of(form))


@require_POST
def requirement_ask_again(request: HttpRequest, pk: int, requirement: int) -> HttpResponse:
    asked = _asked(signed_in(request), pk, requirement)
    row = key_of(asked.code)
    return _do(request, asked.review, lambda: ask_again(asked, actor=signed_in(request)), "Asked for again.", row)


def visible_review(person: User, pk: int) -> GateReview:
    reviews = GateReview.objects.visible_to(person).select_related(*RELATED)
    review: GateReview = get_object_or_404(reviews, pk=pk)
    return review


def _asked(actor: User, pk: int, requirement: int) -> Requirement:
    review = visible_review(actor, pk)
    if not can_waive(actor, review):
        raise PermissionDenied("The office waives requirements, and nobody of it who is a party to the review.")
    found: Requirement = get_object_or_404(review.requirements, pk=requirement)
    found.review = review
    return found


def _do(request: HttpRequest, review: GateReview, deed: Callable[[], object], told: str, place: str) -> HttpResponse:
    """A deed of one click, which leads to its place on the page; a rule that refuses it stands on the page."""
    try:
        deed()
    except DomainError as error:
        return show_review(request, visible_review(signed_in(request), review.pk), str(error))
    announce(request, told)
    return redirect(f"{review.get_absolute_url()}#{place}")


def show_review(
    request: HttpRequest,
    review: GateReview,
    refusal: str = "",
    *,
    panel: DecisionPanel | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with what was refused of a deed, or with the form of a decision that was refused."""
    page = ReviewPage(review, signed_in(request))
    if panel:
        page.panel = panel
    context = {"page": page, "review": review, "initiative": review.initiative, "refusal": refusal}
    with read_once():
        return show_page(request, "stagegates/review.html", context, 422 if refusal else status)
