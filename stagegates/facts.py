"""The known facts that the register answers: owners, decisions, metrics, tier, tools (DESIGN §4)."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from django.urls import reverse

from aiso.accounts.models import User
from aiso.web import figures
from portfolio.autonomy_map import MapStanding, standings_of
from portfolio.clearances import tools_of
from portfolio.gaps import with_gap_facts
from portfolio.models import DecisionClass, Initiative, OutcomeMetric, OwnerKind
from portfolio.models.risk import RiskTier
from portfolio.releases import ReleaseStanding, latest_standings

from .known import Known, KnownFact, register_known

type Rows = Sequence[Initiative]
# Names in one line before the rest is counted.
NAMED = 3


def business_owners(rows: Rows) -> dict[int, Known]:
    return _owned(rows, [OwnerKind.BUSINESS])


def all_owners(rows: Rows) -> dict[int, Known]:
    return _owned(rows, [*OwnerKind])


def decision_volumes(rows: Rows) -> dict[int, Known]:
    """Whether each decision class says how often it is taken. One query."""
    found: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    classes = DecisionClass.objects.filter(initiative__in=_ids(rows)).order_by("initiative", "pk")
    for pk, name, volume in classes.values_list("initiative", "name", "volume_per_week"):
        found[pk].append((name, volume))
    return {row.pk: _volume(row, found[row.pk]) for row in rows}


def outcome_metrics(rows: Rows) -> dict[int, Known]:
    """Whether there is a metric; each has a unit and a direction. One query."""
    metrics = _metrics(rows)
    return {row.pk: _metric(row, metrics[row.pk]) for row in rows}


def baselines(rows: Rows) -> dict[int, Known]:
    """Whether a metric has a baseline, with its day and source, and a target. One query."""
    metrics = _metrics(rows)
    return {row.pk: _baseline(row, metrics[row.pk]) for row in rows}


def risk_tiers(rows: Rows) -> dict[int, Known]:
    """Whether the tier is set by answers to all its questions, and no prohibited use is open. One query."""
    annotated = with_gap_facts(Initiative.objects.filter(pk__in=_ids(rows)))
    left = annotated.values_list("pk", "open_tier_questions", "unsettled_uses")  # type: ignore[misc]
    open_questions = {pk: (questions, uses) for pk, questions, uses in left}
    return {row.pk: _tier(row, *open_questions.get(row.pk, (0, 0))) for row in rows}


def cleared_tools(rows: Rows) -> dict[int, Known]:
    """Whether legal, procurement and security approve every tool today. One query."""
    found: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for pk, name, is_approved in tools_of(_ids(rows)):
        found[pk].append((name, is_approved))
    return {row.pk: _tools(row, found[row.pk]) for row in rows}


def release_criteria(rows: Rows) -> dict[int, Known]:
    """Whether the release recorded last meets all its criteria that must be met. Two queries."""
    standings = latest_standings(rows)
    return {row.pk: _release(row, standings.get(row.pk)) for row in rows}


def autonomy_maps(rows: Rows) -> dict[int, Known]:
    """Whether business and risk owner accepted the levels of all decisions as they are now. Two queries."""
    standings = standings_of(rows)
    return {row.pk: _map(row, standings[row.pk]) for row in rows}


def _owned(rows: Rows, kinds: Sequence[OwnerKind]) -> dict[int, Known]:
    """Whether active people are these owners. One query."""
    ids = {getattr(row, f"{kind}_owner_id") for row in rows for kind in kinds} - {None}
    found = User.objects.filter(pk__in=ids).values_list("pk", "name", "is_active")
    people = {pk: (name, is_active) for pk, name, is_active in found}
    return {row.pk: _owners(row, kinds, people) for row in rows}


def _owners(row: Initiative, kinds: Sequence[OwnerKind], people: dict[int, tuple[str, bool]]) -> Known:
    named, lacking = [], []
    for kind in kinds:
        name, is_active = people.get(getattr(row, f"{kind}_owner_id"), ("", False))
        if is_active:
            named.append(f"{name} ({kind})" if len(kinds) > 1 else name)
        else:
            lacking.append((kind, f"the {kind} owner {name} has left" if name else f"no {kind} owner"))
    if not lacking:
        tab = reverse("portfolio:initiative_owners", args=[row.reference])
        return Known(True, ", ".join(named), f"{tab}#tab", "See owners")
    url = reverse("portfolio:owner_assign", args=[row.reference, lacking[0][0]])
    says = ", ".join(told for _, told in lacking)
    return Known(False, says[:1].upper() + says[1:], url, "Assign", in_dialog=True)


def _volume(row: Initiative, classes: list[tuple[str, int | None]]) -> Known:
    tab = f"{_decisions_tab(row)}#tab"
    if not classes:
        url = reverse("portfolio:decision_add", args=[row.reference])
        return Known(False, "No decision is recorded yet", url, "Add", in_dialog=True)
    unsaid = [name for name, volume in classes if volume is None]
    if unsaid:
        return Known(False, f"No volume: {_some(unsaid)}", tab, "Complete")
    total = sum(volume or 0 for _, volume in classes)
    kinds = figures.plural(len(classes), "decision class", "decision classes")
    return Known(True, f"{figures.number(total)} a week in {kinds}", tab, "See decisions")


def _metrics(rows: Rows) -> dict[int, list[OutcomeMetric]]:
    found: dict[int, list[OutcomeMetric]] = defaultdict(list)
    for metric in OutcomeMetric.objects.filter(initiative__in=_ids(rows)):
        found[metric.initiative_id].append(metric)
    return found


def _metric(row: Initiative, metrics: list[OutcomeMetric]) -> Known:
    if not metrics:
        return _no_metric(row)
    tab = reverse("portfolio:initiative_outcomes", args=[row.reference])
    told = [f"{metric.name}, in {metric.unit}" for metric in metrics]
    return Known(True, _some(told), f"{tab}#tab", "See metrics")


def _baseline(row: Initiative, metrics: list[OutcomeMetric]) -> Known:
    if not metrics:
        return _no_metric(row)
    for metric in metrics:
        if metric.baseline is not None and metric.target is not None:
            tab = reverse("portfolio:initiative_outcomes", args=[row.reference])
            return Known(True, _told(metric), f"{tab}#tab", "See metrics")
    first = metrics[0]
    lacking = "No baseline" if first.baseline is None else "No target"
    url = reverse("portfolio:metric_edit", args=[row.reference, first.pk])
    return Known(False, f"{lacking}: {first.name}", url, "Complete", in_dialog=True)


def _told(metric: OutcomeMetric) -> str:
    """`Stops a month: 14 on 3 Mar 2026 (maintenance log), target 9`."""
    since = f"{figures.measured(metric.baseline)} on {figures.day(metric.baseline_on)} ({metric.baseline_source})"
    return f"{metric.name}: {since}, target {figures.measured(metric.target)}"


def _no_metric(row: Initiative) -> Known:
    url = reverse("portfolio:metric_add", args=[row.reference])
    return Known(False, "No outcome metric yet", url, "Add", in_dialog=True)


def _tier(row: Initiative, questions: int, uses: int) -> Known:
    url = reverse("portfolio:initiative_risk", args=[row.reference])
    if row.risk_tier == RiskTier.PROHIBITED:
        return Known(False, "A prohibited use stops it", f"{url}#prohibited_use", "See why")
    if questions:
        says = f"{figures.plural(questions, 'question')} on the risk tier unanswered"
        return Known(False, says, f"{url}#risk_tier", "Answer")
    if uses:
        says = f"{figures.plural(uses, 'prohibited use')} not screened"
        return Known(False, says, f"{url}#prohibited_use", "Screen")
    if not row.risk_tier:
        return Known(False, "No risk tier yet", f"{url}#risk_tier", "Answer")
    return Known(True, f"{row.get_risk_tier_display()} risk, no prohibited use", f"{url}#tab", "See answers")


def _tools(row: Initiative, tools: list[tuple[str, bool]]) -> Known:
    if not tools:
        url = reverse("portfolio:initiative_edit_field", args=[row.reference, "tools"])
        return Known(False, "No tool is named yet", url, "Name tools", in_dialog=True)
    lacking = [name for name, is_cleared in tools if not is_cleared]
    address = reverse("portfolio:tool_list")
    if lacking:
        return Known(False, f"No clearance yet for {_some(lacking)}", address, "See tools")
    return Known(True, f"Cleared: {_some([name for name, _ in tools])}", address, "See tools")


def _release(row: Initiative, standing: ReleaseStanding | None) -> Known:
    tab = f"{reverse('portfolio:initiative_releases', args=[row.reference])}#tab"
    if standing is None:
        return Known(False, "No release is recorded yet", tab, "Record one")
    name = standing.release.name
    if standing.is_met:
        return Known(
            True, f"{name}: all {figures.plural(standing.met, 'criterion', 'criteria')} met", tab, "See release"
        )
    lacking = [line.criterion.name for line in standing.stopping]
    says = (
        f"The release {name} does not meet {_some(lacking)}" if lacking else f"The release {name} has no criteria yet"
    )
    return Known(False, says, tab, "See release")


def _map(row: Initiative, standing: MapStanding) -> Known:
    tab = f"{_decisions_tab(row)}#tab"
    if standing.accepted_at is not None and standing.decisions:
        return Known(True, f"Accepted by both on {figures.day(standing.accepted_at)}", tab, "See decisions")
    if not standing.decisions:
        return Known(False, "No decision is recorded yet", tab, "See decisions")
    waits = " and ".join(f"{role.value} owner" for role in standing.missing)
    again = "changed since it was accepted; " if standing.is_reopened else ""
    return Known(False, f"{again}waits for the {waits}".capitalize(), tab, "Accept")


def _decisions_tab(row: Initiative) -> str:
    return reverse("portfolio:initiative_decisions", args=[row.reference])


def _some(names: Sequence[str]) -> str:
    """The first few, and how many more."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _ids(rows: Rows) -> list[int]:
    return [row.pk for row in rows]


def register_facts() -> None:
    facts: list[tuple[str, str, Callable[[Rows], dict[int, Known]]]] = [
        ("business-owner", "Business owner is named", business_owners),
        ("all-owners", "All three owners are named", all_owners),
        ("decision-volume", "Each decision class says its volume", decision_volumes),
        ("outcome-metric", "There is an outcome metric", outcome_metrics),
        ("baseline", "A metric has baseline and target", baselines),
        ("risk-tier", "Risk tier set, no prohibited use open", risk_tiers),
        ("autonomy-map", "Autonomy map is accepted", autonomy_maps),
        ("release-criteria", "The release meets its criteria", release_criteria),
        ("tools-cleared", "Every tool is cleared", cleared_tools),
    ]
    for slug, label, read in facts:
        register_known(KnownFact(slug, label, read))
