"""What waits for a person because of decisions: reviews to decide, ballots, conditions, tiers and audits."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import Role, User
from aiso.accounts.models.role import OFFICE
from aiso.web import figures
from aiso.web.work import WorkItem
from forums.models import Membership
from portfolio.models import Lane
from portfolio.permissions import changes_nothing

from .deciding import is_named
from .holds import not_held
from .models import BallotVote, Condition, FastLaneAudit, GateReview, NamedDecider, WrittenBallot
from .permissions import can_audit, can_settle_condition
from .separation import of_which_kept_from_deciding, to_which_party

# Rows of one kind at most.
MOST = 100


def decisions_waiting(person: User) -> Iterator[WorkItem]:
    """Submitted reviews before a body that the person decides for alone, or that named them; not while held."""
    if changes_nothing(person) or person.is_service_account:
        return
    seats = Membership.objects.on(clock.today()).voting().filter(person=person)
    alone = seats.filter(Q(forum__is_delegate=True) | Q(role=Membership.Role.CHAIR))
    named = NamedDecider.objects.filter(review=OuterRef("pk"), person=person)
    bodies = {*alone.values_list("forum", flat=True)}
    mine = Q(body__in=bodies) | Q(higher_body__in=bodies) | Exists(named)
    ready = not_held(GateReview.objects.visible_to(person).ready().filter(mine))
    for review in _first_due(ready.exclude(of_which_kept_from_deciding(person))):
        if not {review.body_id, review.higher_body_id} & bodies and not is_named(person, review):
            continue  # named before a higher body was asked for
        yield WorkItem(
            "Decide",
            reverse("stagegates:review_decide", args=[review.pk]),
            "Decide",
            icon="scale",
            note=review.title,
            initiative=str(review.initiative),
            initiative_url=review.initiative.get_absolute_url(),
            since=figures.local_date(review.submitted_at) if review.submitted_at else None,
            due=review.decide_by,
        )


def votes_waiting(person: User) -> Iterator[WorkItem]:
    """Open ballots of the person’s bodies on which they have not voted and may: parties may not, since when ever,
    nor who waived something.
    """
    if changes_nothing(person) or person.is_service_account:
        return
    seats = Membership.objects.on(clock.today()).voting().filter(person=person).values("forum")
    voted = BallotVote.objects.filter(ballot=OuterRef("pk"), person=person)
    ballots = WrittenBallot.objects.open().filter(~Exists(voted), body__in=seats, closes_on__gte=clock.today())
    apart = ballots.exclude(review__in=GateReview.objects.open().filter(of_which_kept_from_deciding(person)))
    for ballot in apart.select_related("review__initiative").order_by("closes_on")[:MOST]:
        initiative = ballot.review.initiative
        yield WorkItem(
            f"Vote in writing: {ballot.get_outcome_display().lower()}",
            ballot.get_absolute_url(),
            "Vote",
            icon="hand-stop",
            initiative=str(initiative),
            initiative_url=initiative.get_absolute_url(),
            since=figures.local_date(ballot.opened_at),
            due=ballot.closes_on,
        )


def conditions_waiting(person: User) -> Iterator[WorkItem]:
    """Conditions to meet, for their owner; and to confirm, for whoever set them."""
    if changes_nothing(person):
        return
    related = ("initiative", "decision__body", "decision__review", "sign_off_answer__sign_off__review")
    rows = Condition.objects.visible_to(person).open().select_related(*related).order_by("due_on")
    for condition in rows.filter(owner=person, met_at=None)[:MOST]:
        yield _condition(condition, f"Condition: {condition.text}", "Meet")
    for condition in rows.filter(set_by=person, met_at__isnull=False)[:MOST]:
        if can_settle_condition(person, condition):
            yield _condition(condition, f"Said to be met: {condition.text}", "Confirm")


def tiers_waiting(person: User) -> Iterator[WorkItem]:
    """Open fast-lane reviews whose tier the risk function has not confirmed."""
    reach = person.role_units.get(Role.RISK_REVIEWER, frozenset())
    if changes_nothing(person) or reach == frozenset():
        return
    reviews = GateReview.objects.visible_to(person).open().filter(lane=Lane.FAST, tier_confirmations=None)
    reviews = reviews if reach is None else reviews.filter(initiative__unit__in=reach)
    for review in _first_due(reviews.exclude(to_which_party(person, of=""))):
        yield WorkItem(
            "Confirm the risk tier",
            reverse("stagegates:tier_confirm", args=[review.pk]),
            "Confirm",
            icon="shield-check",
            initiative=str(review.initiative),
            initiative_url=review.initiative.get_absolute_url(),
            since=figures.local_date(review.opened_at),
            due=review.decide_by,
        )


def audits_waiting(person: User) -> Iterator[WorkItem]:
    """Fast-lane decisions to be looked at, for the office and the risk function."""
    if changes_nothing(person) or not person.has_role(*OFFICE, Role.RISK_REVIEWER):
        return
    waiting = FastLaneAudit.objects.visible_to(person).waiting().select_related("decision__review__initiative")
    for audit in waiting.order_by("pk")[:MOST]:
        if can_audit(person, audit):
            initiative = audit.decision.initiative
            yield WorkItem(
                "Audit a decision of the fast lane",
                reverse("stagegates:audit_record", args=[audit.pk]),
                "Audit",
                icon="zoom-question",
                initiative=str(initiative),
                initiative_url=initiative.get_absolute_url(),
                since=figures.local_date(audit.decision.decided_at),
            )


def _first_due(reviews: "QuerySet[GateReview]") -> "QuerySet[GateReview]":
    related = reviews.select_related("initiative", "gates_version")
    return related.order_by("decide_by", "submitted_at", "pk")[:MOST]


def _condition(condition: Condition, what: str, verb: str) -> WorkItem:
    return WorkItem(
        what,
        condition.get_absolute_url(),
        verb,
        icon="list-check",
        initiative=str(condition.initiative),
        initiative_url=condition.initiative.get_absolute_url(),
        since=figures.local_date(condition.set_at),
        due=condition.due_on,
    )
