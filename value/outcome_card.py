"""Where the first outcome metric of an initiative stands now, on the outcome card of its page."""

from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string

from portfolio.gaps import register_gaps
from portfolio.page import InitiativePage
from portfolio.panels import Panel, register_panel

from .baselines import baselines_of
from .known import latest_of
from .models import Measurement


def measured_now(page: InitiativePage) -> str:
    """The latest measurement that stands, when it was made, and how its baseline stands. Two queries; none where
    nothing is measured.
    """
    if not page.initiative.has_measurement or not page.metrics:  # type: ignore[attr-defined]
        return ""
    metric = page.metrics[0]
    latest = latest_of([metric.pk]).get(metric.pk)
    if latest is None:
        return ""
    baseline = baselines_of([metric])[metric.pk]
    context = {"latest": latest, "baseline": baseline, "initiative": page.initiative}
    return render_to_string("value/_outcome_now.html", context)


def register_outcome_card() -> None:
    register_panel(Panel("measured", "outcome", measured_now))
    measured = Measurement.objects.filter(metric__initiative=OuterRef("pk"))
    register_gaps(lambda initiative: (), has_measurement=Exists(measured))
