"""Initiatives as they stand, in the form in which rows speak of them, so that the two can be compared."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..importing.interpret import LISTED, NAMED, OWNERS
from ..importing.wording import folded
from ..models import Initiative

TEXTS = ("name", "summary", "outcome", "notes", "source")
CHOICE_TEXTS = ("data_sensitivity", "employee_effect", "risk_tier", "ai_act_class")
PLAIN = (
    *TEXTS,
    *CHOICE_TEXTS,
    "is_customer_facing",
    "is_rights_impacting",
    "is_safety_impacting",
    "is_confidential",
    "value",
    "feasibility",
    "data_readiness",
    "strategic_fit",
    "governance_complexity",
    "requested_amount",
)
BLANKS: tuple[Any, ...] = (None, "", [], {})


def snapshots(pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What is known of some initiatives, by value; a fixed number of queries."""
    rows = (
        Initiative.objects.filter(pk__in=[*pks])
        .select_related("unit__parent", *NAMED, *(f"{kind}_owner" for kind in OWNERS.values()))
        .prefetch_related(*LISTED, "links")
        .defer("search")
    )
    return {row.pk: _snapshot(row) for row in rows}


def _snapshot(row: Initiative) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(row, name) for name in PLAIN}
    values["requested_amount"] = None if row.requested_amount is None else f"{row.requested_amount:.2f}"
    values |= {name: str(getattr(row, name) or "") for name in NAMED}
    values |= {name: [entry.name for entry in getattr(row, name).all()] for name in LISTED}
    values["links"] = [[link.name, link.address] for link in row.links.all()]
    owners = {kind: getattr(row, f"{kind}_owner") for kind in OWNERS.values()}
    values["owners"] = {kind: person.email for kind, person in owners.items() if person}
    values["unit"] = [unit.name for unit in (row.unit.parent, row.unit) if unit]
    values["openings"] = [[row.stage, row.stage_since.isoformat() if row.stage_since else ""]]
    return values


def differs(name: str, said: Any, stands: Any) -> bool:
    """Whether a row says something else than what stands. What it leaves empty it says nothing of."""
    if said in BLANKS:
        return False
    match name:
        case "unit":
            return [folded(unit) for unit in said[-len(stands) :]] != [folded(unit) for unit in stands[-len(said) :]]
        case "openings":
            return bool(said[-1][0] != stands[-1][0])
        case "links":
            return any(link[1] not in {address for _, address in stands} for link in said)
        case "owners":
            return _owners_differ(said, stands)
    if name in LISTED:
        return not {folded(entry) for entry in said} <= {folded(entry) for entry in stands}
    if isinstance(said, str) and isinstance(stands, str):
        return " ".join(said.split()) != " ".join(stands.split())
    return bool(said != stands)


def _owners_differ(said: Mapping[str, str], stands: Mapping[str, str]) -> bool:
    return any(stands.get(kind, "").lower() not in cell.lower() or kind not in stands for kind, cell in said.items())
