"""The initiative page: what stands on it, read in a fixed number of queries (tests hold the budget)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from aiso import clock
from aiso.accounts.signed_in import signed_in
from aiso.configuration.kinds import kind_of
from aiso.web import figures
from aiso.web.stages import Step, stage_track

from .decisions import Line, lines_of
from .facts import lowered
from .gaps import Gap, gaps_of, stable_from
from .lane import LaneResult, lane_of, without_money
from .lane_facts import facts_of
from .lane_threshold import lane_threshold
from .lane_words import Hinted, hinted, lane_reason, places_of, standing_of_lane
from .merged_away import lead_on
from .models import DecisionClass, Initiative, Intake, OutcomeMetric, OwnerKind, Ownership, Stage, StageChange
from .models.stage import ACTIVE, ENDED, PATH
from .next_gate import NextGate, next_gate_of
from .page_rows import page_rows
from .panels import Place, Tab, panels_at, tab_counts, tabs_for
from .permissions import can_assign_owners, can_classify, can_comment, can_edit, can_lower_lane, can_see_money

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


@dataclass
class OwnerLine:
    """One of the three owners as the page shows them."""

    kind: OwnerKind
    ownership: Ownership | None = None
    deputies: list[Ownership] = field(default_factory=list)
    earlier: list[Ownership] = field(default_factory=list)
    stable_from: date | None = None

    @property
    def label(self) -> str:
        return self.kind.value.capitalize()

    @property
    def days(self) -> int:
        return (clock.today() - self.ownership.started_on).days if self.ownership else 0

    @property
    def past(self) -> list[Ownership]:
        """Who it was before, the latest first."""
        return sorted(self.earlier, key=lambda each: (each.ended_on, each.started_on), reverse=True)

    @property
    def empty_since(self) -> date | None:
        """The day the last one stopped, where nobody followed."""
        days = [each.ended_on for each in self.earlier if each.ended_on and not each.is_deputy]
        return max(days, default=None)


@dataclass(frozen=True)
class ShownTab:
    """A tab with its address and count on one page."""

    tab: Tab
    url: str
    count: int
    current: bool


class InitiativePage:
    """One initiative as one person sees it. What a tab does not show is not read."""

    # Where the list of gaps stands: on this page, unless the sentence about them stands elsewhere.
    address = ""

    def __init__(self, request: HttpRequest, initiative: Initiative, tab: str = "overview") -> None:
        self.request, self.initiative, self.tab_name = request, initiative, tab
        self.person = signed_in(request)

    @property
    def title(self) -> str:
        """What the window is called."""
        name = f"{self.initiative.reference} {self.initiative.name}"
        labels = [shown.tab.label for shown in self.tabs if shown.current and self.tab_name != "overview"]
        return ": ".join([*labels, name])

    @cached_property
    def may_edit(self) -> bool:
        return can_edit(self.person, self.initiative)

    @cached_property
    def may_assign(self) -> bool:
        return can_assign_owners(self.person, self.initiative)

    @cached_property
    def may_classify(self) -> bool:
        return can_classify(self.person, self.initiative)

    @cached_property
    def may_comment(self) -> bool:
        return can_comment(self.person)

    @cached_property
    def sees_money(self) -> bool:
        return self.may_edit or can_see_money(self.person, self.initiative)

    @property
    def may_lower_lane(self) -> bool:
        return bool(self.initiative.lane_raised_because) and can_lower_lane(self.person, self.initiative)

    @property
    def takes_a_lane(self) -> bool:
        """Whether its lane still matters: not once it ended, or never came onto the register."""
        return self.initiative.stage not in ENDED and not self.initiative.is_off_register

    @cached_property
    def lane(self) -> LaneResult:
        """The lane with its conditions against the facts of now. One query, three where it decides and uses tools."""
        row = self.initiative
        tools = row.tools.unapproved() if row.tools_names else ()  # type: ignore[attr-defined]
        unapproved = [tool.name for tool in tools]
        lane = lane_of(facts_of(row, lane_threshold(), decisions=self.decision_classes, unapproved=unapproved))
        return lane if self.sees_money else without_money(lane)

    @cached_property
    def decision_classes(self) -> list[DecisionClass]:
        return [*self.initiative.decision_classes.all()] if self.initiative.has_decision else []  # type: ignore[attr-defined]

    @cached_property
    def decisions(self) -> list[Line]:
        """The decisions it makes."""
        return lines_of(self.decision_classes)

    @property
    def lane_conditions(self) -> list[Hinted]:
        return hinted(self.lane, places_of(self.initiative))

    @property
    def lane_standing(self) -> str:
        return standing_of_lane(self.lane)

    @property
    def lane_reason(self) -> str:
        return lane_reason(self.initiative)

    @cached_property
    def next_gate(self) -> NextGate | None:
        """What its next gate asks, as far as an app above keeps gates."""
        return next_gate_of(self.initiative)

    @cached_property
    def gaps(self) -> list[Gap]:
        """What the next gate asks first; what the register lacks besides."""
        asked = [*self.next_gate.gaps] if self.next_gate else []
        there = {gap.url for gap in asked}
        return [*asked, *(gap for gap in gaps_of(self.initiative) if gap.url not in there)]

    @property
    def missing(self) -> list[tuple[Gap, bool]]:
        """The gaps, and whether the person may mend each."""
        may = {"readers": True}
        for gap in self.gaps:
            if gap.by not in may:
                may[gap.by] = self.may_edit if gap.by == "editors" else self.may_assign
        return [(gap, may[gap.by]) for gap in self.gaps]

    @cached_property
    def stage_changes(self) -> list[StageChange]:
        return [*self.initiative.stage_changes.all()]

    @cached_property
    def metrics(self) -> list[OutcomeMetric]:
        return [*self.initiative.outcome_metrics.all()] if self.initiative.has_metric else []  # type: ignore[attr-defined]

    @cached_property
    def owners(self) -> list[OwnerLine]:
        """The three owners with deputies, and who was it before."""
        lines = {kind: OwnerLine(kind) for kind in OwnerKind}
        lines[OwnerKind.BUSINESS].stable_from = stable_from(self.initiative)
        for ownership in self.initiative.ownerships.select_related("person"):
            line = lines[OwnerKind(ownership.kind)]
            if ownership.ended_on is not None:
                line.earlier.append(ownership)
            elif ownership.is_deputy:
                line.deputies.append(ownership)
            else:
                line.ownership = ownership
        return [*lines.values()]

    @property
    def rules_under_way(self) -> list[str]:
        """Configuration that was published, while what follows from it is still being worked out."""
        slugs: list[str] = self.initiative.rules_under_way  # type: ignore[attr-defined]
        return [kind.title for slug in slugs if (kind := kind_of(slug))]

    @property
    def is_active(self) -> bool:
        return self.initiative.stage in ACTIVE

    @property
    def is_stable(self) -> bool:
        return not self.initiative.missing_owners and stable_from(self.initiative) is None

    @cached_property
    def track(self) -> list[Step]:
        """The stage component's steps. Off the way, the stages that were reached count as done."""
        entered: dict[str, date] = {}
        for change in self.stage_changes:
            entered.setdefault(change.stage, change.changed_on)
        here, today = self.initiative.stage, clock.today()
        on_the_way = here in PATH
        if not on_the_way:
            here = next((stage for stage in reversed(PATH) if stage in entered), "")
            today = self.initiative.stage_since or today
        gate = self.next_gate if on_the_way else None
        steps = stage_track(here, entered, today, needs=gate.needs if gate else "", due=gate.due if gate else None)
        if not on_the_way:
            for step in steps:
                step.state = "done" if step.state == "now" else step.state
        return steps

    @property
    def stage_words(self) -> str:
        """The stage as a sentence for those who do not see the component."""
        stage = Stage(self.initiative.stage)
        if stage not in PATH:
            return f"Stage: {stage.label}"
        return f"Stage: {stage.label}, {ORDINALS[PATH.index(stage)]} of six"

    @cached_property
    def answer(self) -> SafeString:
        """Where it stands and what is missing, in one sentence."""
        purpose = self._purpose()
        parts = [purpose, self._standing(capfirst if not purpose else str), self._missing()]
        return format_html("{}.", format_html_join("; ", "{}", ((part,) for part in parts if part)))

    def _purpose(self) -> str:
        """The first metric that says from where to where."""
        for metric in self.metrics:
            if metric.baseline is not None and metric.target is not None:
                way = f"from {figures.measured(metric.baseline)} to {figures.measured(metric.target)}"
                return format_html("{} {} {}", capfirst(metric.name), way, metric.unit)
        return ""

    def _standing(self, spelt: Callable[[str], str]) -> str:
        initiative = self.initiative
        if initiative.is_off_register:
            return format_html("{}: {}", spelt("not on the register"), self._left())
        stage, days = Stage(initiative.stage), initiative.days_in_stage
        if stage in ENDED:
            rationale = self.stage_changes[-1].rationale if self.stage_changes else ""
            why = f": {rationale.rstrip('.')}" if rationale else ", without a recorded rationale"
            return format_html("{} on {}{}", spelt(stage.label.lower()), figures.day(initiative.stage_since), why)
        name = spelt(stage.label.lower() if stage == Stage.PAUSED else f"in {stage.label.lower()}")
        if days is None:
            return format_html("{}", name)
        return format_html('{} for <span class="nw">{}</span>', name, figures.plural(days, "day"))

    def _left(self) -> str:
        """What became of the request that it was made from."""
        intake = Intake.objects.filter(initiative=self.initiative).select_related("joined_to").first()
        if intake is None:
            return "its request was not taken up"
        if intake.joined_to and intake.joined_to in Initiative.objects.visible_to(self.person):
            return format_html(
                'joined to <a class="fig" href="{}">{}</a>',
                intake.joined_to.get_absolute_url(),
                intake.joined_to.reference,
            )
        return f"its request was {intake.get_state_display().lower()}"

    def _missing(self) -> str:
        if gate := self.next_gate:
            told = self._missing_for(gate)
            return format_html("{}; {}", lowered(gate.note), told) if gate.note else told
        count = len(self.gaps)
        if count == 0:
            return "nothing is missing" if self.takes_a_lane else ""
        if count == 1:
            told = lowered(self.gaps[0].what)
            return format_html('<a class="fig" href="{}#missing">{}</a> is missing', self.address, told)
        return format_html('<a class="fig nw" href="{}#missing">{} things</a> are missing', self.address, count)

    def _missing_for(self, gate: NextGate) -> str:
        """`2 of 5 requirements for production fit are missing`."""
        named = format_html('<a class="fig" href="{}">{}</a>', gate.url, gate.name.lower())
        asked = figures.plural(gate.asked, "requirement")
        if not gate.missing:
            how = f"are met, {figures.number(gate.waived)} of them waived" if gate.waived else "are met"
            return format_html("{} for {} {}", f"all {asked}" if gate.asked > 1 else asked, named, how)
        verb = "is" if gate.missing == 1 else "are"
        link = format_html('<a class="fig nw" href="{}#missing">{} of {}</a>', self.address, gate.missing, asked)
        return format_html("{} for {} {} missing", link, named, verb)

    @cached_property
    def tabs(self) -> list[ShownTab]:
        return [self._shown(tab) for tab in tabs_for(self.person) if not tab.is_money or self.sees_money]

    def _shown(self, tab: Tab) -> ShownTab:
        url = reverse(tab.url_name, args=[self.initiative.reference])
        count = getattr(self.initiative, f"{tab.name}_count", 0)
        return ShownTab(tab, url, count, current=tab.name == self.tab_name)

    @cached_property
    def head_buttons(self) -> list[str]:
        return self._drawn("head")

    @cached_property
    def notes(self) -> list[str]:
        return self._drawn("note")

    @cached_property
    def cards(self) -> list[str]:
        return self._drawn("card")

    @cached_property
    def main_panels(self) -> list[str]:
        return self._drawn("main")

    @cached_property
    def aside_panels(self) -> list[str]:
        return self._drawn("aside")

    @property
    def outcome_panels(self) -> list[str]:
        return self._drawn("outcome")

    def _drawn(self, place: Place) -> list[str]:
        return [drawn for panel in panels_at(place) if (drawn := panel.draw(self))]


def page_for(request: HttpRequest, pk: int, tab: str = "overview") -> InitiativePage:
    """The page of an initiative that the person may see, or 404."""
    rows = page_rows(tuple(tab_counts()), clock.today())
    initiative = rows.visible_to(signed_in(request)).filter(pk=pk).first()
    if initiative is None:
        raise Http404("No initiative here that you may see.")
    lead_on(request, initiative)
    return InitiativePage(request, initiative, tab)


def visible_initiative(request: HttpRequest, pk: int) -> Initiative:
    """The initiative alone, for deeds that show little of it."""
    visible = Initiative.objects.visible_to(signed_in(request)).defer("search")
    initiative = visible.filter(pk=pk).first()
    if initiative is None:
        raise Http404("No initiative here that you may see.")
    lead_on(request, initiative)
    return initiative
