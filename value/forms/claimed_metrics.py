"""What a claim can stand on: each outcome metric with its unit, what one is worth, and its baseline."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from aiso.web import figures
from portfolio.models import OutcomeMetric

from ..baselines import Baseline, baselines_of
from ..models import UnitValue
from ..models.catalogue import counts_alike

BASELINES = {
    "missing": "It has no baseline: finance is warned.",
    "unconfirmed": "Its baseline is not confirmed: finance is warned.",
    "changed": "Its baseline changed since it was confirmed: finance is warned.",
}


def told_metrics(metrics: Sequence[OutcomeMetric], day: date) -> SafeString:
    """A line for each, by the values of a day. The metrics come with their catalogue link. Two queries."""
    entries = {link.entry_id for each in metrics if (link := getattr(each, "catalogue_link", None))}
    values = {value.metric_id: value for value in UnitValue.objects.on(day).filter(metric__in=entries)}
    baselines = baselines_of(metrics)
    lines = ((" ".join(_told(each, values, baselines[each.pk], day)),) for each in metrics)
    return format_html_join("", '<span class="d-block">{}</span>', lines)


def _told(metric: OutcomeMetric, values: dict[int, UnitValue], baseline: Baseline, day: date) -> Iterator[str]:
    yield f"{metric}, in {metric.unit}:"
    link = getattr(metric, "catalogue_link", None)
    value = values.get(link.entry_id) if link and counts_alike(metric, link.entry) else None
    if link is None or not counts_alike(metric, link.entry):
        yield "not comparable, as no metric of the catalogue stands behind it. Give the amount."
    elif value is None or not value.holds_on(day):
        yield f"comparable, but without a value of one on {figures.day(day)}. Give the amount."
    else:
        yield f"comparable, one is worth {value.worth_of_one} of {value.get_benefit_type_display().lower()}."
    if baseline.state in BASELINES:
        yield BASELINES[baseline.state]
