"""The rows of an item that gathers many under one heading, as the API tells them in `meetings/{id}/pre-read/`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from aiso.accounts.models import User
from aiso.api.shapes import Person, named
from aiso.web.figures import local_date
from forums.models import AgendaItem
from portfolio.api.shapes import REFERENCE
from portfolio.models import Initiative

from ..models import Condition, Decision, FastLaneAudit
from .gathered import LISTED, listed_of
from .ranks import Moved


class GatheredRowShape(TypedDict):
    """One row of an item that gathers many."""

    id: Annotated[int | None, "Of the condition, the audit or the decision; null for a changed priority."]
    initiative: Annotated[str, REFERENCE]
    name: str
    what: Annotated[str, "The condition, why it is audited, or the decision's rationale."]
    person: Annotated[Person | None, "The condition's owner, the requester, or who decided."]
    on: Annotated[date | None, "When it is or was due, or was decided."]
    place: Annotated[int | None, "The rank in its bucket now, of a changed priority."]
    place_then: Annotated[int | None, "Null where it was scored for the first time."]
    priority: Decimal | None
    priority_then: Decimal | None


class GatheredShape(TypedDict):
    """What such an item lists, as far as one sees the initiatives."""

    kind: Annotated[str, {"enum": [*LISTED]}]
    rows: list[GatheredRowShape]
    says: Annotated[str, "How many there are, in words."]
    has_more: Annotated[bool, "Whether there are more than those that are told."]


def told_gathered(items: Sequence[AgendaItem], person: User) -> Mapping[int, GatheredShape]:
    kinds = {item.pk: item.source for item in items}
    return {
        pk: {
            "kind": kinds[pk],
            "rows": [TOLD[kinds[pk]](row) for row in listed.rows],
            "says": listed.says,
            "has_more": listed.has_more,
        }
        for pk, listed in listed_of(items, person).items()
    }


def _row(initiative: Initiative, **told: Any) -> GatheredRowShape:
    row: GatheredRowShape = {
        "id": None,
        "initiative": initiative.reference,
        "name": initiative.name,
        "what": "",
        "person": None,
        "on": None,
        "place": None,
        "place_then": None,
        "priority": None,
        "priority_then": None,
    }
    return row | told  # type: ignore[return-value]


def _condition(row: Condition) -> GatheredRowShape:
    return _row(row.initiative, id=row.pk, what=row.text, person=named(row.owner), on=row.due_on)


def _audit(row: FastLaneAudit) -> GatheredRowShape:
    decision = row.decision
    why = "Their first" if row.is_first else "Drawn"
    on = local_date(decision.decided_at)
    return _row(decision.initiative, id=row.pk, what=why, person=named(row.requester), on=on)


def _decision(row: Decision) -> GatheredRowShape:
    on = local_date(row.decided_at)
    return _row(row.initiative, id=row.pk, what=row.rationale, person=named(row.decided_by), on=on)


def _moved(row: Moved) -> GatheredRowShape:
    told = ("place", "place_then", "priority", "priority_then")
    return _row(row.initiative, **{name: getattr(row, name) for name in told})


TOLD: dict[str, Callable[[Any], GatheredRowShape]] = {
    "overdue_conditions": _condition,
    "fast_lane_sample": _audit,
    "decided_between": _decision,
    "changed_ranks": _moved,
}
