from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.shapes import Named, Person, named
from aiso.web.keyset import LATEST_FIRST
from forums.models import VoteChoice
from portfolio.api.shapes import REFERENCE
from portfolio.permissions import can_see_money

from ..actions.ballots import cast_vote, open_ballot, withdraw_ballot
from ..ballots import may_vote
from ..models import Closure, Decision, WrittenBallot
from ..models.ballot import WrittenBallotQuerySet
from .rulings import RulingBody, body_field, ruling_of

RELATED = ("body", "review__initiative", "opened_by")


class VoteShape(TypedDict):
    """What one member said. It stands."""

    person: Person
    choice: Annotated[str, VoteChoice]
    reason: str
    cast_at: datetime


class ProposedClosing(TypedDict):
    """Why it would end, what was learnt, and what can be used again."""

    reason: Annotated[str, Closure.Reason]
    lessons: str
    reusable: str


class BallotShape(TypedDict):
    """A decision that the members of a body are asked to take in writing."""

    id: int
    review: int
    initiative: Annotated[str, REFERENCE]
    body: Named
    outcome: Annotated[str, Decision.Outcome]
    rationale: str
    amount: Annotated[Decimal | None, "Null also for those who do not see money."]
    release_now: Annotated[Decimal | None, "What of it would be released at once, where that was said."]
    closing: Annotated[ProposedClosing | None, "What terminating it would say."]
    state: Annotated[str, WrittenBallot.State]
    closed_because: str
    opened_by: Person
    opened_at: datetime
    closes_on: Annotated[date, "The last day on which votes count."]
    decision: Annotated[int | None, "The decision that it carried."]
    votes: list[VoteShape]


class BallotsQuery(PageQuery):
    state = serializers.ChoiceField(choices=WrittenBallot.State.choices, required=False)


class NewBallot(RulingBody):
    closes_on = serializers.DateField(help_text="The last day on which votes count; today or later.")
    body = body_field(required=False, help_text="A higher body than the review's own, by its slug.")


class Vote(Body):
    choice = serializers.ChoiceField(choices=VoteChoice.choices)
    reason = serializers.CharField(
        max_length=10_000, required=False, allow_blank=True, help_text="Needed against and when recused."
    )


class BallotReason(Body):
    reason = serializers.CharField(max_length=10_000)


class Ballots(Noun):
    tag = "Decisions"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(BallotShape, query=BallotsQuery)
    def list(self, request: Request) -> Response:
        """Decisions that were put to a vote in writing, the latest first."""
        ballots = self._visible()
        if state := self.asked.get("state"):
            ballots = ballots.filter(state=state)
        return self.page(ballots, LATEST_FIRST, self._drawn)

    @answers(BallotShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One ballot with its votes."""
        return self.answer(self._drawn(get_object_or_404(self._visible(), pk=id)))

    @answers(BallotShape, status=201, takes=NewBallot)
    def create(self, request: Request) -> Response:
        """Ask a body to decide a review in writing. For its members and its secretary, never a party."""
        sent = self.sent
        ballot = open_ballot(sent["review"], actor=self.person, **ruling_of(sent))
        found = WrittenBallot.objects.select_related(*RELATED).prefetch_related("votes__person").get(pk=ballot.pk)
        return self.answer(self._drawn(found), status=201, location=f"{request.path}{ballot.pk}/")

    @action(detail=True, methods=["post"])
    @answers(BallotShape, takes=Vote)
    def vote(self, request: Request, id: int) -> Response:
        """Vote once. For members with a vote who are no party; it is settled as soon as nothing can change it."""
        cast_vote(get_object_or_404(self._visible(), pk=id), actor=self.person, **self.sent)
        return self.answer(self._drawn(self._visible().get(pk=id)))

    @action(detail=True, methods=["post"])
    @answers(BallotShape, takes=BallotReason)
    def withdraw(self, request: Request, id: int) -> Response:
        """Take it back before it is settled. For whoever opened it, and the chair."""
        withdraw_ballot(get_object_or_404(self._visible(), pk=id), actor=self.person, **self.sent)
        return self.answer(self._drawn(self._visible().get(pk=id)))

    def _visible(self) -> WrittenBallotQuerySet:
        ballots = WrittenBallot.objects.visible_to(self.person).select_related(*RELATED)
        return ballots.prefetch_related("votes__person")

    def _drawn(self, ballot: WrittenBallot) -> BallotShape:
        sees_money = can_see_money(self.person, ballot.review.initiative) or may_vote(self.person, ballot)
        return drawn(ballot, sees_money=sees_money)


def drawn(ballot: WrittenBallot, *, sees_money: bool) -> BallotShape:
    body = named(ballot.body)
    assert body is not None
    return {
        "id": ballot.pk,
        "review": ballot.review_id,
        "initiative": ballot.review.initiative.reference,
        "body": body,
        "outcome": ballot.outcome,
        "rationale": ballot.rationale,
        "amount": ballot.amount if sees_money else None,
        "release_now": ballot.release_now if sees_money else None,
        "closing": ballot.closing or None,
        "state": ballot.state,
        "closed_because": ballot.closed_because,
        "opened_by": {"id": ballot.opened_by_id, "name": str(ballot.opened_by)},
        "opened_at": ballot.opened_at,
        "closes_on": ballot.closes_on,
        "decision": ballot.decision_id,
        "votes": [
            {
                "person": {"id": vote.person_id, "name": str(vote.person)},
                "choice": vote.choice,
                "reason": vote.reason,
                "cast_at": vote.cast_at,
            }
            for vote in ballot.votes.all()
        ],
    }
