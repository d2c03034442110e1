"""Written ballots: what is proposed, who voted, and one's own vote."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce
from portfolio.permissions import can_see_money

from ..actions.ballots import WITHDRAWING, cast_vote, withdraw_ballot
from ..ballots import may_vote, may_withdraw, still_to_vote, tally_of
from ..forms.decisions import ReasonedForm, VoteForm
from ..models import Closure, WrittenBallot
from ..review_page import ReviewPage
from ..separation import WAIVED, has_waived


@require_http_methods(["GET", "HEAD", "POST"])
def ballot_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is proposed, and how do the members vote?"""
    ballot, person = _ballot(request, pk), signed_in(request)
    if request.method == "POST" and not may_vote(person, ballot):
        told = f"Members of {ballot.body} with a vote, who are no party to the review, vote."
        raise PermissionDenied(WAIVED if has_waived(person, ballot.review) else told)
    form = VoteForm(posted(request))
    if attempt(form, lambda: cast_vote(ballot, actor=person, **form.cleaned_data)):
        announce(request, "Your vote counts.")
        return redirect(f"{ballot.get_absolute_url()}#votes")
    page = ReviewPage(ballot.review, person)
    votes = [*ballot.votes.select_related("person")]
    has_voted = any(vote.person_id == person.pk for vote in votes)
    context = {
        "ballot": ballot,
        "votes": votes,
        "tally": tally_of(ballot),
        "waiting": still_to_vote(ballot) if ballot.is_open else [],
        "page": page,
        "review": ballot.review,
        "initiative": ballot.review.initiative,
        "form": form if ballot.is_open and not has_voted and may_vote(person, ballot) else None,
        "may_withdraw": ballot.is_open and may_withdraw(person, ballot),
        "sees_money": can_see_money(person, ballot.review.initiative) or may_vote(person, ballot),
        "conditions": _proposed(ballot),
        "closing": _closing(ballot),
    }
    return render(request, "stagegates/ballot.html", context, status=status_of(form))


@require_POST
def ballot_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back before it is settled."""
    ballot, person = _ballot(request, pk), signed_in(request)
    if not may_withdraw(person, ballot):
        raise PermissionDenied(WITHDRAWING)
    form = ReasonedForm(request.POST)
    if attempt(form, lambda: withdraw_ballot(ballot, actor=person, **form.cleaned_data)):
        announce(request, "Taken back.")
        return redirect(ballot.review.get_absolute_url())
    context = {"form": form, "title": "Take the ballot back", "told": str(ballot), "verb": "Take it back"}
    return render(request, "stagegates/review_deed.html", context | {"review": ballot.review}, status=status_of(form))


def _proposed(ballot: WrittenBallot) -> list[tuple[str, User | None, date]]:
    """What it would demand, of whom, until when."""
    owners = User.objects.in_bulk([each["owner"] for each in ballot.conditions])
    return [(each["text"], owners.get(each["owner"]), date.fromisoformat(each["due_on"])) for each in ballot.conditions]


def _closing(ballot: WrittenBallot) -> dict[str, str]:
    """What terminating it would say; nothing for other outcomes."""
    told = ballot.closing
    return told | {"reason": Closure.Reason(told["reason"]).label.lower()} if told else {}


def _ballot(request: HttpRequest, pk: int) -> WrittenBallot:
    ballots = WrittenBallot.objects.visible_to(signed_in(request))
    return get_object_or_404(ballots.select_related("body", "review__initiative", "opened_by", "decision"), pk=pk)
