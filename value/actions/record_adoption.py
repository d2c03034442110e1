"""Recording how many of a workflow's target users used it in a week."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.models import Workflow

from ..adoption_told import withheld
from ..models import AdoptionReading
from ..models.adoption import EARLIEST, MOST_USERS
from ..permissions import ADOPTING, adoption_recorded_by, can_correct_adoption
from ..weeks import last_week_over, week_name

type Week = tuple[int, date]
READ_BEFORE = "This week was read before. Correct that reading, and say why."
LATEST_OTHER = "It was corrected meanwhile. Look at the later reading first."
REASON = "Say why it is corrected."


class WeekRefusedError(DomainError):
    """One of several weeks cannot be recorded: `row` counts from 0."""

    def __init__(self, message: str, *, field: str | None, row: int) -> None:
        super().__init__(message, field=field)
        self.row = row


@dataclass(frozen=True)
class NewReading:
    """What somebody says of one week; `corrects` names the reading whose place it takes."""

    week_ends_on: date
    target_users: int
    active_users: int
    source: str
    repeat_users: int | None = None
    opt_outs: int | None = None
    satisfaction: Decimal | None = None
    answered: int | None = None
    reason: str = ""
    corrects: AdoptionReading | None = None

    @property
    def fields(self) -> dict[str, object]:
        """What a reading takes over as it was told."""
        told = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "corrects"}
        return told | {"source": self.source.strip(), "reason": self.reason.strip()}


def wrong_with(asked: NewReading) -> dict[str, str]:
    """What cannot be, by field."""
    wrong: dict[str, str] = {}
    if asked.week_ends_on.isoweekday() != 7:
        wrong["week_ends_on"] = "A week is named by its last day, a Sunday."
    elif asked.week_ends_on < EARLIEST:
        wrong["week_ends_on"] = f"Weeks are told from the year {EARLIEST.year} on."
    elif asked.week_ends_on > last_week_over():
        wrong["week_ends_on"] = f"Week {week_name(asked.week_ends_on)} is not over yet."
    if not 0 < asked.target_users <= MOST_USERS:
        wrong["target_users"] = f"Target users are 1 to {MOST_USERS:,}."
    if not 0 <= asked.active_users <= asked.target_users:
        wrong["active_users"] = (
            "More people used it than it is meant for. Count only target users, or say how many there are."
        )
    wrong |= _wrong_parts(asked) | _wrong_answers(asked)
    if not asked.source.strip():
        wrong["source"] = "Say where the figures come from."
    if asked.corrects is not None and not asked.reason.strip():
        wrong["reason"] = REASON
    return wrong


def _wrong_parts(asked: NewReading) -> dict[str, str]:
    wrong = {}
    if asked.repeat_users is not None and not 0 <= asked.repeat_users <= asked.active_users:
        wrong["repeat_users"] = "Repeat users are among the active users, so not more than those."
    if asked.opt_outs is not None and not 0 <= asked.opt_outs <= asked.target_users:
        wrong["opt_outs"] = "Opt-outs are among the target users, so not more than those."
    return wrong


def _wrong_answers(asked: NewReading) -> dict[str, str]:
    if (asked.satisfaction is None) != (asked.answered is None):
        missing = "satisfaction" if asked.satisfaction is None else "answered"
        return {missing: "Satisfaction is told with how many people answered, or not at all."}
    if asked.satisfaction is None or asked.answered is None:
        return {}
    wrong = {}
    if not 1 <= asked.satisfaction <= 5 or asked.satisfaction != round(asked.satisfaction, 2):
        wrong["satisfaction"] = "Satisfaction is 1 to 5, with two decimals."
    if not 0 < asked.answered <= asked.active_users:
        wrong["answered"] = "Answers come from active users: at least 1, and not more than those."
    return wrong


@transaction.atomic
def record_adoption(workflow: Workflow, asked: NewReading, *, actor: User) -> AdoptionReading:
    """Record one week of a workflow; with `corrects`, in the place of its latest reading of that week, which stays on
    record. What says the same as that reading is it, unless that withholds a figure from the actor, who might guess.

    Raises PermissionDenied for whoever may not, DomainError for what cannot be, a week that is not over, and a week
    that was read otherwise.
    """
    return record_weeks([(workflow, asked)], actor=actor)[0]


@transaction.atomic
def record_weeks(rows: Sequence[tuple[Workflow, NewReading]], *, actor: User) -> list[AdoptionReading]:
    """Record several weeks, of one workflow or of many, all or none. A fixed number of queries, and one event for each
    workflow.
    """
    ids = {workflow.pk for workflow, _ in rows}
    # Two at once: the second waits, then finds what the first recorded.
    locked = {each.pk: each for each in Workflow.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    may = adoption_recorded_by(actor)
    if not all(may(each) for each in locked.values()):
        raise PermissionDenied(ADOPTING)
    known = current_readings([(workflow.pk, asked.week_ends_on) for workflow, asked in rows])
    found = []
    for place, (workflow, asked) in enumerate(rows):
        try:
            found.append(_drawn(locked[workflow.pk], asked, actor, known))
        except DomainError as error:
            told = f"{week_name(asked.week_ends_on)} of {workflow}: {error}" if len(rows) > 1 else str(error)
            raise WeekRefusedError(told, field=error.field, row=place) from error
    # What is told twice is recorded once.
    new = [*{id(each): each for each in found if each.pk is None}.values()]
    AdoptionReading.objects.bulk_create(new, batch_size=2000)
    _tell(new, actor)
    return found


def current_readings(weeks: Sequence[Week]) -> dict[Week, AdoptionReading]:
    """The reading that holds of each workflow and week, where there is one. One query."""
    rows = AdoptionReading.objects.current().select_related("recorded_by")
    rows = rows.filter(workflow__in={pk for pk, _ in weeks}, week_ends_on__in={day for _, day in weeks})
    return {(each.workflow_id, each.week_ends_on): each for each in rows}


def says_the_same(reading: AdoptionReading, asked: NewReading) -> bool:
    names = (*AdoptionReading.FIGURES, "source")
    return all(getattr(reading, name) == asked.fields[name] for name in names)


def knows(actor: User, reading: AdoptionReading) -> bool:
    """Whether nothing of a reading is news to a person: it withholds no figure, or they recorded it. To anybody else
    it never says whether what they tell is the same.
    """
    return reading.recorded_by_id == actor.pk or not withheld(reading)


def refused_over(earlier: AdoptionReading | None, asked: NewReading, actor: User) -> DomainError | None:
    """Why a reading does not take the place of the earlier one of its week."""
    if earlier is None:
        if asked.corrects is None:
            return None
        return DomainError("It corrects a reading of the same workflow and week.", field="corrects")
    if asked.corrects is None:
        return DomainError(READ_BEFORE)
    if asked.corrects.pk != earlier.pk:
        return DomainError(LATEST_OTHER)
    if not can_correct_adoption(actor, earlier):
        return DomainError("A person recorded this week. A program corrects only what a program recorded.")
    return None


def _drawn(workflow: Workflow, asked: NewReading, actor: User, known: dict[Week, AdoptionReading]) -> AdoptionReading:
    """The reading that says this already, or a new one, which `known` then holds."""
    for field, told in wrong_with(asked).items():
        raise DomainError(told, field=field)
    week = (workflow.pk, asked.week_ends_on)
    earlier = known.get(week)
    if earlier is not None and knows(actor, earlier) and says_the_same(earlier, asked):
        return earlier
    if earlier is not None and earlier.pk is None:
        raise DomainError(f"Week {week_name(asked.week_ends_on)} stands here twice.", field="week_ends_on")
    if refusal := refused_over(earlier, asked, actor):
        raise refusal
    said = asked.fields | {"corrects": earlier, "recorded_by": actor, "recorded_at": clock.now()}
    known[week] = AdoptionReading(workflow=workflow, **said)
    return known[week]


def _tell(new: Sequence[AdoptionReading], actor: User) -> None:
    """One event for each workflow and deed, with the ids of its readings."""
    by_deed: Mapping[tuple[str, int], list[int]] = defaultdict(list)
    for each in new:
        by_deed["corrected" if each.corrects_id else "recorded", each.workflow_id].append(each.pk)
    for (deed, workflow), readings in by_deed.items():
        publish(f"adoption.{deed}", actor=actor, workflow=workflow, readings=readings)
