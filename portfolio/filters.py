"""The filters of the register: one a chip, all of them in the address."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple, DecimalField, RadioSelect
from django.http import QueryDict
from django_filters.fields import RangeField
from django_filters.widgets import DateRangeWidget, RangeWidget

from aiso.accounts.models import BusinessUnit, User
from aiso.web.forms import MoneyField, TagSelect

from .gate_columns import REVIEW_STATES, in_review_state
from .lane_words import CONDITIONS
from .models import (
    AutonomyLevel,
    Barrier,
    BarrierKind,
    Bucket,
    DecisionClass,
    Initiative,
    Intake,
    Jurisdiction,
    Lane,
    Objective,
    Stage,
    Tag,
    Tool,
    UseCaseType,
    Workflow,
)
from .models.initiative import OWNERS, InitiativeQuerySet, lacks_stable_owner
from .models.risk import AiActClass, RiskTier

MISSING = [(owner.removesuffix("_owner"), owner.replace("_", " ").capitalize()) for owner in OWNERS]
YES_NO = [("yes", "Yes"), ("no", "No"), ("unknown", "Not answered")]


class FromTo(RangeWidget):
    """Two ends with a word before each."""

    template_name = "portfolio/_from_to.html"


class DaysFromTo(DateRangeWidget):
    template_name = "portfolio/_from_to.html"


class MoneyRangeField(RangeField):
    """Sums as people type them: from 50k to 1.2m."""

    def __init__(self, **options: Any) -> None:
        super().__init__(fields=[MoneyField(), MoneyField()], **options)


class MoneyRangeFilter(filters.RangeFilter):
    """Between two sums, among the initiatives whose money the person may see: a match would tell the sum."""

    field_class = MoneyRangeField
    parent: "RegisterFilter"

    def filter(self, rows: InitiativeQuerySet, value: slice | None) -> QuerySet[Initiative]:
        if value is None:
            return rows
        found: QuerySet[Initiative] = super().filter(rows.with_money_for(self.parent.user), value)
        return found


class YesNoFilter(filters.ChoiceFilter):
    """Yes, no, or not answered yet."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=YES_NO, method=self._pick, widget=RadioSelect, empty_label=None, **options)

    def _pick(self, rows: QuerySet[Initiative], name: str, value: str) -> QuerySet[Initiative]:
        return rows.filter(**{name: {"yes": True, "no": False, "unknown": None}[value]})


class ChoicesFilter(filters.MultipleChoiceFilter):
    """Several of a few words, as boxes to tick."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=CheckboxSelectMultiple, **options)


class ScoreField(RangeField):
    """From a score to a score. Numbers beyond all scores are refused here, before Postgres refuses to compare them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(fields=[DecimalField(max_value=100, min_value=-100) for _ in range(2)], **options)


class ScoreFilter(filters.RangeFilter):
    """Between two scores."""

    field_class = ScoreField


class EntriesFilter(filters.ModelMultipleChoiceFilter):
    """Several of a list that may be long, as chips."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=TagSelect({"data-placeholder": "Type to find"}), distinct=False, **options)


def _entries(model: Any, field: str, label: str) -> EntriesFilter:
    return EntriesFilter(field_name=field, queryset=model.objects.all(), label=label)


class RegisterFilter(filters.FilterSet):
    """What the register can be narrowed by. Several values of one filter widen it, several filters narrow it."""

    stage = ChoicesFilter(choices=Stage, label="Stage")
    unit = EntriesFilter(
        queryset=BusinessUnit.objects.all(), label="Unit", method="in_units", help_text="Units below are included."
    )
    bucket = _entries(Bucket, "bucket", "Bucket")
    workflow = _entries(Workflow, "workflow", "Workflow")
    objective = _entries(Objective, "objective", "Objective")
    type = _entries(UseCaseType, "use_case_type", "Use-case type")
    risk = ChoicesFilter(choices=[("none", "Not assessed"), *RiskTier.choices], label="Risk tier", method="of_tier")
    ai_act = ChoicesFilter(field_name="ai_act_class", choices=AiActClass, label="EU AI Act class")
    data = ChoicesFilter(field_name="data_sensitivity", choices=Initiative.DataSensitivity, label="Data sensitivity")
    employees = ChoicesFilter(
        field_name="employee_effect", choices=Initiative.EmployeeEffect, label="Effect on employees"
    )
    customers = YesNoFilter(field_name="is_customer_facing", label="Customer-facing")
    rights = YesNoFilter(field_name="is_rights_impacting", label="Rights-impacting")
    safety = YesNoFilter(field_name="is_safety_impacting", label="Safety-impacting")
    owner = EntriesFilter(queryset=User.objects.people(), label="Owner", method="owned_by")
    missing = ChoicesFilter(choices=MISSING, label="Missing", method="missing_owner")
    stable = filters.ChoiceFilter(
        choices=[("no", "Not stable"), ("yes", "Stable")],
        label="Stable owner",
        method="by_stability",
        widget=RadioSelect,
        empty_label=None,
    )
    jurisdiction = EntriesFilter(queryset=Jurisdiction.objects.all(), label="Jurisdiction", method="carrying")
    tag = EntriesFilter(queryset=Tag.objects.all(), label="Tag", method="carrying")
    tool = EntriesFilter(queryset=Tool.objects.all(), label="Tool", method="carrying")
    lane = ChoicesFilter(choices=Lane, label="Lane")
    decided_by = ChoicesFilter(field_name="lane_decided_by", choices=[*CONDITIONS.items()], label="Reason for the lane")
    autonomy = ChoicesFilter(
        choices=AutonomyLevel, label="Autonomy level", method="deciding_at", help_text="At least one of its decisions."
    )
    money = MoneyRangeFilter(
        field_name="requested_amount",
        label="Money asked for",
        widget=FromTo,
        help_text="Among the initiatives whose money you may see.",
    )
    tools_approved = filters.ChoiceFilter(
        choices=[("no", "Not every one"), ("yes", "Every one")],
        label="Tools approved",
        method="by_approval",
        widget=RadioSelect,
        empty_label=None,
    )
    intake = ChoicesFilter(
        choices=[choice for choice in Intake.State.choices if choice[0] != Intake.State.DRAFT],
        label="Intake",
        method="by_intake",
        help_text="Requests that were declined, joined or withdrawn are found here alone.",
    )
    barrier = filters.ChoiceFilter(
        choices=[("any", "Has one"), ("late", "Has a late one")],
        label="Barrier",
        method="by_barrier",
        widget=RadioSelect,
        empty_label=None,
    )
    held_up_by = EntriesFilter(queryset=BarrierKind.objects.all(), label="Held up by", method="by_kind_of_barrier")
    review = filters.ChoiceFilter(
        choices=REVIEW_STATES, label="Review state", method="by_review", widget=RadioSelect, empty_label=None
    )
    priority = ScoreFilter(field_name="priority", label="Priority", widget=FromTo)
    value = filters.NumberFilter(field_name="value", label="Value")
    feasibility = filters.NumberFilter(field_name="feasibility", label="Feasibility")
    in_stage_since = filters.DateFromToRangeFilter(
        field_name="stage_since", label="In stage since", widget=DaysFromTo(attrs={"type": "date"})
    )
    confidential = YesNoFilter(field_name="is_confidential", label="Confidential")
    source = filters.CharFilter(field_name="source", lookup_expr="iexact", label="Source")

    class Meta:
        model = Initiative
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, user: User, queryset: InitiativeQuerySet, editing: str = "") -> None:
        """Takes up only the filters that `data` gives, and the one that is being edited: the others would cost time."""
        wanted = {name for name in ALL_FILTERS if name == editing or any(map(data.get, parameters(name)))}
        self.base_filters = {name: each for name, each in ALL_FILTERS.items() if name in wanted}
        self.user = user
        super().__init__(data, queryset=queryset)

    def of_tier(self, rows: QuerySet[Initiative], name: str, tiers: list[str]) -> QuerySet[Initiative]:
        return rows.filter(risk_tier__in=["" if tier == "none" else tier for tier in tiers]) if tiers else rows

    def in_units(self, rows: QuerySet[Initiative], name: str, units: QuerySet[BusinessUnit]) -> QuerySet[Initiative]:
        return rows.filter(unit__in=BusinessUnit.objects.and_below(units)) if units else rows

    def owned_by(self, rows: QuerySet[Initiative], name: str, people: QuerySet[User]) -> QuerySet[Initiative]:
        if not people:
            return rows
        owned = Q(*[(f"{owner}__in", [*people]) for owner in OWNERS], _connector=Q.OR)
        return rows.filter(owned)

    def missing_owner(self, rows: QuerySet[Initiative], name: str, kinds: list[str]) -> QuerySet[Initiative]:
        return rows.filter(Q(*[(f"{kind}_owner", None) for kind in kinds], _connector=Q.OR)) if kinds else rows

    def by_stability(self, rows: QuerySet[Initiative], name: str, value: str) -> QuerySet[Initiative]:
        return rows.filter(lacks_stable_owner()) if value == "no" else rows.active().exclude(lacks_stable_owner())  # type: ignore[attr-defined]

    def deciding_at(self, rows: QuerySet[Initiative], name: str, levels: list[str]) -> QuerySet[Initiative]:
        deciding = DecisionClass.objects.filter(autonomy__in=levels).order_by().values("initiative")
        return rows.filter(pk__in=deciding) if levels else rows

    def by_approval(self, rows: QuerySet[Initiative], name: str, value: str) -> QuerySet[Initiative]:
        """Those that use a tool which is not approved today, or those whose tools all are."""
        uses = Initiative.tools.through.objects
        lacking = uses.filter(tool__in=Tool.objects.unapproved().values("pk")).values("initiative")
        if value == "no":
            return rows.filter(pk__in=lacking)
        return rows.filter(pk__in=uses.values("initiative")).exclude(pk__in=lacking)

    def by_intake(self, rows: QuerySet[Initiative], name: str, states: list[str]) -> QuerySet[Initiative]:
        return rows.filter(pk__in=Intake.objects.filter(state__in=states).order_by().values("initiative"))

    def by_barrier(self, rows: QuerySet[Initiative], name: str, value: str) -> QuerySet[Initiative]:
        barriers = Barrier.objects.late() if value == "late" else Barrier.objects.open()
        return rows.filter(pk__in=barriers.order_by().values("initiative"))

    def by_review(self, rows: InitiativeQuerySet, name: str, value: str) -> InitiativeQuerySet:
        return in_review_state(rows, value)

    def by_kind_of_barrier(
        self, rows: QuerySet[Initiative], name: str, kinds: QuerySet[BarrierKind]
    ) -> QuerySet[Initiative]:
        if not kinds:
            return rows
        return rows.filter(pk__in=Barrier.objects.open().filter(kind__in=[*kinds]).order_by().values("initiative"))

    def carrying(self, rows: QuerySet[Initiative], name: str, entries: QuerySet[Any]) -> QuerySet[Initiative]:
        """Those that carry one of the entries. A subquery: a join would repeat rows."""
        if not entries:
            return rows
        field = {"jurisdiction": "jurisdictions", "tag": "tags", "tool": "tools"}[name]
        through = Initiative._meta.get_field(field).remote_field.through  # type: ignore[union-attr]
        carriers = through.objects.filter(**{f"{name}__in": [*entries]}).values("initiative")
        return rows.filter(pk__in=carriers)


ALL_FILTERS: dict[str, filters.Filter] = dict(RegisterFilter.base_filters)  # type: ignore[misc]


def parameters(name: str) -> list[str]:
    """The parts of an address that one filter reads: a range has two ends."""
    return [name, *(f"{name}_{end}" for end in ("min", "max", "after", "before"))]
