"""Deciding: a review, an initiative without one, the tier before, and who decides where nobody may."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce
from forums.models import Forum
from portfolio.page import visible_initiative

from ..actions.ballots import open_ballot
from ..actions.decide import decide_initiative, decide_review
from ..actions.fast_lane import confirm_tier
from ..actions.name_decider import name_decider
from ..deciding import who_decides_on
from ..decision_panel import DecisionPanel, outcomes_for, panel_of
from ..forms.decisions import DeciderForm, DecisionForm, StandingForm, TierForm, show_refusal
from ..models import Decision, GateReview, WrittenBallot
from ..money import freed, funding_of
from ..permissions import can_confirm_tier, can_decide, can_decide_on, can_name_decider
from ..separation import WAIVED
from .reviews import show_review

# The button that asks for votes instead of deciding.
IN_WRITING = "writing"


def review_of(request: HttpRequest, pk: int) -> GateReview:
    """A review that the person may see, or 404."""
    reviews = GateReview.objects.visible_to(signed_in(request))
    related = ("initiative", "body", "rights_version", "matrix_version", "gates_version")
    return get_object_or_404(reviews.select_related(*related).defer("initiative__search"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def review_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """What is decided, and why?"""
    review, person = review_of(request, pk), signed_in(request)
    panel = panel_of(review, person, posted(request))
    if request.method == "POST":
        if not (panel.form or can_decide(person, review)):
            raise PermissionDenied(_refusal(panel))
        if panel.form and (done := _settled(panel, panel.form, request)):
            return done
        review.refresh_from_db(fields=["closed_at"])
        if not review.is_open:
            # Somebody decided meanwhile: their decision stands there instead of the form.
            context = {"panel": panel_of(review, person), "review": review, "came_late": True}
            return render(request, "stagegates/review_decide.html", context, status=409)
    if panel.form and panel.form.errors:
        return show_review(request, review, panel=panel, status=422)
    return render(request, "stagegates/review_decide.html", {"panel": panel, "review": review})


def _settled(panel: DecisionPanel, form: DecisionForm, request: HttpRequest) -> HttpResponse | None:
    """Where the deed leads that the form asks for; none when it was refused."""
    deed = _to_ballot if request.POST.get("how") == IN_WRITING else _to_decision
    if not form.is_valid():
        return None
    try:
        done = deed(panel, form)
    except DomainError as error:
        show_refusal(form, error)
        return None
    if isinstance(done, WrittenBallot):
        announce(request, f"The members of {done.body} are asked to vote.")
    else:
        announce(request, f"{done.ruled}.")
    return redirect(f"{done.get_absolute_url()}#votes" if isinstance(done, WrittenBallot) else done)


def _to_decision(panel: DecisionPanel, form: DecisionForm) -> Decision:
    return decide_review(panel.review, actor=panel.person, seen=form.cleaned_data["seen"], **form.ruling())


def _to_ballot(panel: DecisionPanel, form: DecisionForm) -> WrittenBallot:
    closes_on = form.cleaned_data["closes_on"]
    if closes_on is None:
        raise DomainError("Say until when members vote.", field="closes_on")
    body = next(iter(panel.ballot_bodies), None)
    return open_ballot(panel.review, actor=panel.person, body=body, closes_on=closes_on, **form.ruling())


def _refusal(panel: DecisionPanel) -> str:
    if panel.has_waived:
        return WAIVED
    if not panel.review.is_ready:
        return "It is not open for a decision."
    return f"{panel.body or 'Nobody'} decides this, or a higher body; never a party to the review."


@require_http_methods(["GET", "HEAD", "POST"])
def tier_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Is the risk tier right?"""
    review, actor = review_of(request, pk), signed_in(request)
    if not can_confirm_tier(actor, review):
        raise PermissionDenied("The risk function confirms a tier, never a party to the review.")
    form = TierForm(posted(request), initial={"seen": review.initiative.risk_tier})
    return _reasoned(
        request,
        review,
        form,
        lambda: confirm_tier(review, actor=actor, **form.cleaned_data),
        title="Confirm the risk tier",
        told=f"{review.initiative.get_risk_tier_display()} risk, as its answers say now. Other answers reopen this.",
        verb="Confirm the tier",
        done="The tier is confirmed.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def decider_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Who decides, where nobody of the body may?"""
    review, actor = review_of(request, pk), signed_in(request)
    if not can_name_decider(actor, review):
        raise PermissionDenied("The sponsor names somebody, where nobody of the body may decide.")
    form = DeciderForm(posted(request))
    return _reasoned(
        request,
        review,
        form,
        lambda: name_decider(review, actor=actor, **form.cleaned_data),
        title="Name who decides",
        told="Nobody in its body may decide this review. Whom you name decides in their place; that is kept.",
        verb="Name them",
        done="Named.",
    )


def _reasoned(
    request: HttpRequest,
    review: GateReview,
    form: TierForm | DeciderForm,
    deed: Callable[[], object],
    *,
    title: str,
    told: str,
    verb: str,
    done: str,
) -> HttpResponse:
    if attempt(form, deed):
        announce(request, done)
        return redirect(f"{review.get_absolute_url()}#decision")
    context = {"review": review, "form": form, "title": title, "told": told, "verb": verb}
    return render(request, "stagegates/review_deed.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def initiative_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Is it paused, resumed or ended?"""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    names = who_decides_on(initiative)
    body = Forum.objects.filter(slug=names.body).first()
    if body is None or not can_decide_on(actor, initiative, body):
        raise PermissionDenied(f"{body or 'Nobody'} decides this, and a higher body may; never a party.")
    form = StandingForm(outcomes_for(initiative), posted(request))
    decided = attempt(form, lambda: decide_initiative(initiative, actor=actor, **form.ruling()))
    if decided:
        announce(request, f"{decided.ruled}.")
        return redirect(decided)
    funding = funding_of([initiative])[initiative.pk]
    context = {
        "initiative": initiative,
        "form": form,
        "body": body,
        "says": names.says,
        "frees": freed(funding) if funding.to_free else "",
    }
    return render(request, "stagegates/initiative_decide.html", context, status=status_of(form))
