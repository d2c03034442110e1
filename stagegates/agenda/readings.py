"""What the sections of an item's page read: ask, evidence, sign-offs, money, priority, plan, changes.

Each reads all items of a pre-read in a fixed number of queries, by the item's id, of those where it has something to
say, and leaves out what the person does not see. Pages draw it (`sections`), the API tells it (`api.pre_read`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.history import Entry, Line, changes_since
from aiso.configuration.models import ConfigurationVersion
from aiso.web import figures
from forums.models import AgendaItem
from portfolio.actions.edit_initiative import AMOUNTS
from portfolio.history import RELATED
from portfolio.models import Initiative
from portfolio.models.initiative import PRIORITY_PARTS
from portfolio.priority import TURNED, counted, weights_in_force

from ..approved import Approval, Compared, approvals_of
from ..asked_money import Asked
from ..models import GateReview, SignOff, SignOffQuestion
from ..money import Funding, funding_of
from ..sign_off_clock import Standing as ClockStanding
from ..sign_off_clock import standing_of
from ..standing import Standing, next_checklists, standings_of
from .funding import Ask, asks_of
from .looks import day_of, last_looks, looks_at
from .ranks import ranks_of

# Changes that one page tells, and what of each; the history has all.
TOLD, LINES = 8, 4


@dataclass(frozen=True)
class Asking:
    """What asks for a decision: a review, or a request outside a gate. Its sums are for whom `sees_money`."""

    what: GateReview | Asked
    initiative: Initiative
    sees_money: bool


@dataclass(frozen=True)
class Evidence:
    """The requirements of a review; without one, of the gate that comes next."""

    review: GateReview | None
    rows: Sequence[Standing]

    @property
    def unmet(self) -> list[Standing]:
        return [row for row in self.rows if not row.is_settled]


@dataclass(frozen=True)
class Money:
    """What is asked for against its envelope, and what became of what was approved before."""

    ask: Ask
    funding: Funding
    is_asked: bool
    is_open: bool


@dataclass(frozen=True)
class Part:
    """One part of the priority: its name as people read it, its weight in percent, what it was rated and what it counts
    from 1 to 5. `how` tells how that was worked out where they differ.
    """

    name: str
    weight: Decimal
    rated: int | None
    counts: int | None
    how: str


@dataclass(frozen=True)
class Priority:
    """`rank` is the place in its bucket and among how many. Where no weights hold yet nothing is scored."""

    initiative: Initiative
    parts: Sequence[Part]
    rank: tuple[int, int] | None
    has_weights: bool


@dataclass(frozen=True)
class Approved:
    """The plan as it was approved last, with what of it the person sees."""

    approval: Approval
    sees_money: bool

    @property
    def rows(self) -> list[Compared]:
        return self.approval.rows_for(sees_money=self.sees_money)


@dataclass(frozen=True)
class Happened:
    """One change: the first things that it did, and how many more it did."""

    entry: Entry
    lines: Sequence[Line]
    further: int


@dataclass(frozen=True)
class Changed:
    """What happened since a moment, the newest first, and how much more did."""

    initiative: Initiative
    since: datetime
    happened: Sequence[Happened]
    more: int


def asked_of(items: Sequence[AgendaItem], person: User) -> dict[int, Asking]:
    looks = looks_at(items)
    sees = looks.seen_by(person)
    return {
        pk: Asking(what, looks.initiatives[pk], pk in sees) for pk, what in {**looks.reviews, **looks.requests}.items()
    }


def evidence_of(items: Sequence[AgendaItem]) -> dict[int, Evidence]:
    looks = looks_at(items)
    alone = looks.standing_alone
    coming = next_checklists({each.pk: each for each in alone.values()}.values())
    of_reviews = standings_of([*{review.pk: review for review in looks.reviews.values()}.values()])
    found = {pk: of_reviews[review.pk] for pk, review in looks.reviews.items()}
    found |= {pk: coming[initiative.pk] for pk, initiative in alone.items()}
    return {pk: Evidence(looks.reviews.get(pk), rows) for pk, rows in found.items() if rows}


def sign_offs_of(items: Sequence[AgendaItem]) -> dict[int, list[tuple[SignOff, ClockStanding]]]:
    """Each function's sign-off, with how its clock stands."""
    looks = looks_at(items)
    rows = SignOff.objects.filter(review__in=looks.reviews.values())
    stopped = {*SignOffQuestion.objects.filter(sign_off__in=rows, replied_at=None).values_list("sign_off", flat=True)}
    rows = rows.select_related("function", "answer__answered_by").order_by("function__order", "function__name")
    of_review = defaultdict(list)
    for row in rows:
        of_review[row.review_id].append((row, standing_of(row, is_stopped=row.pk in stopped)))
    return {pk: of_review[review.pk] for pk, review in looks.reviews.items() if of_review[review.pk]}


def money_of(items: Sequence[AgendaItem], person: User) -> dict[int, Money]:
    """For whom money is shown to (DESIGN §8)."""
    looks = looks_at(items)
    shown = {pk: looks.amount_of(pk) for pk in looks.seen_by(person)}
    initiatives = [looks.initiatives[pk] for pk in shown]
    funding = funding_of(initiatives)
    day = day_of(items[0]) if items else clock.today()
    asks = asks_of(initiatives, [*shown.values()], day)
    asking: Mapping[int, GateReview | Asked] = {**looks.reviews, **looks.requests}
    return {
        pk: Money(ask, funding[initiative.pk], pk in asking, pk in asking and asking[pk].is_open)
        for pk, initiative, ask in zip(shown, initiatives, asks, strict=True)
        if ask.asked or funding[initiative.pk].committed
    }


def priority_of(items: Sequence[AgendaItem]) -> dict[int, Priority]:
    looks = looks_at(items)
    weights = _weights()
    ranks = ranks_of({each.pk for each in looks.initiatives.values()})
    return {
        pk: Priority(initiative, _parts(initiative, weights), ranks.get(initiative.pk), bool(weights))
        for pk, initiative in looks.initiatives.items()
        if any(part is not None for part in initiative.priority_parts)
    }


def approved_of(items: Sequence[AgendaItem], person: User) -> dict[int, Approved]:
    looks = looks_at(items)
    sees = looks.seen_by(person)
    approvals = approvals_of([*{each.pk: each for each in looks.initiatives.values()}.values()])
    return {
        pk: Approved(approvals[initiative.pk], pk in sees)
        for pk, initiative in looks.initiatives.items()
        if initiative.pk in approvals
    }


def changed_of(items: Sequence[AgendaItem]) -> dict[int, Changed]:
    """Since the last decision on it, else since the body's last meeting. Sums are left out."""
    looks = looks_at(items)
    since = last_looks(items, looks.initiatives)
    subjects = {each.pk: each for each in looks.initiatives.values()}
    entries = changes_since(subjects, since, RELATED, hide=AMOUNTS)
    return {
        pk: Changed(
            initiative,
            since[initiative.pk],
            [_shortened(entry) for entry in entries[initiative.pk][:TOLD]],
            max(len(entries[initiative.pk]) - TOLD, 0),
        )
        for pk, initiative in looks.initiatives.items()
    }


def _shortened(entry: Entry) -> Happened:
    lines = [line for line in entry.lines if line.what or line.done == "changed"]
    return Happened(entry, lines[:LINES], max(len(lines) - LINES, 0))


def _parts(initiative: Initiative, weights: Mapping[str, Decimal]) -> list[Part]:
    whole = sum(weights.values()) or Decimal(1)
    return [_part(initiative, name, weights.get(name, Decimal(0)) / whole * 100) for name in PRIORITY_PARTS]


def _part(initiative: Initiative, name: str, weight: Decimal) -> Part:
    called = str(initiative._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    rated: int | None = getattr(initiative, name)
    if rated is None or name not in TURNED:
        return Part(called, weight, rated, rated, "")
    return Part(called, weight, rated, counted(name, rated), f"6 {figures.MINUS} {rated}")


def _weights() -> dict[str, Decimal]:
    """How much each part counts; empty before the first weights hold."""
    try:
        return weights_in_force()
    except ConfigurationVersion.DoesNotExist:
        return {}
