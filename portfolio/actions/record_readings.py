"""Recording how a class did in a period, which may step it down."""

from datetime import date

from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures

from ..autonomy_limits import Limits, autonomy_limits
from ..models import DecisionClass, DecisionReading
from .keep_decisions import locked_to_edit
from .step_down import step_down


@transaction.atomic
def record_reading(
    decision: DecisionClass,
    *,
    actor: User,
    first_day: date,
    last_day: date,
    volume: int,
    overrides: int,
    errors: int,
    limits: Limits | None = None,
) -> DecisionReading:
    """Record volume, overrides and errors of a class in a period; both days count.

    A reading of the same days is corrected by it, and one that says the same stays as it is. A rate above its
    threshold steps the class down, if the reading is of its newest days and no step waits for an answer. Raises
    DomainError for days that another reading covers in part, ValidationError for counts that cannot be.
    """
    locked = locked_to_edit(decision.initiative, actor)
    decision = locked.decision_classes.select_for_update(of=["self"]).get(pk=decision.pk)
    reading = DecisionReading(
        initiative=locked,
        decision_class=decision,
        first_day=first_day,
        last_day=last_day,
        volume=volume,
        overrides=overrides,
        errors=errors,
        recorded_by=actor,
    )
    reading.clean_fields()
    reading.clean()
    earlier = _of_these_days(reading)
    if earlier and (earlier.volume, earlier.overrides, earlier.errors) == (volume, overrides, errors):
        return earlier
    _store(reading, earlier)
    _hold_against(limits or autonomy_limits(), reading, decision, actor)
    return reading


def _store(reading: DecisionReading, earlier: DecisionReading | None) -> None:
    """Keep a reading, in the place of an earlier one of the same days."""
    if earlier:
        earlier.superseded_at = clock.now()
        earlier.save(update_fields=["superseded_at"])
        reading.supersedes = earlier
    reading.save()
    about = {"initiative": reading.initiative, "decision_class": reading.decision_class, "reading": reading}
    publish(f"decision_reading.{'corrected' if earlier else 'recorded'}", actor=reading.recorded_by, **about)


def _of_these_days(reading: DecisionReading) -> DecisionReading | None:
    """The current reading of exactly these days. Raises DomainError for one of other days that overlaps."""
    current = reading.decision_class.readings.current()
    for other in current.filter(first_day__lte=reading.last_day, last_day__gte=reading.first_day):
        if (other.first_day, other.last_day) == (reading.first_day, reading.last_day):
            return other
        days = f"{figures.day(other.first_day)} to {figures.day(other.last_day)}"
        raise DomainError(f"Days of it were read before: {days}. Correct that reading instead.", field="first_day")
    return None


def _hold_against(limits: Limits, reading: DecisionReading, decision: DecisionClass, actor: User) -> None:
    newer = decision.readings.current().filter(last_day__gt=reading.last_day)
    because = limits.passed_by(reading)
    if because and not newer.exists() and not decision.step_downs.unanswered().exists():
        days = f"{figures.day(reading.first_day)} to {figures.day(reading.last_day)}"
        told = f"{because[:1].upper()}{because[1:]} of {figures.number(reading.volume)} decisions, {days}"
        step_down(decision, because=told, actor=actor, reading=reading)
