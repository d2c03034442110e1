"""What governance asks, on the initiative page: each duty with the rule and the version that ask for it."""

from django.template.loader import render_to_string

from portfolio.page import InitiativePage

from .duties import is_asked, rulebook_in_force
from .kept import kept_alike
from .matrix import Situation
from .situations import situations_of


def duties_panel(page: InitiativePage) -> str:
    """Nothing for an initiative of which nothing is asked any more. One query, and five where none was alike lately."""
    row = page.initiative
    if not is_asked(row):
        return ""
    situation = situations_of([row])[row.pk]
    # Sorted, for a set has no order of its own.
    alike = situation.use_case_type, situation.tier, sorted(situation.jurisdictions), situation.autonomy, row.stage
    return kept_alike("duties", alike, lambda: _drawn(situation, row.stage))


def _drawn(situation: Situation, stage: str) -> str:
    duties = rulebook_in_force().duties(situation, stage)
    return render_to_string("stagegates/_duties.html", {"duties": duties}) if duties else ""
