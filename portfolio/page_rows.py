"""The first query of an initiative page: all of its columns that are shown, what tabs count and gaps ask, by names."""

from datetime import date
from functools import lru_cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from aiso.configuration.models import ConfigurationVersion

from .gaps import with_gap_facts
from .models import Initiative, Intake
from .models.initiative import InitiativeQuerySet
from .panels import tab_counts

SETS = ("jurisdictions", "tools", "tags")
# What the page shows of the things that an initiative points to.
SHOWN = (
    "unit__name",
    "unit__parent__name",
    "workflow__name",
    "workflow__is_critical",
    "bucket__name",
    "objective__name",
    "use_case_type__name",
    "business_owner__name",
    "business_owner__email",
    "risk_tier_set_by__text",
    "ai_act_set_by__text",
)


@lru_cache(maxsize=4)
def page_rows(tabs: tuple[str, ...], today: date) -> InitiativeQuerySet:
    """All that the page reads in its first query. Put together once a day: that alone took a tenth of its time."""
    own = [field.name for field in Initiative._meta.concrete_fields if field.name != "search"]
    names = {f"{name}_names": _names(name) for name in SETS}
    asked = Intake.objects.filter(Q(initiative=OuterRef("pk")) | Q(joined_to=OuterRef("pk")))
    rows = Initiative.objects.select_related(*{name.rpartition("__")[0] for name in SHOWN})
    under_way = ConfigurationVersion.objects.under_way().order_by("kind").values("kind").distinct()
    told = with_gap_facts(rows).annotate(
        **tab_counts(), **names, has_requests=Exists(asked), rules_under_way=ArraySubquery(under_way)
    )
    return rows.annotate(**_written_out(told)).only(*own, *SHOWN)


def _written_out(rows: InitiativeQuerySet) -> dict[str, RawSQL]:
    """The annotations as SQL, which Django would else write anew for each page; they refer to the initiative alone."""
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    compiler.pre_sql_setup()
    written = ((name, each.output_field, *compiler.compile(each)) for name, each in rows.query.annotations.items())
    # No value of a request is in it.
    return {name: RawSQL(sql, params, output_field) for name, output_field, sql, params in written}  # noqa: S611


def _names(field_name: str) -> ArraySubquery:
    """The names in a set of the initiative, in their order, without a query each."""
    model = Initiative._meta.get_field(field_name).related_model
    entries = model._default_manager.filter(initiatives=OuterRef("pk")).order_by("name")  # type: ignore[union-attr]
    return ArraySubquery(entries.values("name"))
