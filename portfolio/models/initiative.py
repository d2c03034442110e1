"""The initiative: one AI effort with one business outcome (DESIGN §2)."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache, reduce
from operator import or_
from typing import Any, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Greatest, Lower

from aiso import clock
from aiso.accounts.models import BusinessUnit, Role, User
from aiso.accounts.models.role import OFFICE

from . import lists
from .ownership import Ownership
from .risk import AiActClass, RiskTier
from .stage import ACTIVE, IN_PRODUCTION, PATH, Stage
from .tools import Tool

# Days over which the business owner must not have changed (the shortest window of DESIGN §6.2).
STABLE_DAYS = 30
# Parts of a priority, each 1 to 5 (DESIGN §5).
PRIORITY_PARTS = ("value", "feasibility", "data_readiness", "strategic_fit", "governance_complexity")
# What the register sorts by where the column itself may be empty: the index and the query must say the same.
PRIORITY_KEY = Coalesce("priority", Value(Decimal(0), output_field=models.DecimalField(max_digits=4, decimal_places=2)))
# The best first, those of equal priority by reference, those without one last.
RANK_KEY = Coalesce(
    F("priority") * Value(-1), Value(0), output_field=models.DecimalField(max_digits=4, decimal_places=2)
)
STAGE_SINCE_KEY = Coalesce("stage_since", Value(date(1, 1, 1)))
OWNERS = ("business_owner", "technical_owner", "risk_owner")
# Columns that follow from other rows; a trigger refuses to see them edited.
FOLLOWING = ["stage", "stage_since", "began_on", *OWNERS, "business_owner_since"]


class Lane(models.TextChoices):
    """The way to a first decision: a combined review, or gate by gate (DESIGN §4)."""

    FAST = "fast", "Fast"
    FULL = "full", "Full"


# Ids of initiatives that a person sees for a reason that a later app knows, as subqueries: reviewers assigned to them.
_insiders: list[Callable[[User], QuerySet[Any, Any]]] = []


def register_insiders(find: Callable[[User], QuerySet[Any, Any]]) -> None:
    """Let a later app say which confidential initiatives a person sees besides: a query of the person's number and of
    today alone, and of what it finds when it runs. Called in AppConfig.ready().
    """
    if find not in _insiders:
        _insiders.append(find)


class InitiativeQuerySet(models.QuerySet["Initiative"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Ordinary initiatives, and the confidential ones that the user owns, deputises for, oversees or is assigned to
        (DESIGN §8).
        """
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        reach = oversight(user)
        if reach is None:
            return self
        seen = [Q(pk__in=each) for each in _granted(user)]
        return self.filter(reduce(or_, seen, Q(is_confidential=False) | Q(unit__in=reach)))

    def open_to_roles_of(self, user: User | AnonymousUser) -> Self:
        """Ordinary initiatives, and the confidential ones that a role of the user oversees: what everybody with the
        same roles sees.
        """
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        reach = oversight(user)
        return self if reach is None else self.filter(Q(is_confidential=False) | Q(unit__in=reach))

    def with_money_for(self, user: User | AnonymousUser) -> Self:
        """Those whose money the user may see, among rows that they may see: their own, and what their roles reach."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        reach = money_reach(user)
        if reach is None:
            return self
        owned = Ownership.objects.current().filter(person=user).values("initiative")
        return self.filter(Q(unit__in=reach) | Q(pk__in=owned))

    def on_register(self) -> Self:
        """Without those whose intake was declined, withdrawn or joined to another: they stay for the record."""
        return self.filter(is_off_register=False)

    def active(self) -> Self:
        return self.filter(stage__in=ACTIVE)

    def in_production(self) -> Self:
        return self.filter(stage__in=IN_PRODUCTION)

    def without_stable_owner(self) -> Self:
        return self.filter(lacks_stable_owner())


def on_visible(user: User | AnonymousUser, of: str) -> Q:
    """Rows of initiatives that `visible_to` gives, where `of` leads from a row to its initiative.

    Leaves out the few that are closed to the user; `of__in` would have the whole register read for each few rows.
    """
    if not isinstance(user, User) or not user.is_active:
        return Q(pk__in=[])
    reach = oversight(user)
    if reach is None:
        return Q()
    closed = Initiative.objects.filter(is_confidential=True).exclude(unit__in=reach).order_by().values("pk")
    return reduce(or_, [Q(**{f"{of}__in": each}) for each in _granted(user)], ~Q(**{f"{of}__in": closed}))


def _granted(user: User) -> list[QuerySet[Any, Any]]:
    """The ids of what the user sees also when it is confidential: as an owner or deputy, or as later apps say."""
    return _find_granted(user, clock.today())


@lru_cache(maxsize=1000)
def _find_granted(user: User, day: date) -> list[QuerySet[Any, Any]]:
    """Built once a day for each person, which takes longer than running them. Nobody runs them as they are.

    Subqueries, not joins: a join on owners would repeat rows.
    """
    owned = Ownership.objects.current().filter(person=user).values("initiative")
    return [owned, *(find(user) for find in _insiders)]


def oversight(user: User) -> frozenset[int] | None:
    """The units whose confidential initiatives the office or an auditor may see; None is all of them."""
    return _reach(user, *OFFICE, Role.AUDITOR)


def money_reach(user: User) -> frozenset[int] | None:
    """The units whose initiatives show the user their money by role (DESIGN §8); None is all of them."""
    return _reach(user, *OFFICE, Role.FINANCE_CONTROLLER, Role.EXECUTIVE, Role.AUDITOR)


def _reach(user: User, *roles: Role) -> frozenset[int] | None:
    """The units that any of the roles reaches; None is all of them."""
    reach: set[int] = set()
    for role in roles:
        units = user.role_units.get(role, frozenset())
        if units is None:
            return None
        reach |= units
    return frozenset(reach)


def lacks_stable_owner(as_of: date | None = None) -> Q:
    """Active, and an owner is missing or the business owner is new (DESIGN §6.2), on `as_of` or today."""
    start = (as_of or clock.today()) - timedelta(days=STABLE_DAYS - 1)
    missing = Q(business_owner=None) | Q(technical_owner=None) | Q(risk_owner=None)
    new = Q(business_owner_since__gt=Greatest(Value(start), F("began_on")))
    return Q(stage__in=ACTIVE) & (missing | new)


def _rank(field: str, values: tuple[str, ...] | list[str]) -> models.GeneratedField:
    """The place of a text choice in its order from 1, for sorting by index; 0 for none."""
    cases = [When(**{field: value}, then=Value(place)) for place, value in enumerate(values, start=1)]
    return models.GeneratedField(
        expression=Case(*cases, default=Value(0)),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )


def _part(label: str) -> "models.PositiveSmallIntegerField[Any, Any]":
    return models.PositiveSmallIntegerField(
        label, null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )


def _named(model: type[models.Model], **options: Any) -> Any:
    return models.ForeignKey(model, models.PROTECT, null=True, blank=True, related_name="initiatives", **options)


def _owner() -> Any:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=[
        *FOLLOWING,
        "lane_decided_by",
        "is_off_register",
        "stage_rank",
        "risk_rank",
        "search",
        "changed_at",
        "created_at",
        "created_by",
    ],
)
class Initiative(models.Model):
    """One AI effort with one business outcome. Its stage and its owners follow from dated rows."""

    class DataSensitivity(models.TextChoices):
        PUBLIC = "public", "Public"
        INTERNAL = "internal", "Internal"
        CONFIDENTIAL = "confidential", "Confidential"
        PERSONAL = "personal", "Personal"
        SPECIAL = "special", "Special categories of personal data"

    class EmployeeEffect(models.TextChoices):
        NONE = "none", "None"
        ASSISTS = "assists", "Helps people in their work"
        CHANGES = "changes", "Changes tasks or roles"
        EVALUATES = "evaluates", "Evaluates or monitors employees"

    name = models.CharField(max_length=300)
    summary = models.TextField(blank=True, help_text="One paragraph: what it does, for whom, and what gets better.")
    outcome = models.TextField(blank=True, help_text="What gets better, for whom, by how much.")
    unit = models.ForeignKey(BusinessUnit, models.PROTECT, related_name="initiatives", verbose_name="business unit")
    workflow = _named(lists.Workflow)
    bucket = _named(lists.Bucket)
    objective = _named(lists.Objective)
    use_case_type = _named(lists.UseCaseType)
    jurisdictions = models.ManyToManyField(lists.Jurisdiction, blank=True, related_name="initiatives")
    tools = models.ManyToManyField(Tool, blank=True, related_name="initiatives")
    tags = models.ManyToManyField(lists.Tag, blank=True, related_name="initiatives")
    is_confidential = models.BooleanField("confidential", default=False)

    stage = models.CharField(max_length=20, choices=Stage, default=Stage.INTAKE, editable=False)
    stage_since = models.DateField(null=True, editable=False)
    began_on = models.DateField(null=True, editable=False)
    stage_rank = _rank("stage", [*PATH, Stage.PAUSED, Stage.CLOSED, Stage.MERGED])

    business_owner = _owner()
    business_owner_since = models.DateField(null=True, editable=False)
    technical_owner = _owner()
    risk_owner = _owner()

    risk_tier = models.CharField(max_length=20, choices=RiskTier, blank=True, editable=False)
    risk_tier_set_by = models.ForeignKey(
        "portfolio.Question",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        help_text="The highest answer.",
    )
    risk_rank = _rank("risk_tier", [*RiskTier])
    ai_act_class = models.CharField("EU AI Act class", max_length=20, choices=AiActClass, blank=True, editable=False)
    ai_act_set_by = models.ForeignKey(
        "portfolio.Question", models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    employee_effect = models.CharField("effect on employees", max_length=20, choices=EmployeeEffect, blank=True)
    data_sensitivity = models.CharField(max_length=20, choices=DataSensitivity, blank=True)
    is_customer_facing = models.BooleanField("customer-facing", null=True, blank=True)
    is_rights_impacting = models.BooleanField("rights-impacting", null=True, blank=True)
    is_safety_impacting = models.BooleanField("safety-impacting", null=True, blank=True)

    requested_amount = models.DecimalField(
        "money asked for",
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="In the reporting currency, until the next decision.",
    )
    lane = models.CharField(
        max_length=10, choices=Lane, default=Lane.FULL, editable=False, help_text="Fast when ten conditions hold."
    )
    lane_decided_by = models.CharField(
        max_length=20, blank=True, editable=False, help_text="The condition that keeps it in the full lane."
    )
    lane_raised_because = models.TextField(blank=True, editable=False)
    is_off_register = models.BooleanField(default=False, editable=False)

    value = _part("value")
    feasibility = _part("feasibility")
    data_readiness = _part("data readiness")
    strategic_fit = _part("strategic fit")
    governance_complexity = _part("governance complexity")
    priority = models.DecimalField(
        max_digits=4,
        decimal_places=2,
        null=True,
        editable=False,
        help_text="1 to 5, when all parts are there (DESIGN §5).",
    )

    notes = models.TextField(blank=True)
    source = models.CharField(max_length=100, blank=True, help_text="The system or file it was imported from.")
    external_id = models.CharField("external ID", max_length=200, blank=True, help_text="Its name there.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(
        default=clock.now, editable=False, help_text="The last change to it or to what hangs on it."
    )
    search = models.GeneratedField(
        expression=SearchVector("name", weight="A", config="english")
        + SearchVector("summary", weight="B", config="english")
        + SearchVector("outcome", weight="C", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            # Each search reads what waits to be sorted in: at 64 kB not 4 MB, which doubled the check for duplicates.
            GinIndex(fields=["search"], name="initiative_search", gin_pending_list_limit=64),
            models.Index(Lower("name"), "id", name="initiative_by_name"),
            models.Index(fields=["stage_rank", "id"], name="initiative_by_stage"),
            models.Index(STAGE_SINCE_KEY, "id", name="initiative_by_stage_since"),
            models.Index(fields=["risk_rank", "id"], name="initiative_by_risk"),
            models.Index(PRIORITY_KEY, "id", name="initiative_by_priority"),
            models.Index(RANK_KEY, "id", name="initiative_by_rank"),
            models.Index(fields=["changed_at", "id"], name="initiative_by_change"),
            models.Index(fields=["unit", "id"], name="initiative_by_unit"),
            models.Index(fields=["id"], condition=Q(is_confidential=True), name="initiative_confidential"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="external_id_once_a_source",
            ),
            models.CheckConstraint(
                condition=Q(
                    *[Q(**{f"{part}__isnull": True}) | Q(**{f"{part}__range": (1, 5)}) for part in PRIORITY_PARTS]
                ),
                name="priority_parts_one_to_five",
            ),
            models.CheckConstraint(
                condition=Q(requested_amount=None) | Q(requested_amount__gte=0), name="requested_amount_not_negative"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="follows_its_rows",
                # After: a trigger before the update would have the search words worked out anew each time.
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*FOLLOWING),
                func="""
                    IF pg_trigger_depth() < 2 THEN
                        RAISE EXCEPTION 'Stage and owners follow from stage changes and ownerships; add one of those.';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="begins_at_intake",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__stage__df="intake"),
                func="RAISE EXCEPTION 'An initiative begins at intake; add a stage change.';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    def get_absolute_url(self) -> str:
        return f"/initiatives/{self.reference}/"

    @property
    def reference(self) -> str:
        """The number that people use, e.g. AI-0042."""
        return f"AI-{self.pk:04d}"

    @property
    def days_in_stage(self) -> int | None:
        """Whole days since it entered its stage."""
        return (clock.today() - self.stage_since).days if self.stage_since else None

    @property
    def owner_days(self) -> int | None:
        """Days with the same business owner."""
        return (clock.today() - self.business_owner_since).days if self.business_owner_since else None

    @property
    def missing_owners(self) -> list[str]:
        """The owners that nobody is, by their field's name without `_owner`."""
        return [owner.removesuffix("_owner") for owner in OWNERS if getattr(self, f"{owner}_id") is None]

    @property
    def priority_parts(self) -> list[int | None]:
        """The five parts in the order of PRIORITY_PARTS."""
        return [getattr(self, part) for part in PRIORITY_PARTS]
