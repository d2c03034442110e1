from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.accounts.models.role import OFFICE
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import Initiative, Stage, StageChange
from ..models.initiative import PRIORITY_PARTS
from ..permissions import can_register
from .conclude_lanes import begin_lane
from .edit_initiative import SETS, weighed


@transaction.atomic
def register_initiative(
    *,
    actor: User,
    name: str,
    unit: BusinessUnit,
    stage: str = Stage.INTAKE,
    since: date | None = None,
    **fields: Any,
) -> Initiative:
    """Enter an initiative that already runs, with its opening position: the stage it is in since a day.

    `fields` are those that can be edited, and where it was imported from. Raises PermissionDenied when
    `actor` is not of the office for that unit, DomainError for a day to come.
    """
    if not can_register(actor) or not actor.has_role(*OFFICE, unit=unit.pk):
        raise PermissionDenied("The office enters initiatives that already run.")
    since = since or clock.today()
    if since > clock.today():
        raise DomainError("An opening position cannot begin after today.", field="since")
    entries = {field: fields.pop(field) for field in SETS if field in fields}
    initiative = Initiative(name=name, unit=unit, created_by=actor, **fields)
    initiative.full_clean()
    if not fields.keys().isdisjoint(PRIORITY_PARTS):
        initiative.priority = weighed(initiative)
    begin_lane(initiative, entries.get("tools") or ())
    initiative.save()
    source = StageChange.Source.INTAKE if stage == Stage.INTAKE else StageChange.Source.OPENING
    StageChange.objects.create(initiative=initiative, stage=stage, changed_on=since, source=source, recorded_by=actor)
    for field, chosen in entries.items():
        getattr(initiative, field).set(chosen)
    publish("initiative.registered", actor=actor, initiatives=[initiative.pk])
    initiative.refresh_from_db()
    return initiative
