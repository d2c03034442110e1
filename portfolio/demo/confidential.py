"""A confidential initiative of the demonstration: only its owners, the office and auditors see it."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from aiso import clock
from aiso.accounts.models import BusinessUnit, User

from ..actions.assign_owners import assign_owner
from ..actions.measure_outcomes import add_outcome_metric
from ..actions.register_initiative import register_initiative
from ..models import Bucket, Initiative, OwnerKind, Stage, Tag
from ..models.initiative import PRIORITY_PARTS
from . import staff
from .levels import workflow_for

NAME = "Review of documents for the sale of a laboratory"
SUMMARY = (
    "Reads contracts and staff records for the sale of one laboratory and marks what a buyer must be told. Its staff "
    "is told of the sale next spring."
)
OUTCOME = "The documents are ready in four weeks instead of three months."
OWNERS = {OwnerKind.BUSINESS: "emma.kowalski", OwnerKind.TECHNICAL: "grace.mbeki", OwnerKind.RISK: "samir.joshi"}
SINCE = timedelta(days=75)


def keep_confidential(people: Mapping[str, User], demo: Tag) -> None:
    """In use since some weeks, with owners, priority and a metric, in the unit to which one executive is limited."""
    office, began = people[staff.LEAD.address], clock.today() - SINCE
    units = BusinessUnit.objects.active().filter(parent=None)
    unit = units.filter(name=staff.UNIT).first() or units.first()
    assert unit is not None
    told: dict[str, Any] = dict.fromkeys(PRIORITY_PARTS, 3) | {"summary": SUMMARY, "outcome": OUTCOME, "tags": [demo]}
    told |= {"bucket": Bucket.objects.active().order_by("name").first(), "data_sensitivity": "confidential"}
    told |= {"is_confidential": True, "workflow": workflow_for(Initiative(name=NAME))}
    stage = Stage.LIMITED_ROLLOUT
    initiative = register_initiative(actor=office, name=NAME, unit=unit, stage=stage, since=began, **told)
    for kind, address in OWNERS.items():
        assign_owner(initiative, actor=office, kind=kind, person=people[address], since=began)
    add_outcome_metric(
        initiative,
        actor=office,
        name="Days until the documents are ready",
        unit="days",
        direction="down",
        baseline=Decimal(84),
        baseline_on=began - SINCE,
        baseline_source="Invented: the sale before this one",
        target=Decimal(28),
    )
