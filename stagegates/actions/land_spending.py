"""Files of spending: read, checked, and landed row by row, nothing twice."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from aiso import clock
from aiso.accounts.models import Role, User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.actions.land_inventory import MOST_ROWS
from portfolio.inventory_columns import read_cells
from portfolio.models import Initiative
from portfolio.models.initiative import InitiativeQuerySet
from portfolio.permissions import changes_nothing
from portfolio.row_files import (
    CREATED,
    REJECTED,
    UNCHANGED,
    check_columns,
    hold_unlanded,
    keep_outcomes,
    read_rows,
)

from ..models import FundingEntry, SpendFile, Tranche
from ..permissions import SPENDING, can_record_spend
from ..recorded_spending import spending_at_once
from ..spending_columns import SPENDING_COLUMNS
from .funding import hold_envelopes, record_spend
from .merge import hold


@dataclass(frozen=True)
class PlannedSpend:
    """What would become of one row."""

    number: int
    outcome: str
    reason: str = ""
    tranche: Tranche | None = None
    told: dict[str, Any] | None = None


def may_upload(actor: User) -> bool:
    """Finance, for any unit; each row asks for its own."""
    return not changes_nothing(actor) and actor.has_role(Role.FINANCE_CONTROLLER)


@transaction.atomic
def upload_spending(content: bytes, *, file_name: str, actor: User) -> SpendFile:
    """Read a file and keep its rows. Nothing is booked yet. Raises PermissionDenied for all but finance, DomainError
    for a file that cannot be read, is too long, or lacks a column that every row needs.
    """
    if not may_upload(actor):
        raise PermissionDenied(SPENDING)
    read = read_rows(content, SPENDING_COLUMNS, file_name=file_name, most=MOST_ROWS)
    check_columns(SPENDING_COLUMNS, read["mapping"], "A file of spending")
    file = SpendFile.objects.create(uploaded_by=actor, **read)
    publish("spending.uploaded", actor=actor, file=file)
    return file


def planned_spending(file: SpendFile, viewer: User) -> list[PlannedSpend]:
    """What would become of each row if it landed now. Three queries."""
    read = _read(file)
    tranches = _tranches_of(viewer, [told for _, told, _ in read])
    known = {
        (each.tranche_id, each.key): each
        for each in FundingEntry.objects.spending().filter(tranche__in=[each.pk for each in tranches]).exclude(key="")
    }
    ground = _Ground(viewer, tranches, known)
    return [ground.planned(number, told, wrong) for number, told, wrong in read]


def overspending(plan: Iterable[PlannedSpend]) -> list[tuple[Tranche, Decimal]]:
    """The tranches on which rows would book more than is unspent, with how much more."""
    booked: dict[int, Decimal] = defaultdict(Decimal)
    tranches: dict[int, Tranche] = {}
    for row in plan:
        if row.outcome == CREATED and row.tranche and row.told:
            tranches[row.tranche.pk] = row.tranche
            booked[row.tranche.pk] += row.told["amount"]
    over = [(tranches[pk], sum_ - tranches[pk].unspent) for pk, sum_ in booked.items()]
    return [(tranche, sum_) for tranche, sum_ in over if sum_ > 0]


def land_spending(file: SpendFile, *, actor: User) -> SpendFile:
    """Book the rows that are right, each by the action that a page uses; the others stay with their reasons.

    Raises PermissionDenied for anybody but its uploader, DomainError where it landed before.
    """
    with transaction.atomic():
        file = hold_unlanded(file, actor=actor, may=may_upload)
        with spending_at_once():
            outcomes = [*_landed(file, actor)]
        publish("spending.landed", actor=actor, file=file, outcomes=keep_outcomes(file, outcomes))
    return file


def _held(file: SpendFile, actor: User) -> list[PlannedSpend]:
    """What becomes of each row, with all initiatives that rows name locked, then all envelopes, each by their ids.

    Row by row, it would wait for an initiative while it holds an envelope for which a decision on that one waits.
    """
    hold(*_named([told for _, told, _ in _read(file)]).defer("search"))
    plan = planned_spending(file, actor)
    hold_envelopes(row.tranche for row in plan if row.tranche)
    return plan


def _landed(file: SpendFile, actor: User) -> Iterator[list[str]]:
    for row in _held(file, actor):
        if row.outcome != CREATED:
            yield [row.outcome, row.reason]
            continue
        assert row.tranche is not None
        assert row.told is not None
        try:
            with transaction.atomic():
                record_spend(row.tranche, actor=actor, **row.told)
        except DomainError as error:
            yield [REJECTED, str(error)]
        else:
            yield [CREATED, ""]


@dataclass(frozen=True)
class _Ground:
    """What rows are held against: tranches, what is booked on them, and the rows before."""

    viewer: User
    tranches: list[Tranche]
    known: dict[tuple[int, str], FundingEntry]
    seen: set[tuple[int, str]] = field(default_factory=set)

    def planned(self, number: int, told: dict[str, Any], wrong: list[str]) -> PlannedSpend:
        fitting = [] if wrong else [each for each in self.tranches if _names(told, each)]
        if reason := " ".join(wrong) or self._refusal(told, fitting):
            return PlannedSpend(number, REJECTED, reason)
        [tranche] = fitting
        booking = {name: told[name] for name in ("amount", "spent_on", "evidence")}
        key = told.get("key") or _key_of(booking)
        if (tranche.pk, key) in self.seen:
            return PlannedSpend(number, REJECTED, "This booking stands in the file twice.")
        self.seen.add((tranche.pk, key))
        earlier = self.known.get((tranche.pk, key))
        if earlier is None:
            return PlannedSpend(number, CREATED, "", tranche, booking | {"key": key})
        if (earlier.amount, earlier.dated_on, earlier.evidence) != tuple(booking.values()):
            return PlannedSpend(number, REJECTED, "This key names another booking on this tranche already.")
        return PlannedSpend(number, UNCHANGED, "", tranche, booking)

    def _refusal(self, told: dict[str, Any], fitting: list[Tranche]) -> str:
        """Why the row cannot be booked; empty when it can."""
        if len(fitting) != 1:
            return _unfound(told, fitting)
        if not can_record_spend(self.viewer, fitting[0].initiative):
            return SPENDING
        return "Money is spent today or before." if told["spent_on"] > clock.today() else ""


def _key_of(booking: dict[str, Any]) -> str:
    """What names a booking without a key of its own: uploaded again, it is the same one."""
    text = "|".join(str(each) for each in booking.values())
    return f"row:{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def _names(told: dict[str, Any], tranche: Tranche) -> bool:
    of_initiative = told["initiative"] in (tranche.initiative.reference, tranche.initiative.name)
    return of_initiative and told.get("tranche") in (None, "", tranche.pk)


def _unfound(told: dict[str, Any], fitting: list[Tranche]) -> str:
    if fitting:
        numbers = "; ".join(f"{each.pk} for {each.at}" for each in fitting[:5])
        return f"It has several tranches ({numbers}): give the number of one in a column “Tranche”."
    return f"No tranche that you see is of “{str(told['initiative'])[:80]}”. Give its reference, e.g. AI-0042."


def _read(file: SpendFile) -> list[tuple[int, dict[str, Any], list[str]]]:
    """The number of each row, what its cells tell, and what is wrong with them."""
    return [(number, *read_cells(SPENDING_COLUMNS, file.mapping, cells)) for number, cells in file.rows]


def _named(rows: Iterable[dict[str, Any]]) -> InitiativeQuerySet:
    """All initiatives that rows name, by reference or by whole name."""
    names = {str(told.get("initiative", "")) for told in rows}
    numbers = [int(name[3:]) for name in names if name[:3] == "AI-" and name[3:].isdecimal() and len(name) < 13]
    found: InitiativeQuerySet = Initiative.objects.filter(Q(pk__in=numbers) | Q(name__in=names))
    return found


def _tranches_of(viewer: User, rows: Iterable[dict[str, Any]]) -> list[Tranche]:
    """The tranches of those initiatives that the viewer sees."""
    named = _named(rows).values("pk")
    approved = (f"{decision}__review__gates_version" for decision in ("decision", "approved_in"))
    visible = Tranche.objects.visible_to(viewer).select_related("initiative", *approved).defer("initiative__search")
    return [*visible.filter(initiative__in=named).order_by("pk")]
