"""Who decides what, read from the register: bodies, those who may vote in them, and the money that counts."""

from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from aiso import clock
from aiso.accounts.models import User
from aiso.once import once
from forums.models import Forum, Membership
from portfolio.models import Initiative, Stage

from .askings import all_bodies
from .matrix import duties_of
from .models import Decision, GateReview
from .rights import Case, WhoDecides, body_for
from .rules import Gate, gates_in_force, matrix_in_force, matrix_of, rights_in_force, rights_of
from .separation import parties_of
from .situations import situations_of


def who_decides(review: GateReview, amount: Decimal | None = None) -> WhoDecides:
    """The body for a review as things stand now, by the versions that it began under.

    `amount` is the money to be approved, what is asked for unless told, in the reporting currency.
    """
    amount = (review.amount if amount is None else amount) or Decimal(0)
    return once(("who decides", review.pk, amount), lambda: _who_decides(review, amount))


def _who_decides(review: GateReview, amount: Decimal) -> WhoDecides:
    total = amount + approved_for_workflow(review.initiative)
    case = Case(frozenset(review.gates), review.initiative.risk_tier, review.lane, total)
    situation = situations_of([review.initiative])[review.initiative_id]
    bodies = ranks()
    duties = duties_of(matrix_of(review.matrix_version), situation, review.gates, bodies)
    return body_for(rights_of(review.rights_version), case, bodies, duties.body, duties.body_asked_by)


def who_decides_on(initiative: Initiative) -> WhoDecides:
    """The body for a decision on an initiative without a review: the one that its next gate would have."""
    gate = gate_ahead(initiative)
    codes = frozenset([gate.code] if gate else [])
    case = Case(codes, initiative.risk_tier, initiative.lane, approved_for_workflow(initiative))
    bodies = ranks()
    duties = duties_of(matrix_in_force(), situations_of([initiative])[initiative.pk], codes or None, bodies)
    return body_for(rights_in_force(), case, bodies, duties.body, duties.body_asked_by)


def gate_ahead(initiative: Initiative) -> Gate | None:
    """The gate out of the stage in which it is or was before the pause; the last one when it passed all."""
    gates = gates_in_force()
    return gates.after(stage_before_pause(initiative)) or (gates.gates[-1] if gates.gates else None)


def stage_before_pause(initiative: Initiative) -> str:
    """Its stage, or the one that a paused initiative goes on from: intake where none is known."""
    if initiative.stage != Stage.PAUSED:
        return initiative.stage
    earlier = initiative.stage_changes.exclude(stage=Stage.PAUSED).order_by("-changed_on", "-pk")
    return earlier.values_list("stage", flat=True).first() or Stage.INTAKE


def approved_for_workflow(initiative: Initiative) -> Decimal:
    """What decisions of the last twelve months approved for initiatives of the same workflow (DESIGN §4).

    One without a workflow counts alone.
    """
    decisions = Decision.objects.standing().approving().filter(decided_at__gt=a_year_before(clock.today()))
    if initiative.workflow_id is None:
        decisions = decisions.filter(initiative=initiative.pk)
    else:
        decisions = decisions.filter(initiative__workflow=initiative.workflow_id)
    return decisions.order_by().aggregate(total=Sum("amount"))["total"] or Decimal(0)


def a_year_before(day: date) -> datetime:
    """The end of the same day a year ago; of 28 February for a leap day."""
    leaps = (day.month, day.day) == (2, 29)
    before = day.replace(year=day.year - 1, day=28 if leaps else day.day)
    return timezone.make_aware(datetime.combine(before, time.max))


def ranks() -> dict[str, int]:
    return {slug: body.rank for slug, body in all_bodies().items()}


def body_of(review: GateReview) -> Forum | None:
    """The body that it was put before; before that, the one that would decide it now."""
    return review.body or Forum.objects.filter(slug=who_decides(review).body).first()


def bodies_of(person: User, least: Forum) -> list[Forum]:
    """The body itself and the higher ones in which the person has a vote today, the lowest first."""
    seats = Membership.objects.on(clock.today()).voting().filter(person=person)
    own_or_higher = Q(pk=least.pk) | Q(rank__gt=least.rank)
    return [*Forum.objects.filter(own_or_higher, pk__in=seats.values("forum")).order_by("rank", "pk")]


def voters_of(body: Forum) -> "QuerySet[User]":
    """The people with a vote in a body today."""
    seats = Membership.objects.on(clock.today()).voting().filter(forum=body)
    people: QuerySet[User] = User.objects.active().people().filter(pk__in=seats.values("person"))
    return people


def eligible_of(body: Forum, review: GateReview) -> "QuerySet[User]":
    """Those of a body's voters who may decide a review: without the parties to it."""
    able: QuerySet[User] = voters_of(body).exclude(pk__in=parties_of(review))
    return able


def highest_body() -> Forum | None:
    """The sponsor, who decides where nobody else may."""
    return Forum.objects.order_by("-rank", "pk").first()


def decides_alone(person: User, body: Forum) -> bool:
    """Whether one member is enough: a delegate, and the chair between meetings."""
    return (body.is_delegate and body.has_vote(person)) or body.chair_of() == person
