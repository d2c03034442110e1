"""The scorecard of one initiative, as its tab and the API show it."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from aiso import clock
from aiso.accounts.models import User
from aiso.web import figures
from portfolio.models import Incident, Initiative, OutcomeMetric
from portfolio.models.incident import Severity

from ..models.scorecard import OF_ADOPTION, Source
from .judged import Line, Status, goal_of, status_of
from .limits import Goals, goals
from .lines import Values, history_of, lines_of
from .spark import Spark, spark_of
from .words import LABELS, LOOKS, listed, moved, named, told, unit_of, when, why

Category = OutcomeMetric.Category
ABOUT = {
    Category.BUSINESS_OUTCOME: "What the business gets better by.",
    Category.PROCESS_EFFICIENCY: "What the workflow takes: time, effort, volume.",
    Category.MODEL_QUALITY: "How right the system is, and how often people decide otherwise.",
    Category.PLATFORM_RELIABILITY: "How well it runs, and what went wrong.",
    Category.ADOPTION_HEALTH: "Whether those whom it is for use it, again, and gladly.",
}
# Days in which incidents are counted.
INCIDENT_DAYS = 90
ORDER, SOURCES = [*Status], [*Source]


@dataclass(frozen=True)
class Row:
    """One line with its judgement. Worded for pages; `line` has the figures."""

    line: Line
    status: Status
    goals: Goals
    url: str
    history: Values = field(default_factory=list)

    @property
    def name(self) -> str:
        return named(self.line)

    @property
    def unit(self) -> str:
        return unit_of(self.line)

    @property
    def label(self) -> str:
        return LABELS[self.status]

    @property
    def tone(self) -> str:
        return LOOKS[self.status][0]

    @property
    def icon(self) -> str:
        return LOOKS[self.status][1]

    @property
    def reason(self) -> str:
        return why(self.line, self.status, self.goals)

    @property
    def target(self) -> str:
        return told(self.line, goal_of(self.line, self.goals))

    @property
    def is_most(self) -> bool:
        """Whether the target is not to be passed, rather than to be reached."""
        return self.line.direction == OutcomeMetric.Direction.DOWN

    @property
    def latest(self) -> str:
        return told(self.line, self.line.latest)

    @property
    def latest_when(self) -> str:
        return when(self.line, self.line.latest_on)

    @property
    def moved(self) -> tuple[str, str]:
        return moved(self.line)

    @property
    def spark(self) -> Spark | None:
        """The last values; one alone is no trend."""
        known = [value for _, value in self.history if value is not None]
        if len(known) < 2:
            return None
        words = f"{self.name}: from {told(self.line, known[0])} to {told(self.line, known[-1])} in {len(known)} values"
        return spark_of(self.history, goal_of(self.line, self.goals), words)

    @property
    def is_metric(self) -> bool:
        return self.line.source == Source.METRIC


@dataclass(frozen=True)
class Incidents:
    """What went wrong with it lately."""

    count: int
    severe: int
    url: str

    @property
    def says(self) -> str:
        if not self.count:
            return f"No incident is recorded in the last {INCIDENT_DAYS} days"
        severe = f", {figures.number(self.severe)} of them severe" if self.severe else ""
        return f"{figures.plural(self.count, 'incident')} in the last {INCIDENT_DAYS} days{severe}"


@dataclass(frozen=True)
class Part:
    """One category: its rows, or the gap."""

    category: OutcomeMetric.Category
    rows: list[Row]
    add_url: str
    incidents: Incidents | None = None
    # Where readings are recorded that fill it, too.
    reading_url: str = ""

    @property
    def label(self) -> str:
        return str(self.category.label)

    @property
    def about(self) -> str:
        return ABOUT[self.category]

    @property
    def is_gap(self) -> bool:
        return not self.rows

    @property
    def status(self) -> Status | None:
        """That of its worst row; None is a gap."""
        return min((row.status for row in self.rows), key=ORDER.index, default=None)


class Scorecard:
    """One initiative as one person who sees it reads it. Eight queries at most."""

    def __init__(self, initiative: Initiative, person: User, today: date | None = None) -> None:
        self.initiative, self.person = initiative, person
        self.today = today or clock.today()

    @cached_property
    def goals(self) -> Goals:
        return goals()

    @cached_property
    def lines(self) -> list[Line]:
        """Its own metrics first."""
        return sorted(lines_of([self.initiative.pk])[self.initiative.pk], key=lambda line: SOURCES.index(line.source))

    @cached_property
    def parts(self) -> list[Part]:
        history = history_of(self.initiative, self.lines)
        rows = [self._row(line, history.get((line.source, line.key), [])) for line in self.lines]
        return [self._part(category, [row for row in rows if row.line.category == category]) for category in Category]

    @property
    def rows(self) -> list[Row]:
        return [row for part in self.parts for row in part.rows]

    @property
    def gaps(self) -> list[Part]:
        return [part for part in self.parts if part.is_gap]

    @property
    def answer(self) -> str:
        """How it stands, in a sentence. Lines of decisions and adoption are readings."""
        rows = self.rows
        if not rows:
            return "Nothing is measured yet: all five categories lack a metric."
        metrics = sum(1 for row in rows if row.is_metric)
        readings = len(rows) - metrics
        kinds = ((metrics, "outcome metric"), (readings, "reading"))
        held = [figures.plural(count, kind) for count, kind in kinds if count]
        counted = [(status, sum(1 for row in rows if row.status == status)) for status in Status]
        told = [f"{figures.number(count)} {LABELS[status].lower()}" for status, count in reversed(counted) if count]
        lacking = f"; nothing for {listed([part.label.lower() for part in self.gaps])}" if self.gaps else ""
        return f"{listed(held)}: {', '.join(told)}{lacking}."

    def _row(self, line: Line, history: Values) -> Row:
        return Row(line, status_of(line, self.goals, self.today), self.goals, self._behind(line), history)

    def _behind(self, line: Line) -> str:
        """Where the values stand that it is read from."""
        reference = self.initiative.reference
        if line.source == Source.METRIC:
            return f"{reverse('value:initiative_measurements', args=[reference])}#measured-{line.key}"
        if line.source in OF_ADOPTION:
            return reverse("value:adoption_workflow", args=[line.key])
        return f"{reverse('portfolio:initiative_decisions', args=[reference])}#tab"

    def _part(self, category: OutcomeMetric.Category, rows: list[Row]) -> Part:
        adding = (
            f"{reverse('portfolio:metric_add', args=[self.initiative.reference])}?{urlencode({'category': category})}"
        )
        is_platform = category == Category.PLATFORM_RELIABILITY
        return Part(category, rows, adding, self.incidents if is_platform else None, self._reading(category))

    def _reading(self, category: OutcomeMetric.Category) -> str:
        if category == Category.ADOPTION_HEALTH and self.initiative.workflow_id:
            return reverse("value:adoption_record", args=[self.initiative.workflow_id])
        if category in (Category.MODEL_QUALITY, Category.PROCESS_EFFICIENCY):
            return f"{reverse('portfolio:initiative_decisions', args=[self.initiative.reference])}#tab"
        return ""

    @cached_property
    def incidents(self) -> Incidents:
        since = timezone.make_aware(datetime.combine(self.today - timedelta(days=INCIDENT_DAYS - 1), time.min))
        mine = Incident.objects.filter(shares__initiative=self.initiative, happened_at__gte=since).order_by()
        severe = Q(severity=Severity.SEVERE)
        found = mine.aggregate(count=Count("pk", distinct=True), severe=Count("pk", filter=severe, distinct=True))
        url = reverse("portfolio:initiative_incidents", args=[self.initiative.reference])
        return Incidents(found["count"], found["severe"], f"{url}#tab")
