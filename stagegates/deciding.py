"""Who decides what, read from the register: bodies, those who may vote in them, and the money that counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone

from aiso import clock
from aiso.accounts.models import User
from aiso.once import once
from forums.models import Forum, Membership
from portfolio.models import Initiative, Stage
from portfolio.permissions import changes_nothing

from .askings import all_bodies, lane_to, stages_before_pause
from .matrix import duties_of
from .models import Decision, GateReview, NamedDecider, SignOff
from .rights import Case, WhoDecides, body_for
from .rules import Gate, Gates, gates_in_force, matrix_in_force, matrix_of, rights_in_force, rights_of
from .separation import is_kept_from_deciding, kept_from_deciding
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


def who_decides_on(initiative: Initiative, amount: Decimal = Decimal(0)) -> WhoDecides:
    """The body for a decision on an initiative without a review: the one that its next gate would have.

    `amount` is money to be approved outside a gate, in the reporting currency.
    """
    return who_decides_on_each([(initiative, amount)])[initiative.pk]


def who_decides_on_each(asked: Iterable[tuple[Initiative, Decimal]]) -> dict[int, WhoDecides]:
    """The same for several initiatives, each with its amount, by their ids; in a fixed number of queries."""
    rows = [*asked]
    initiatives = [initiative for initiative, _ in rows]
    before, approved = stages_before_pause(initiatives), approved_for_workflows(initiatives)
    situations, bodies = situations_of(initiatives), ranks()
    gates, matrix, rights = gates_in_force(), matrix_in_force(), rights_in_force()
    found = {}
    for initiative, amount in rows:
        gate = _gate_out_of(_stage_to_go_on_from(initiative, before), gates)
        codes = frozenset([gate.code] if gate else [])
        lane = lane_to(gate.moves_to, initiative) if gate else initiative.lane
        case = Case(codes, initiative.risk_tier, lane, amount + approved[initiative.pk])
        duties = duties_of(matrix, situations[initiative.pk], codes or None, bodies)
        found[initiative.pk] = body_for(rights, case, bodies, duties.body, duties.body_asked_by)
    return found


def gate_ahead(initiative: Initiative) -> Gate | None:
    """The gate out of the stage in which it is or was before the pause; the last one when it passed all."""
    return _gate_out_of(stage_before_pause(initiative), gates_in_force())


def _gate_out_of(stage: str, gates: Gates) -> Gate | None:
    return gates.after(stage) or (gates.gates[-1] if gates.gates else None)


def stage_before_pause(initiative: Initiative) -> str:
    """Its stage, or the one that a paused initiative goes on from: intake where none is known."""
    return _stage_to_go_on_from(initiative, stages_before_pause([initiative]))


def _stage_to_go_on_from(initiative: Initiative, before: Mapping[int, str]) -> str:
    return before.get(initiative.pk, Stage.INTAKE) if initiative.stage == Stage.PAUSED else initiative.stage


def approved_for_workflow(initiative: Initiative) -> Decimal:
    """What decisions of the last twelve months approved for its workflow (DESIGN §4).

    That is what was decided under the workflow, whatever became of its initiatives since, and what was decided for
    those that belong to it now. One without a workflow counts alone.
    """
    return approved_for_workflows([initiative])[initiative.pk]


def approved_for_workflows(initiatives: Sequence[Initiative]) -> dict[int, Decimal]:
    """The same for several initiatives, by their ids. One query."""
    workflows = {each.workflow_id for each in initiatives if each.workflow_id}
    alone = [each.pk for each in initiatives if each.workflow_id is None]
    decisions = Decision.objects.standing().approving().filter(decided_at__gt=a_year_before(clock.today()))
    rows = decisions.exclude(amount=None).of_workflows(workflows, or_of=alone).order_by()
    of_workflow: dict[int | None, Decimal] = defaultdict(Decimal)
    of_initiative: dict[int, Decimal] = defaultdict(Decimal)
    for then, now, initiative, amount in rows.values_list("workflow", "initiative__workflow", "initiative", "amount"):
        of_initiative[initiative] += amount or 0
        for workflow in {then, now}:
            of_workflow[workflow] += amount or 0
    return {
        each.pk: of_workflow[each.workflow_id] if each.workflow_id else of_initiative[each.pk] for each in initiatives
    }


def a_year_before(day: date) -> datetime:
    """The end of the same day a year ago; of 28 February for a leap day."""
    leaps = (day.month, day.day) == (2, 29)
    before = day.replace(year=day.year - 1, day=28 if leaps else day.day)
    return timezone.make_aware(datetime.combine(before, time.max))


def ranks() -> dict[str, int]:
    return {slug: body.rank for slug, body in all_bodies().items()}


def body_of(review: GateReview) -> Forum | None:
    """The body that it was put before; before that, the one that would decide it now."""
    return review.body or body_named(review)


def higher_body_of(review: GateReview) -> Forum | None:
    """The body above the one that it waits for which alone can approve it as things stand now: money or risk have
    grown, or a function objects, which the next-higher body may override. None while its own body can.
    """
    if review.body is None or not review.is_ready:
        return None
    least = max(review.body, body_named(review) or review.body, key=lambda body: body.rank)
    if SignOff.objects.objecting().filter(review=review).exists():
        least = Forum.objects.filter(rank__gt=least.rank).order_by("rank", "pk").first() or least
    return None if least == review.body else least


def body_named(review: GateReview) -> Forum | None:
    """The body that would decide it as things stand now."""
    return all_bodies().get(who_decides(review).body)


def body_asked(review: GateReview) -> Forum | None:
    """The body that could approve it now: the one that it was put before, or a higher one when money or risk grew."""
    bodies = [body_of(review), body_named(review)]
    return max((body for body in bodies if body), key=lambda body: body.rank, default=None)


def latest_naming(review: GateReview) -> NamedDecider | None:
    """Whom the sponsor named last, whether that still holds or not."""
    named = NamedDecider.objects.filter(review=review).select_related("person", "named_by", "body", "review__body")
    return named.first()


def holds(named: NamedDecider, asked: Forum | None) -> bool:
    """Whether a naming still holds: it lapses when a higher body is asked for than the one that it was made for, and
    while the person may not decide.
    """
    made_for = named.body or named.review.body
    return can_act(named) and (asked is None or made_for is None or asked.rank <= made_for.rank)


def can_act(named: NamedDecider) -> bool:
    """Whether the person named is still here and free to decide: no party since, who waived nothing of it."""
    return not changes_nothing(named.person) and not is_kept_from_deciding(named.person, named.review)


def naming_of(review: GateReview) -> NamedDecider | None:
    """Whom the sponsor named, if that still holds."""
    named = latest_naming(review)
    return named if named and holds(named, body_asked(review)) else None


def is_named(person: User, review: GateReview) -> bool:
    """Whether the sponsor named the person, and that still holds."""
    if not NamedDecider.objects.filter(review=review, person=person).exists():
        return False
    named = naming_of(review)
    return named is not None and named.person_id == person.pk


def bodies_of(person: User, least: Forum) -> list[Forum]:
    """The body itself and the higher ones in which the person has a vote today, the lowest first."""
    seats = Membership.objects.on(clock.today()).voting().filter(person=person)
    own_or_higher = Q(pk=least.pk) | Q(rank__gt=least.rank)
    return [*Forum.objects.filter(own_or_higher, pk__in=seats.values("forum")).order_by("rank", "pk")]


def is_body_or_higher(forum: Forum, body: Forum | None) -> bool:
    """Whether a forum rules on what waits for a body: it is that body, or above it. False where no body is there."""
    return body is not None and (forum.pk == body.pk or forum.rank > body.rank)


def voters_of(body: Forum) -> "QuerySet[User]":
    """The people with a vote in a body today."""
    seats = Membership.objects.on(clock.today()).voting().filter(forum=body)
    people: QuerySet[User] = User.objects.active().people().filter(pk__in=seats.values("person"))
    return people


def eligible_of(body: Forum, review: GateReview) -> "QuerySet[User]":
    """Those of a body's voters who may decide a review: without its parties, and who waived something of it."""
    able: QuerySet[User] = voters_of(body).exclude(pk__in=kept_from_deciding(review))
    return able


def highest_body() -> Forum | None:
    """The sponsor, who decides where nobody else may."""
    return Forum.objects.order_by("-rank", "pk").first()


def alone_in(person: User, least: Forum) -> Forum | None:
    """The lowest body, from `least` upwards, in which the person’s word alone is enough today."""
    return next((body for body in bodies_of(person, least) if decides_alone(person, body)), None)


def seat_alone(actor: User, least: Forum) -> tuple[Forum, str]:
    """That body, and in which way the person speaks for it. Raises PermissionDenied where their word is not enough."""
    body = alone_in(actor, least)
    if body is None:
        raise PermissionDenied(
            f"No member of {least} decides alone between meetings. Its chair does, or on a review a quorum in writing."
        )
    return body, Decision.Way.DELEGATE if body.is_delegate else Decision.Way.CHAIR


def decides_alone(person: User, body: Forum) -> bool:
    """Whether one member is enough: a delegate, and the chair between meetings."""
    return (body.is_delegate and body.has_vote(person)) or body.chair_of() == person
