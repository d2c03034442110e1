"""The initiative as the API tells it, in lists and alone."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict, cast

from django.conf import settings
from django.db.models import F, QuerySet, Value

from aiso.accounts.models import User
from aiso.api.shapes import Named, Person

from ..merging import survivor_of
from ..models import Initiative, Lane, Stage
from ..models.initiative import PRIORITY_PARTS, InitiativeQuerySet
from ..models.risk import AiActClass, RiskTier
from ..permissions import money_seen_among

REFERENCE = {"pattern": "^AI-[0-9]{4,}$", "examples": ["AI-0042"]}
# What the row itself tells.
COLUMNS = (
    "name",
    "summary",
    "outcome",
    "unit",
    "workflow",
    "bucket",
    "objective",
    "use_case_type",
    "is_confidential",
    "stage",
    "stage_since",
    "began_on",
    "business_owner",
    "business_owner_since",
    "technical_owner",
    "risk_owner",
    "risk_tier",
    "risk_tier_set_by",
    "ai_act_class",
    "ai_act_set_by",
    "lane",
    "lane_decided_by",
    "requested_amount",
    "employee_effect",
    "data_sensitivity",
    "is_customer_facing",
    "is_rights_impacting",
    "is_safety_impacting",
    "value",
    "feasibility",
    "data_readiness",
    "strategic_fit",
    "governance_complexity",
    "priority",
    "source",
    "external_id",
    "created_at",
    "changed_at",
)
# What the columns point to.
POINTING = {
    "unit": ("unit",),
    "workflow": ("workflow",),
    "bucket": ("bucket",),
    "objective": ("objective",),
    "use_case_type": ("use_case_type",),
    "person": ("business_owner", "technical_owner", "risk_owner"),
    "question": ("risk_tier_set_by", "ai_act_set_by"),
}
# What stands for their name where they have none.
CALLED = {"question": "code"}
SETS = ("jurisdictions", "tools", "tags")
PART = {"minimum": 1, "maximum": 5}


class OwnersShape(TypedDict):
    """Who answers for it; null where nobody does."""

    business: Person | None
    technical: Person | None
    risk: Person | None


class InitiativeRowShape(TypedDict):
    """One AI effort with one business outcome, as lists tell it."""

    id: Annotated[str, "Its reference, as people say it.", REFERENCE]
    name: str
    summary: str
    outcome: str
    unit: Named
    workflow: Named | None
    bucket: Named | None
    objective: Named | None
    use_case_type: Named | None
    jurisdictions: list[Named]
    tools: list[Named]
    tags: list[Named]
    is_confidential: bool
    stage: Annotated[str, "It follows from decisions and is never edited.", Stage]
    stage_since: date | None
    began_on: date | None
    owners: OwnersShape
    business_owner_since: date | None
    risk_tier: Annotated[str | None, "Null until the questions are answered.", RiskTier]
    risk_tier_set_by: Annotated[str | None, "The code of the question whose answer set it."]
    ai_act_class: Annotated[str | None, "Null until the questions are answered.", AiActClass]
    ai_act_set_by: Annotated[str | None, "The code of the question whose answer set it."]
    lane: Annotated[str, "Fast when ten conditions hold; `lane/` below it tells each.", Lane]
    lane_decided_by: Annotated[str | None, "The code of the condition that keeps it in the full lane."]
    requested_amount: Annotated[
        Decimal | None,
        "The money asked for, until the next decision. Null also for those who may not see it: its owners and their "
        "deputies, finance controllers, the office, executives and auditors may.",
    ]
    currency: Annotated[str, "Of all sums: the reporting currency.", {"pattern": "^[A-Z]{3}$"}]
    employee_effect: Annotated[str | None, Initiative.EmployeeEffect]
    data_sensitivity: Annotated[str | None, Initiative.DataSensitivity]
    is_customer_facing: bool | None
    is_rights_impacting: bool | None
    is_safety_impacting: bool | None
    value: Annotated[int | None, PART]
    feasibility: Annotated[int | None, PART]
    data_readiness: Annotated[int | None, PART]
    strategic_fit: Annotated[int | None, PART]
    governance_complexity: Annotated[int | None, PART]
    priority: Annotated[Decimal | None, "1 to 5, once all five parts are rated."]
    source: Annotated[str, "The system or file it was imported from."]
    external_id: Annotated[str, "Its name there."]
    created_at: datetime
    changed_at: Annotated[datetime, "The last change to it, or to what hangs on it."]


# Its keys, in the order in which they are documented.
ROW = tuple(InitiativeRowShape.__annotations__)
# Those told as the column holds them.
PLAIN = (
    *("name", "summary", "outcome", "is_confidential", "stage", "stage_since", "began_on", "business_owner_since"),
    *("lane", "is_customer_facing", "is_rights_impacting", "is_safety_impacting", *PRIORITY_PARTS, "priority"),
    *("source", "external_id", "created_at", "changed_at"),
)


class InitiativeShape(InitiativeRowShape):
    """One AI effort with one business outcome."""

    notes: str
    address: Annotated[str, "Its page."]
    merged_into: Annotated[
        str | None,
        "The initiative in which a merged one goes on, where you see that. This one still answers here, as it was.",
        REFERENCE,
    ]


def told_columns(initiatives: InitiativeQuerySet, *more: str) -> InitiativeQuerySet:
    """Rows with the columns that the shape tells. What they point to is named afterwards: to plan one query that
    joins it all would take Postgres longer than to answer both.
    """
    return initiatives.only("id", *COLUMNS, *more)


def drawn_rows(initiatives: Sequence[Initiative], user: User) -> list[InitiativeRowShape]:
    """Rows as lists tell them to a person. One query names all that they point to and carry; another finds whose
    money the person may see, where their roles do not reach all of them.
    """
    names, sees_money = _Names(initiatives), money_seen_among(user, initiatives)
    return [_row(initiative, names, sees_money=sees_money(initiative)) for initiative in initiatives]


def drawn(initiative: Initiative, user: User) -> InitiativeShape:
    """A row read with its notes, as it is told to a person."""
    row = drawn_rows([initiative], user)[0]
    survivor = survivor_of(initiative, user) if initiative.stage == Stage.MERGED else None
    told = {"address": initiative.get_absolute_url(), "merged_into": survivor.reference if survivor else None}
    return cast(InitiativeShape, {**row, "notes": initiative.notes, **told})


def visible_one(user: User, pk: int) -> InitiativeQuerySet:
    """The initiative with all that `drawn` tells, if the user may see it."""
    return told_columns(Initiative.objects.visible_to(user).filter(pk=pk), "notes")


class _Names:
    """The names of what some initiatives point to, and the entries of their sets."""

    def __init__(self, initiatives: Sequence[Initiative]) -> None:
        self.links: dict[tuple[str, int], str] = {}
        self.sets: dict[tuple[str, int], list[Named]] = {}
        parts = [*_named_parts(initiatives), *_set_parts([each.pk for each in initiatives])] if initiatives else []
        if not parts:
            return
        for kind, initiative, pk, name in parts[0].union(*parts[1:], all=True).order_by("named"):
            if initiative:
                self.sets.setdefault((kind, initiative), []).append({"id": pk, "name": name})
            else:
                self.links[kind, pk] = name

    def link(self, kind: str, pk: int | None) -> Named | None:
        return {"id": pk, "name": self.links[kind, pk]} if pk is not None else None

    def code(self, kind: str, pk: int | None) -> str | None:
        return self.links[kind, pk] if pk is not None else None

    def entries(self, kind: str, initiative: int) -> list[Named]:
        return self.sets.get((kind, initiative), [])


type Part = QuerySet[Any, tuple[str, int, int, str]]


def _named_parts(initiatives: Sequence[Initiative]) -> Iterator[Part]:
    """What the columns point to, each kind of thing once."""
    for kind, columns in POINTING.items():
        ids = {getattr(each, f"{column}_id") for each in initiatives for column in columns} - {None}
        if ids:
            things = Initiative._meta.get_field(columns[0]).related_model._base_manager.filter(pk__in=ids)  # type: ignore[union-attr]
            yield _part(things, kind, Value(0), F("pk"), F(CALLED.get(kind, "name")))


def _set_parts(pks: Sequence[int]) -> Iterator[Part]:
    for kind in SETS:
        field = Initiative._meta.get_field(kind)
        entry = field.related_model._meta.model_name  # type: ignore[union-attr]
        carried = field.remote_field.through._default_manager.filter(initiative__in=pks)  # type: ignore[union-attr]
        yield _part(carried, kind, F("initiative_id"), F(f"{entry}_id"), F(f"{entry}__name"))


def _part(rows: "QuerySet[Any]", kind: str, initiative: Any, thing: F, name: F) -> Part:
    told = rows.order_by().annotate(kind=Value(kind), of=initiative, thing=thing, named=name)
    part: Part = told.values_list("kind", "of", "thing", "named")
    return part


def _row(initiative: Initiative, names: _Names, *, sees_money: bool) -> InitiativeRowShape:
    told: dict[str, Any] = {
        "id": initiative.reference,
        **_as_it_is(initiative),
        **_filed(initiative, names),
        **_classed(initiative, names),
        "owners": _owners(initiative, names),
        "requested_amount": initiative.requested_amount if sees_money else None,
        "currency": settings.REPORTING_CURRENCY,
    }
    return cast(InitiativeRowShape, {name: told[name] for name in ROW})


def _as_it_is(initiative: Initiative) -> dict[str, Any]:
    """What is told as the column holds it."""
    return {name: getattr(initiative, name) for name in PLAIN}


def _filed(initiative: Initiative, names: _Names) -> dict[str, Any]:
    """Where it belongs: its unit and the entries of lists."""
    unit = names.link("unit", initiative.unit_id)
    assert unit is not None
    return {
        "unit": unit,
        "workflow": names.link("workflow", initiative.workflow_id),
        "bucket": names.link("bucket", initiative.bucket_id),
        "objective": names.link("objective", initiative.objective_id),
        "use_case_type": names.link("use_case_type", initiative.use_case_type_id),
        "jurisdictions": names.entries("jurisdictions", initiative.pk),
        "tools": names.entries("tools", initiative.pk),
        "tags": names.entries("tags", initiative.pk),
    }


def _classed(initiative: Initiative, names: _Names) -> dict[str, Any]:
    """What its answers make of it; null for what is not answered."""
    return {
        "risk_tier": initiative.risk_tier or None,
        "risk_tier_set_by": names.code("question", initiative.risk_tier_set_by_id),
        "ai_act_class": initiative.ai_act_class or None,
        "ai_act_set_by": names.code("question", initiative.ai_act_set_by_id),
        "lane_decided_by": initiative.lane_decided_by or None,
        "employee_effect": initiative.employee_effect or None,
        "data_sensitivity": initiative.data_sensitivity or None,
    }


def _owners(initiative: Initiative, names: _Names) -> OwnersShape:
    return {
        "business": names.link("person", initiative.business_owner_id),
        "technical": names.link("person", initiative.technical_owner_id),
        "risk": names.link("person", initiative.risk_owner_id),
    }
