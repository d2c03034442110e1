"""The lines of scorecards straight from the facts, and the values before them that a trend draws."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from portfolio.models import DecisionReading, Initiative

from ..adoption_told import Told
from ..models import AdoptionReading, Measurement
from ..models.scorecard import Source
from ..weeks import last_weeks
from .judged import Line
from .wanted import GIVEN, wanted

# Values that a trend draws.
DRAWN = 12
type Values = list[tuple[date, Decimal | None]]
type Known = tuple[str, int]


def lines_of(initiatives: Iterable[int]) -> dict[int, list[Line]]:
    """The lines of each, by id, as they stand now. One query."""
    found: dict[int, list[Line]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(f"{wanted(GIVEN)} ORDER BY source, key", {"ids": [*initiatives]})
        for row in cursor.fetchall():
            line = Line(*row)
            found[line.initiative_id].append(line)
    return found


def history_of(initiative: Initiative, lines: Sequence[Line]) -> dict[Known, Values]:
    """The last values of each line, the oldest first, by its source and key. A query for each kind of source."""
    found: dict[Known, Values] = defaultdict(list)
    sources = {line.source for line in lines}
    if Source.METRIC in sources:
        _measured(initiative, found)
    if Source.ACTIVE in sources:
        _read(initiative, found)
    if Source.VOLUME in sources:
        _decided(initiative, found)
    return found


def _measured(initiative: Initiative, found: dict[Known, Values]) -> None:
    rows = Measurement.objects.current().filter(metric__initiative=initiative).exclude(answer__is_confirmed=False)
    place = Window(RowNumber(), partition_by="metric", order_by=[F("measured_on").desc(), F("pk").desc()])
    last = rows.annotate(place=place).filter(place__lte=DRAWN).order_by("measured_on", "pk")
    for metric, day, value in last.values_list("metric", "measured_on", "value"):
        found[Source.METRIC, metric].append((day, value))


def _read(initiative: Initiative, found: dict[Known, Values]) -> None:
    """A week that nobody read, or that tells no figure, is a gap."""
    weeks = last_weeks(DRAWN)[::-1]
    rows = AdoptionReading.objects.current().of_weeks(weeks).filter(workflow=initiative.workflow_id)
    told = {row.week_ends_on: Told.of(row) for row in rows}
    for source in (Source.ACTIVE, Source.REPEAT, Source.OPT_OUTS, Source.SATISFACTION):
        known = initiative.workflow_id or 0
        found[source, known] = [(week, _share(told[week], source) if week in told else None) for week in weeks]


def _share(told: Told, source: str) -> Decimal | None:
    if source == Source.ACTIVE:
        return told.share
    if source == Source.SATISFACTION:
        value: Decimal | None = told.value("satisfaction")
        return value
    part, whole = ("repeat_users", "active_users") if source == Source.REPEAT else ("opt_outs", "target_users")
    count, of = told.value(part), told.value(whole)
    return Decimal(count) / of if count is not None and of else None


def _decided(initiative: Initiative, found: dict[Known, Values]) -> None:
    rows = DecisionReading.objects.current().filter(initiative=initiative, volume__gt=0)
    place = Window(RowNumber(), partition_by="decision_class", order_by=[F("last_day").desc(), F("pk").desc()])
    for each in rows.annotate(place=place).filter(place__lte=DRAWN).order_by("last_day", "pk"):
        days = (each.last_day - each.first_day).days + 1
        told = {
            Source.OVERRIDES: each.override_rate,
            Source.ERRORS: each.error_rate,
            Source.VOLUME: Decimal(each.volume) * 7 / days,
        }
        for source, value in told.items():
            found[source, each.decision_class_id].append((each.last_day, value))
