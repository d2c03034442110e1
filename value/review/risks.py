"""Risks past their day, above appetite with nobody's acceptance, and acceptances that end."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.urls import reverse

from aiso.configuration.models import ConfigurationVersion
from aiso.web import figures
from forums.models import Forum
from forums.sources import Proposed
from portfolio.models import Risk
from portfolio.models.register_risk import RiskQuerySet, score_on
from portfolio.risk_appetite import APPETITE, risk_appetite

from .rows import SHOWN, Heads, Listed, Row, Sight, counted, known_by

SOURCE = "risks_to_look_at"


def risks_to_look_at(forum: Forum, day: date) -> Iterator[Proposed]:
    """All of them as one item. Two queries."""
    if risks_on(known_by(day), appetite_in_force()).exists():
        yield Proposed(
            key="risks",
            title="Risks past due or above appetite",
            why="Not treated by their day, more than the company bears and not accepted, or their acceptance ends.",
            minutes=15,
        )


def appetite_in_force() -> int:
    """The highest score within appetite; of days before the first word on it, that one. Two queries at most."""
    try:
        return risk_appetite()
    except ConfigurationVersion.DoesNotExist:
        first = ConfigurationVersion.objects.standing().filter(kind=APPETITE).earliest("number")
        return int(first.content["appetite"])


def risks_on(day: date, appetite: int) -> RiskQuerySet:
    """Open risks that are late, that nobody bears though they are above appetite, or whose acceptance ended or ends
    within 14 days.
    """
    risks = Risk.objects
    asked = (risks.late(day), risks.above(appetite).unaccepted(day), risks.expiring(day), risks.expired(day))
    wanted = Q(*(Q(pk__in=each.order_by().values("pk")) for each in asked), _connector=Q.OR)
    return risks.open().filter(wanted)


def listed_risks(sight: Sight) -> Listed:
    """The highest after treatment first. Two queries."""
    appetite = appetite_in_force()
    rows = risks_on(sight.day, appetite).filter(initiative__in=sight.seen)
    rows = rows.select_related("initiative", "owner", "acceptance").defer("initiative__search")
    found = [*rows.order_by(score_on("residual").desc(), "due_on", "pk")[: SHOWN + 1]]
    return Listed(
        [_row(each, sight.day, appetite) for each in found[:SHOWN]],
        f"{counted(len(found), 'risk')}; appetite is {figures.number(appetite)}.",
        len(found) > SHOWN,
        reverse("portfolio:risk_list"),
        "all risks",
        Heads("Risk", "Owner", "Due"),
    )


def _row(risk: Risk, day: date, appetite: int) -> Row:
    states = [*_states(risk, day, appetite)]
    return Row(
        [risk.initiative],
        states[0][0] if states else "open",
        risk.title,
        "; ".join(words for _, words in states) or "Open",
        reverse("portfolio:risk_detail", args=[risk.initiative.reference, risk.pk]),
        "Open",
        id=risk.pk,
        tone="late" if any(kind in ("late", "above") for kind, _ in states) else "risk",
        note=f"{figures.number(risk.residual_score)} after treatment: {risk.get_treatment_display().lower()}",
        person=risk.owner,
        on=risk.due_on,
    )


def _states(risk: Risk, day: date, appetite: int) -> Iterator[tuple[str, str]]:
    held = risk.last_acceptance
    holds = held is not None and held.until >= day
    borne = risk.status == Risk.Status.TREATED and not (risk.treatment == Risk.Treatment.ACCEPT and not holds)
    if risk.due_on < day and not borne:
        yield "late", "Past its day"
    if risk.residual_score > appetite and not holds:
        yield "above", "Above appetite"
    if held is not None and not holds:
        yield "expired", f"Acceptance ended on {figures.day(held.until)}"
    elif held is not None:
        yield "expiring", f"Accepted until {figures.day(held.until)}"
