from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from django.db import transaction
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.etags import check_unchanged
from aiso.api.fields import IdField
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.problems import Refusal
from aiso.api.shapes import Person
from portfolio.api.below import BelowInitiative
from portfolio.models import Initiative, Lane, Stage
from portfolio.permissions import can_see_money

from ..actions.open_review import open_review
from ..actions.submit_review import edit_review, submit_review, withdraw_review
from ..actions.waive_requirement import ask_again, waive_requirement
from ..blocks import blocks_of
from ..models import GateReview, Requirement
from ..models.review import GateReviewQuerySet
from ..permissions import can_open_review, can_waive
from ..review_register import NEWEST_FIRST, in_state
from ..standing import standings_of
from .blocks import BlocksShape, drawn_blocks
from .checklists import RequirementShape, RequirementsShape, drawn_of_review

OPENERS = "Its owners and the office open, edit, submit and withdraw its reviews."
WAIVERS = "The office waives requirements, and nobody of it who is a party to the review."
STATES = ("open", "gathering", "submitted", "late", "closed")


class ReviewShape(TypedDict):
    """One attempt of one initiative at one gate, or at several in the fast lane's combined review."""

    id: int
    initiative: Annotated[str, "The reference, e.g. AI-0042."]
    gates: list[str]
    attempt: int
    lane: Annotated[str, Lane]
    to_stage: Annotated[str, "Where an approval leads.", Stage]
    gates_version: Annotated[int, "The version of the gates that it began under."]
    matrix_version: int
    rights_version: int
    ask: str
    amount: Annotated[Decimal | None, "Money asked for; null for none, and where you may not see it."]
    body: Annotated[str | None, "The forum that decides, by its slug."]
    higher_body: Annotated[str | None, "A higher one that alone can approve it as things stand, by its slug."]
    opened_by: Person
    opened_at: datetime
    submitted_by: Person | None
    submitted_at: datetime | None
    decide_by: Annotated[date | None, "When a delegate's clock runs out."]
    closed_at: datetime | None
    was_withdrawn: bool


class ReviewsQuery(PageQuery):
    state = serializers.ChoiceField(STATES, required=False, help_text="Without it, all.")
    gate = serializers.SlugField(required=False)
    initiative = IdField(Initiative.objects.all(), required=False, help_text="Its id.")


class Ask(Body):
    ask = serializers.CharField(max_length=2000, required=False, allow_blank=True, help_text="What is asked, in words.")
    amount = serializers.DecimalField(
        max_digits=16, decimal_places=2, min_value=0, required=False, allow_null=True, help_text="Money asked for."
    )


class AskChanges(Ask):
    was = Ask(required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409.")


class Why(Body):
    reason = serializers.CharField(max_length=2000)


class Reviews(Noun):
    tag = "Gate reviews"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(ReviewShape, query=ReviewsQuery)
    def list(self, request: Request) -> Response:
        """Gate reviews, the newest first."""
        rows = self._visible()
        if state := self.asked.get("state"):
            rows = in_state(rows, "" if state == "open" else state)
        if gate := self.asked.get("gate"):
            rows = rows.filter(gates__contains=[gate])
        if initiative := self.asked.get("initiative"):
            rows = rows.filter(initiative=initiative)
        return self.page(rows, NEWEST_FIRST, self._drawn)

    @answers(ReviewShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One review; what it asks is at `reviews/{id}/requirements/`."""
        return self.answer(self._drawn(get_object_or_404(self._visible(), pk=id)))

    @answers(ReviewShape, takes=AskChanges)
    def partial_update(self, request: Request, id: int) -> Response:
        """Change what it asks for, until it is submitted. For its owners and the office."""
        with self._held(id) as review:
            sent = dict(self.sent)
            seen = sent.pop("was", None)
            edit_review(review, actor=self.person, seen=seen, **sent)
        return self._answer(id)

    @action(detail=True, methods=["post"])
    @answers(ReviewShape)
    def submit(self, request: Request, id: int) -> Response:
        """Hand it to whoever decides, once all is met or waived. For people who own it, and the office."""
        with self._held(id) as review:
            submit_review(review, actor=self.person)
        return self._answer(id)

    @action(detail=True, methods=["post"])
    @answers(ReviewShape, takes=Why)
    def withdraw(self, request: Request, id: int) -> Response:
        """Take it back before it is decided; evidence stays. For its owners and the office."""
        with self._held(id) as review:
            withdraw_review(review, actor=self.person, **self.sent)
        return self._answer(id)

    @action(detail=True, methods=["get"])
    @answers(BlocksShape)
    def blocks(self, request: Request, id: int) -> Response:
        """What keeps it from being approved now; nothing of one that is closed."""
        review = get_object_or_404(self._visible(), pk=id)
        return self.answer(drawn_blocks(blocks_of(review) if review.is_open else ()))

    @contextmanager
    def _held(self, pk: int) -> Iterator[GateReview]:
        """A review that the person may change, its initiative locked first, and still as the reader knows it."""
        with transaction.atomic():
            review = get_object_or_404(self._visible(), pk=pk)
            if not can_open_review(self.person, review.initiative):
                raise Refusal("forbidden", OPENERS)
            Initiative.objects.select_for_update(of=["self"]).only("pk").get(pk=review.initiative_id)
            if "If-Match" in self.request.headers:
                check_unchanged(self.request, self._drawn(self._visible().get(pk=pk)))
            yield review

    def _answer(self, pk: int) -> Response:
        return self.answer(self._drawn(self._visible().get(pk=pk)))

    def _visible(self) -> GateReviewQuerySet:
        return with_people(GateReview.objects.visible_to(self.person))

    def _drawn(self, review: GateReview) -> ReviewShape:
        return drawn(review, sees_money=can_see_money(self.person, review.initiative))


class ReviewsOfInitiative(BelowInitiative):
    tag = "Gate reviews"

    @answers_page(ReviewShape)
    def list(self, request: Request, initiative: int) -> Response:
        """Its reviews, the newest first."""
        found = self.initiative()
        rows = with_people(GateReview.objects.filter(initiative=found))
        sees_money = can_see_money(self.person, found)
        return self.page(rows, NEWEST_FIRST, lambda review: drawn(review, sees_money=sees_money))

    @answers(ReviewShape, status=201, takes=Ask)
    def create(self, request: Request, initiative: int) -> Response:
        """Open the review of its next gate. For its owners and the office."""
        review = open_review(self.initiative_to_edit(OPENERS), actor=self.person, **self.sent)
        stored = with_people(GateReview.objects.all()).get(pk=review.pk)
        address = f"/api/v1/reviews/{review.pk}/"
        return self.answer(drawn(stored, sees_money=True), status=201, location=address)


class RequirementsOfReview(Noun):
    tag = "Gate reviews"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers(RequirementsShape)
    def list(self, request: Request, review: int) -> Response:
        """What a review asks, in its order, and how each requirement stands."""
        return self.answer({"results": self._all(self._review(review))})

    @answers(RequirementShape)
    def retrieve(self, request: Request, review: int, id: int) -> Response:
        """One requirement."""
        return self.answer(self._one(self._review(review), id))

    @action(detail=True, methods=["post"])
    @answers(RequirementShape, takes=Why)
    def waive(self, request: Request, review: int, id: int) -> Response:
        """Let the review pass without it: a recorded deviation. For the office, never for a party to the review."""
        found = self._review(review)
        waive_requirement(self._to_waive(found, id), actor=self.person, **self.sent)
        return self.answer(self._one(found, id))

    @action(detail=True, methods=["post"], url_path="ask-again")
    @answers(RequirementShape)
    def ask_again(self, request: Request, review: int, id: int) -> Response:
        """Take a waiver back. For the office, never for a party to the review."""
        found = self._review(review)
        ask_again(self._to_waive(found, id), actor=self.person)
        return self.answer(self._one(found, id))

    def _review(self, pk: int) -> GateReview:
        reviews = GateReview.objects.visible_to(self.person).select_related("initiative").defer("initiative__search")
        found: GateReview = get_object_or_404(reviews, pk=pk)
        return found

    def _to_waive(self, review: GateReview, pk: int) -> Requirement:
        found: Requirement = get_object_or_404(review.requirements, pk=pk)
        if not can_waive(self.person, review):
            raise Refusal("forbidden", WAIVERS)
        found.review = review
        return found

    def _all(self, review: GateReview) -> Any:
        return [drawn_of_review(each) for each in standings_of([review])[review.pk]]

    def _one(self, review: GateReview, pk: int) -> RequirementShape:
        get_object_or_404(review.requirements, pk=pk)
        found: RequirementShape = next(each for each in self._all(review) if each["id"] == pk)
        return found


def with_people(reviews: GateReviewQuerySet) -> GateReviewQuerySet:
    """With all that an answer tells."""
    related = ("initiative", "gates_version", "matrix_version", "rights_version")
    people = ("body", "higher_body", "opened_by", "submitted_by")
    contents = ("gates_version__content", "matrix_version__content", "rights_version__content", "initiative__search")
    return reviews.select_related(*related, *people).defer(*contents)


def drawn(review: GateReview, *, sees_money: bool) -> ReviewShape:
    submitted_by = review.submitted_by
    return {
        "id": review.pk,
        "initiative": review.initiative.reference,
        "gates": review.gates,
        "attempt": review.attempt,
        "lane": review.lane,
        "to_stage": review.to_stage,
        "gates_version": review.gates_version.number or 0,
        "matrix_version": review.matrix_version.number or 0,
        "rights_version": review.rights_version.number or 0,
        "ask": review.ask,
        "amount": review.amount if sees_money else None,
        "body": review.body.slug if review.body else None,
        "higher_body": review.higher_body.slug if review.higher_body else None,
        "opened_by": {"id": review.opened_by_id, "name": str(review.opened_by)},
        "opened_at": review.opened_at,
        "submitted_by": {"id": submitted_by.pk, "name": str(submitted_by)} if submitted_by else None,
        "submitted_at": review.submitted_at,
        "decide_by": review.decide_by,
        "closed_at": review.closed_at,
        "was_withdrawn": review.was_withdrawn,
    }
