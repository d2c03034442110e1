"""make_*: the smallest true rows for a test, written past the actions and their permission."""

from datetime import date
from itertools import count
from typing import Any

from aiso import clock
from aiso.accounts.models import BusinessUnit, Role, RoleAssignment, User
from portfolio.models import Comment, Initiative, OwnerKind, Ownership, Stage, StageChange
from portfolio.models.lists import NamedEntry

_numbers = count(1)


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
