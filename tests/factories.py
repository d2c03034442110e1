"""make_*: the smallest true rows for a test, written past the actions and their permission."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from aiso import clock
from aiso.accounts.models import BusinessUnit, Role, RoleAssignment, User
from forums.models import AgendaItem, Forum, Meeting, Membership
from portfolio.lane_facts import calibrated
from portfolio.models import (
    Barrier,
    BarrierKind,
    Bucket,
    Clearance,
    Comment,
    DecisionClass,
    Initiative,
    OwnerKind,
    Ownership,
    Release,
    ReleaseCriterion,
    Risk,
    RiskAcceptance,
    Stage,
    StageChange,
    Tool,
)
from portfolio.models.decision import Confidence, CostOfError, Reversibility, ReviewCapacity
from portfolio.models.lists import NamedEntry
from stagegates.actions.ruling import Closing
from stagegates.models import Envelope

_numbers = count(1)
# What a test that ends an initiative says of it.
LEARNT = Closing("no_value_path", "Ask the plant before a model is trained.", "The labelled pump data.")


def learnt(outcome: str = "terminate") -> dict[str, Closing]:
    """What an outcome asks for beside the rationale."""
    return {"closing": LEARNT} if outcome == "terminate" else {}


def make_unit(name: str = "", *, parent: BusinessUnit | None = None, **fields: Any) -> BusinessUnit:
    return BusinessUnit.objects.create(name=name or f"Unit {next(_numbers)}", parent=parent, **fields)


def make_person(
    name: str = "",
    *roles: Role | str,
    unit: BusinessUnit | None = None,
    role_unit: BusinessUnit | None = None,
    **fields: Any,
) -> User:
    """A person of `unit` with `roles`: everywhere, or in `role_unit` and below. Sign in with `client.force_login`."""
    name = name or f"Person {next(_numbers)}"
    email = fields.pop("email", "") or f"{name.lower().replace(' ', '.')}@example.org"
    if fields.get("is_active") is False:
        fields.setdefault("deactivated_at", clock.now())
    person = User.objects.create_user(email, name=name, unit=unit, **fields)
    grant(person, *roles, unit=role_unit)
    return person


def grant(person: User, *roles: Role | str, unit: BusinessUnit | None = None) -> None:
    """Give roles, and forget what the person was known to hold."""
    for role in roles:
        RoleAssignment.objects.create(person=person, role=role, unit=unit)
    person.__dict__.pop("role_units", None)


def make_initiative(
    name: str = "",
    *,
    unit: BusinessUnit | None = None,
    stage: Stage | str = Stage.INTAKE,
    since: date | None = None,
    owner: User | None = None,
    technical_owner: User | None = None,
    risk_owner: User | None = None,
    tags: list[Any] | None = None,
    **fields: Any,
) -> Initiative:
    """An initiative in `stage` since a day, as long as it has its owners; `owner` is the business owner."""
    day = since or clock.today()
    initiative = Initiative.objects.create(
        name=name or f"Initiative {next(_numbers)}", unit=unit or make_unit(), **fields
    )
    move_stage(initiative, stage, day)
    owners = {OwnerKind.BUSINESS: owner, OwnerKind.TECHNICAL: technical_owner, OwnerKind.RISK: risk_owner}
    for kind, person in owners.items():
        if person:
            make_ownership(initiative, person, kind, since=day)
    initiative.tags.set(tags or [])
    initiative.refresh_from_db()
    return initiative


def move_stage(initiative: Initiative, stage: Stage | str, day: date | None = None) -> StageChange:
    """Let an initiative enter a stage on a day, today by default."""
    source = StageChange.Source.INTAKE if stage == Stage.INTAKE else StageChange.Source.OPENING
    changed_on = day or clock.today()
    change = StageChange.objects.create(initiative=initiative, stage=stage, changed_on=changed_on, source=source)
    initiative.refresh_from_db()
    return change


def make_ownership(
    initiative: Initiative,
    person: User,
    kind: OwnerKind = OwnerKind.BUSINESS,
    *,
    since: date | None = None,
    is_deputy: bool = False,
) -> Ownership:
    ownership = Ownership.objects.create(
        initiative=initiative, person=person, kind=kind, is_deputy=is_deputy, started_on=since or clock.today()
    )
    initiative.refresh_from_db()
    return ownership


def make_comment(initiative: Initiative, author: User, text: str = "Well begun.") -> Comment:
    return Comment.objects.create(initiative=initiative, author=author, text=text)


def make_entry[E: NamedEntry](model: type[E], name: str = "", **fields: Any) -> E:
    """An entry of an editable list, e.g. `make_entry(Tag, "fraud")`."""
    entry = model(name=name or f"{model.__name__} {next(_numbers)}", **fields)
    entry.save()
    return entry


def make_clearance(
    tool: Tool, function: Clearance.Function | str, *, status: str = Clearance.Status.APPROVED, **fields: Any
) -> Clearance:
    """What a function says of a tool: an open-ended approval since thirty days, unless `fields` say otherwise."""
    fields.setdefault("decided_on", clock.today() - timedelta(days=30))
    fields.setdefault("recorded_by", User.objects.first() or make_person())
    return Clearance.objects.create(tool=tool, function=function, status=status, **fields)


def make_tool(name: str = "", *, approved: bool = True, **fields: Any) -> Tool:
    """A tool that all three functions approve; with `approved=False` nobody was asked."""
    tool = make_entry(Tool, name, **fields)
    for function in Clearance.Function if approved else ():
        make_clearance(tool, function)
    return tool


def make_decision(initiative: Initiative, name: str = "", **fields: Any) -> DecisionClass:
    """A decision class whose four tests are all favourable, unless `fields` say otherwise."""
    tests = {
        "cost_of_error": CostOfError.LOW,
        "reversibility": Reversibility.EASY,
        "confidence": Confidence.HIGH,
        "review_capacity": ReviewCapacity.AMPLE,
    }
    decision = DecisionClass(initiative=initiative, name=name or f"Decision {next(_numbers)}", **tests | fields)
    decision.autonomy = fields.get("autonomy") or calibrated(decision).level
    decision.save()
    return decision


def make_seat(
    slug: str, person: User, role: str = Membership.Role.MEMBER, *, since: date | None = None, **fields: Any
) -> Membership:
    """A seat in a shipped forum, named by its slug, since a day."""
    forum = Forum.objects.get(slug=slug)
    return forum.memberships.create(person=person, role=role, started_on=since or clock.today(), **fields)


def make_meeting(slug: str = "portfolio-review", *, starts_at: datetime | None = None, **fields: Any) -> Meeting:
    """A draft of a meeting of a shipped forum, in a week unless told."""
    moment = starts_at or clock.now() + timedelta(days=7, minutes=next(_numbers))
    return Meeting.objects.create(forum=Forum.objects.get(slug=slug), starts_at=moment, **fields)


def make_item(meeting: Meeting | None, title: str = "", **fields: Any) -> AgendaItem:
    """An item to come at the end of a meeting's agenda; with `forum` and without a meeting it waits."""
    number = next(_numbers)
    told = {"forum": meeting.forum} if meeting else {}
    return AgendaItem.objects.create(
        meeting=meeting, title=title or f"Item {number}", **{"position": number} | told | fields
    )


def make_barrier(initiative: Initiative, owner: User, what: str = "", **fields: Any) -> Barrier:
    """An open barrier of a shipped kind, raised by its owner and due in a week, unless `fields` say otherwise."""
    told = {"kind": BarrierKind.objects.get(name="Data access"), "wanted_by": clock.today() + timedelta(days=7)}
    return Barrier.objects.create(
        initiative=initiative,
        owner=owner,
        what=what or f"Barrier {next(_numbers)}",
        **{"raised_by": owner, "raised_at": clock.now()} | told | fields,
    )


def make_risk(initiative: Initiative, owner: User, title: str = "", **fields: Any) -> Risk:
    """An open risk, 4 × 3 before and 2 × 3 after treatment, due in a week, unless `fields` say otherwise."""
    told: dict[str, Any] = {"likelihood": 4, "impact": 3, "residual_likelihood": 2, "residual_impact": 3}
    told |= {"cause": "Few labels", "event": "wrong answers", "effect": "late orders", "treatment": "reduce"}
    return Risk.objects.create(
        initiative=initiative,
        owner=owner,
        title=title or f"Risk {next(_numbers)}",
        **{"measures": "More labels.", "due_on": clock.today() + timedelta(days=7), "raised_by": owner} | told | fields,
    )


def make_acceptance(risk: Risk, by: User, until: date, **fields: Any) -> RiskAcceptance:
    """An acceptance of what is left, past the action and its permission; the risk's last one."""
    told = {"reason": "Borne.", "score": risk.score, "residual_score": risk.residual_score, "appetite": 9} | fields
    acceptance = risk.acceptances.create(initiative=risk.initiative, accepted_by=by, until=until, **told)
    risk.acceptance = acceptance
    risk.save(update_fields=["acceptance"])
    return acceptance


def make_release(initiative: Initiative, by: User, name: str = "", **fields: Any) -> Release:
    told = {"scope": "One site", "recorded_by": by} | fields
    return Release.objects.create(initiative=initiative, name=name or f"1.{next(_numbers)}", **told)


def make_criterion(release: Release, name: str = "", **fields: Any) -> ReleaseCriterion:
    """At least 90 % and not measured, unless `fields` say otherwise; a result is of today."""
    told: dict[str, Any] = {"category": "evaluation", "demand": "at_least", "threshold": 90, "unit": "%"} | fields
    if told.get("result") is not None or told.get("answer") is not None:
        told.setdefault("measured_on", clock.today())
    return release.criteria.create(name=name or f"Criterion {next(_numbers)}", **told)


def make_envelope(bucket: Bucket | None = None, amount: int | Decimal = 10_000_000, **fields: Any) -> Envelope:
    """What a bucket may commit, from a year ago for three years unless `fields` say otherwise."""
    today = clock.today()
    told = {"starts_on": today - timedelta(days=365), "ends_on": today + timedelta(days=730), "reason": "The budget."}
    fields.setdefault("set_by", User.objects.first() or make_person())
    bucket = bucket or make_entry(Bucket)
    envelope = Envelope.objects.create(bucket=bucket, amount=amount, **told | fields)
    envelope.refresh_from_db()
    return envelope


def fund(initiative: Initiative, amount: int | Decimal = 10_000_000) -> Envelope:
    """Put an initiative into a bucket, if it has none, whose envelope holds money today."""
    if initiative.bucket is None:
        initiative.bucket = make_entry(Bucket)
        initiative.save(update_fields=["bucket"])
    known = Envelope.objects.on(clock.today()).filter(bucket=initiative.bucket).first()
    return known or make_envelope(initiative.bucket, amount)
