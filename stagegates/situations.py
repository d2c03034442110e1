"""What the governance matrix looks at, read for many initiatives at once: the one way from an initiative to duties."""

from collections.abc import Iterable, Sequence

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, IntegerField, Max, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from aiso.once import once_each
from portfolio.models import AutonomyLevel, DecisionClass, Initiative
from portfolio.models.initiative import InitiativeQuerySet

from .matrix import Situation

# The most cautious first: the place of a level is its rank, 0 is for no decision class.
LEVELS = [level.value for level in AutonomyLevel]
# What a row carries of its situation, in the order of `situation_from`.
COLUMNS = ("use_case_type_id", "risk_tier", "jurisdiction_ids", "autonomy_rank")

type Row = tuple[int | None, str, Sequence[int], int]


def with_situation(rows: InitiativeQuerySet) -> InitiativeQuerySet:
    """The initiatives with what the matrix looks at and no column of theirs says, without joins that repeat rows."""
    places = Initiative.jurisdictions.through.objects.filter(initiative=OuterRef("pk")).order_by("jurisdiction")
    ranks = [When(autonomy=level, then=Value(rank)) for rank, level in enumerate(LEVELS, start=1)]
    classes = DecisionClass.objects.filter(initiative=OuterRef("pk")).order_by().values("initiative")
    highest = classes.annotate(rank=Max(Case(*ranks, default=Value(0)))).values("rank")
    return rows.annotate(
        jurisdiction_ids=ArraySubquery(places.values("jurisdiction")),
        autonomy_rank=Coalesce(Subquery(highest, output_field=IntegerField()), 0),
    )


def situation_from(row: Row) -> Situation:
    """A situation from the values of COLUMNS."""
    use_case_type, tier, jurisdictions, rank = row
    return Situation(
        use_case_type=str(use_case_type or ""),
        tier=tier,
        jurisdictions=frozenset(map(str, jurisdictions)),
        autonomy=LEVELS[rank - 1] if rank else "",
    )


def situations_of(initiatives: Iterable[Initiative | int]) -> dict[int, Situation]:
    """The situations of initiatives, or of ids of initiatives, by id; in one query."""
    return once_each("situations", (each.pk if isinstance(each, Initiative) else each for each in initiatives), _read)


def _read(keys: list[int]) -> dict[int, Situation]:
    rows = with_situation(Initiative.objects.filter(pk__in=keys)).values_list("pk", *COLUMNS)
    return {pk: situation_from(row) for pk, *row in rows.order_by()}
