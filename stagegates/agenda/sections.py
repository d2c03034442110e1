"""What the page of an item tells beside its initiative: ask, evidence, sign-offs, money, priority, plan, changes.

Each section draws all items of a pre-read in a fixed number of queries.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.template.loader import render_to_string

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

from ..approved import approvals_of
from ..asked_money import Asked
from ..models import Expansion, FundingRequest, GateReview, SignOff, SignOffQuestion
from ..money import funding_of
from ..sign_off_clock import standing_of
from ..standing import Standing, next_checklists, standings_of
from .funding import asks_of
from .looks import day_of, last_looks, looks_at
from .ranks import ranks_of

# Changes that one page tells, and what of each; the history has all.
TOLD, LINES = 8, 4
# The template that tells what is asked outside a gate.
ASKED: dict[type[FundingRequest | Expansion], str] = {FundingRequest: "asked_money", Expansion: "asked_expansion"}


def asked(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """What the review asks for, in the words of who submitted it; or what is asked for outside a gate."""
    looks = looks_at(items)
    sees = looks.seen_by(person)
    of_reviews = {
        pk: _drawn("asked", review=review, sees_money=pk in sees, initiative=looks.initiatives[pk])
        for pk, review in looks.reviews.items()
    }
    outside = {pk: _drawn(ASKED[type(each)], asked=each, sees_money=pk in sees) for pk, each in looks.requests.items()}
    return of_reviews | outside


def evidence(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """Of a review what is met and what is not; without one, of the gate that comes next."""
    looks = looks_at(items)
    alone = looks.standing_alone
    coming = next_checklists({each.pk: each for each in alone.values()}.values())
    of_reviews = standings_of([*{review.pk: review for review in looks.reviews.values()}.values()])
    found = {pk: of_reviews[review.pk] for pk, review in looks.reviews.items()}
    found |= {pk: coming[initiative.pk] for pk, initiative in alone.items()}
    return {
        pk: _drawn("evidence", **_counted(rows), review=looks.reviews.get(pk)) for pk, rows in found.items() if rows
    }


def sign_offs(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """Each function's answer, or how its clock stands."""
    looks = looks_at(items)
    rows = SignOff.objects.filter(review__in=looks.reviews.values())
    stopped = {*SignOffQuestion.objects.filter(sign_off__in=rows, replied_at=None).values_list("sign_off", flat=True)}
    rows = rows.select_related("function", "answer__answered_by").order_by("function__order", "function__name")
    of_review = defaultdict(list)
    for row in rows:
        of_review[row.review_id].append((row, standing_of(row, is_stopped=row.pk in stopped)))
    return {
        pk: _drawn("sign_offs", rows=found, given=given, told=f"{given} of {len(found)} in")
        for pk, review in looks.reviews.items()
        if (found := of_review[review.pk])
        for given in [sum(row.state == SignOff.State.ANSWERED for row, _ in found)]
    }


def money(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """What is asked for, what the envelope holds, and what was committed, released and spent so far, for whom it is
    shown to (DESIGN §8).
    """
    looks = looks_at(items)
    shown = {pk: looks.amount_of(pk) for pk in looks.seen_by(person)}
    initiatives = [looks.initiatives[pk] for pk in shown]
    funding = funding_of(initiatives)
    day = day_of(items[0]) if items else clock.today()
    asks = asks_of(initiatives, [*shown.values()], day)
    asking: dict[int, GateReview | Asked] = {**looks.reviews, **looks.requests}
    return {
        pk: _drawn(
            "money",
            ask=ask,
            funding=funding[initiative.pk],
            is_asked=pk in asking,
            is_open=pk in asking and asking[pk].is_open,
        )
        for pk, initiative, ask in zip(shown, initiatives, asks, strict=True)
        if ask.asked or funding[initiative.pk].committed
    }


def priority(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """The score with its parts and weights, and the place in its bucket. Where no weights hold yet it says so."""
    looks = looks_at(items)
    weights = _weights()
    whole = sum(weights.values()) or Decimal(1)
    ranks = ranks_of({each.pk for each in looks.initiatives.values()})
    told = {}
    for pk, initiative in looks.initiatives.items():
        if any(part is not None for part in initiative.priority_parts):
            parts = [(*_part(initiative, name), weights.get(name, Decimal(0)) / whole * 100) for name in PRIORITY_PARTS]
            rank = ranks.get(initiative.pk)
            told[pk] = _drawn("priority", initiative=initiative, parts=parts, rank=rank, has_weights=bool(weights))
    return told


def _part(initiative: Initiative, name: str) -> tuple[str, str, int | None]:
    """What a part is called, how it was worked out where it counts otherwise than it was rated, and what it counts."""
    called = str(initiative._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    rated: int | None = getattr(initiative, name)
    if rated is None or name not in TURNED:
        return called, "", rated
    return called, f"6 {figures.MINUS} {rated}", counted(name, rated)


def approved(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """The plan as it was approved last against the plan as it is now; its money for whom that is shown to."""
    looks = looks_at(items)
    sees = looks.seen_by(person)
    approvals = approvals_of([*{each.pk: each for each in looks.initiatives.values()}.values()])
    told = {}
    for pk, initiative in looks.initiatives.items():
        if approval := approvals.get(initiative.pk):
            rows = approval.rows_for(sees_money=pk in sees)
            changes = [row for row in rows if row.is_changed]
            same = len(rows) - len(changes)
            count = f"{figures.plural(len(changes), 'figure')} changed"
            told[pk] = _drawn("approved", approval=approval, changes=changes, same=same, told=count)
    return told


def changed(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """What happened since the last decision on it, else since the body's last meeting. Sums are left out."""
    looks = looks_at(items)
    since = last_looks(items, looks.initiatives)
    subjects = {each.pk: each for each in looks.initiatives.values()}
    entries = changes_since(subjects, since, RELATED, hide=AMOUNTS)
    return {
        pk: _drawn(
            "changed",
            initiative=initiative,
            since=since[initiative.pk],
            entries=[_shortened(entry) for entry in entries[initiative.pk][:TOLD]],
            more=max(len(entries[initiative.pk]) - TOLD, 0),
        )
        for pk, initiative in looks.initiatives.items()
    }


def _shortened(entry: Entry) -> tuple[Entry, Sequence[Line], int]:
    """A change with the first things that it did, and how many more it did."""
    lines = [line for line in entry.lines if line.what or line.done == "changed"]
    return entry, lines[:LINES], max(len(lines) - LINES, 0)


def _weights() -> dict[str, Decimal]:
    """How much each part counts; empty before the first weights hold."""
    try:
        return weights_in_force()
    except ConfigurationVersion.DoesNotExist:
        return {}


def _counted(rows: Sequence[Standing]) -> dict[str, object]:
    settled = sum(row.is_settled for row in rows)
    return {"told": f"{settled} of {len(rows)} met", "unmet": [row for row in rows if not row.is_settled]}


def _drawn(section: str, **context: object) -> str:
    return render_to_string(f"stagegates/agenda/_{section}.html", context)
