"""What can be posted: an entry as it was asked for, held against rates, values and closed months. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.web import figures
from portfolio.models import Initiative, OutcomeMetric
from portfolio.models.stage import Stage

from .models import BenefitType, ClosedMonth, LedgerEntry, UnitValue
from .models.catalogue import counts_alike
from .rates import Rates

CENT = Decimal("0.01")
Kind, Claim = LedgerEntry.Kind, LedgerEntry.Claim
KINDS = frozenset(Kind.values)
# The longest stretch that one entry covers: five years of a licence.
MOST_DAYS = 1827
# How keys of entries begin that follow from spending of a tranche; after it comes the number of the funding entry.
FROM_FUNDING = "funding-entry:"


@dataclass(frozen=True)
class NewEntry:
    """What somebody asks to be posted. Of a benefit either the amount, or the quantity of its metric, whose worth
    follows from the catalogue. Without days it covers the month of its date.
    """

    kind: str
    evidence: str
    key: str
    happened_on: date | None = None
    amount: Decimal | None = None
    currency: str = ""
    first_on: date | None = None
    last_on: date | None = None
    benefit_type: str = ""
    claim: str = ""
    metric: OutcomeMetric | None = None
    quantity: Decimal | None = None
    method: str = ""

    @property
    def is_benefit(self) -> bool:
        return self.kind == Kind.BENEFIT

    @property
    def dated_on(self) -> date:
        """When it happened: a cost today unless told, a benefit from the first day that it covers."""
        if self.happened_on is None and self.is_benefit and self.first_on:
            return min(self.first_on, clock.today())
        return self.happened_on or clock.today()

    @property
    def in_currency(self) -> str:
        return self.currency.strip().upper() or settings.REPORTING_CURRENCY

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day that it covers."""
        first = self.first_on or (self.last_on or self.dated_on).replace(day=1)
        return first, self.last_on or clock.months_later(first.replace(day=1), 1) - timedelta(days=1)


class Ground:
    """What entries are held against: exchange rates, values per unit and the first open day. Three queries at most."""

    def __init__(self, entries: Sequence[NewEntry]) -> None:
        self.rates = Rates((each.in_currency, each.dated_on) for each in entries)
        self.open_from = ClosedMonth.objects.open_from()
        # Asked once: a long file asks for each of its rows.
        self.today, self.now = clock.today(), clock.now()

    def drawn(self, initiative: Initiative, asked: NewEntry, actor: User) -> LedgerEntry:
        """The entry, unsaved and without its method. Raises DomainError for what cannot be posted."""
        told = self.told(initiative, asked)
        return LedgerEntry(initiative=initiative, recorded_by=actor, recorded_at=self.now, **told)

    def told(self, initiative: Initiative, asked: NewEntry) -> dict[str, Any]:
        """What the entry says, by field. Raises DomainError for what cannot be posted."""
        if refusal := why_not_post(initiative):
            raise DomainError(refusal)
        _check_words(asked)
        days = asked.days
        self.check_days(asked, days)
        value = self._value(initiative, asked)
        amount = asked.amount
        if value is not None and asked.quantity is not None:
            amount = (asked.quantity * value.amount).quantize(CENT, ROUND_HALF_UP)
        if amount is None or amount <= 0:
            raise DomainError("An amount is more than 0. To take one back, reverse its entry.", field="amount")
        first_on, last_on = days
        return {
            "kind": asked.kind,
            "benefit_type": value.benefit_type if value else asked.benefit_type,
            "claim": asked.claim,
            "amount": amount,
            "currency": asked.in_currency,
            "rate": self.rates.rate_on(asked.in_currency, asked.dated_on),
            "happened_on": asked.dated_on,
            "first_on": first_on,
            "last_on": last_on,
            "quantity": asked.quantity,
            "evidence": asked.evidence.strip(),
            "key": asked.key.strip(),
        } | ({"metric": asked.metric, "unit_value": value} if asked.is_benefit else {})

    def check_days(self, asked: NewEntry, days: tuple[date, date]) -> None:
        """Raises DomainError for days that are to come, closed, the wrong way round or too many."""
        first, last = days
        if asked.dated_on > self.today:
            raise DomainError("This day is to come. Date it today or before.", field="happened_on")
        if last < first:
            raise DomainError("The last day comes before the first.", field="last_on")
        if (last - first).days >= MOST_DAYS:
            raise DomainError("One entry covers five years at most.", field="last_on")
        if asked.claim == Claim.CLAIMED and last > self.today:
            told = "These days are not over: claim the benefit when they are, or post it as a forecast."
            raise DomainError(told, field="last_on")
        if self.open_from and min(asked.dated_on, first) < self.open_from:
            closed = self.open_from - timedelta(days=1)
            told = (
                f"{closed:%B %Y} and all before is closed. Date it, and its days, from {figures.day(self.open_from)}."
            )
            raise DomainError(told, field="happened_on" if asked.dated_on < self.open_from else "first_on")

    @staticmethod
    def _value(initiative: Initiative, asked: NewEntry) -> UnitValue | None:
        """What one unit of the metric is worth, for a benefit that is told as a quantity."""
        if not asked.is_benefit:
            return None
        if asked.metric is None or asked.metric.initiative_id != initiative.pk:
            raise DomainError("Choose the outcome metric of this initiative that gained.", field="metric")
        if asked.quantity is None:
            if asked.benefit_type not in BenefitType.values:
                raise DomainError("Say which kind of benefit it is.", field="benefit_type")
            return None
        if asked.amount is not None or asked.in_currency != settings.REPORTING_CURRENCY:
            raise DomainError("Give the quantity or the amount, not both: the value of one is known.", field="amount")
        if asked.quantity <= 0:
            raise DomainError("A quantity is more than 0.", field="quantity")
        return value_on(asked.metric, asked.days[0])


def value_on(metric: OutcomeMetric, day: date) -> UnitValue:
    """What finance says one unit of a metric is worth on a day. Raises DomainError where it is not in the catalogue or
    has no value.
    """
    link = getattr(metric, "catalogue_link", None)
    if link is None or not counts_alike(metric, link.entry):
        raise DomainError(
            f"“{metric}” is not comparable: no metric of the catalogue stands behind it. Match it first, or give the "
            "amount.",
            field="quantity",
        )
    value = link.entry.values.on(day).first()
    if value is None or not value.holds_on(day):
        raise DomainError(
            f"Finance approved no value of one “{link.entry}” for {figures.day(day)}. It does so in the catalogue; or "
            "give the amount.",
            field="quantity",
        )
    found: UnitValue = value
    return found


def why_not_post(initiative: Initiative) -> str:
    """Why an initiative takes no entries; empty where it does."""
    if initiative.stage == Stage.MERGED:
        return "It was merged into another initiative. Post it there."
    return "It is not on the register, so that nothing is posted on it." if initiative.is_off_register else ""


def _check_words(asked: NewEntry) -> None:
    if asked.kind not in KINDS:
        raise DomainError(f"The kind is one of {', '.join(Kind.values)}.", field="kind")
    if not asked.evidence.strip():
        raise DomainError("Name the evidence: an invoice, a booking, a report.", field="evidence")
    if not asked.key.strip():
        raise DomainError("Give the entry a key, so that it is posted once.", field="key")
    if asked.key.strip().startswith(FROM_FUNDING):
        raise DomainError(f"Keys that begin with “{FROM_FUNDING}” are for what is spent under Funding.", field="key")
    if asked.is_benefit:
        if asked.claim not in Claim.values:
            raise DomainError("Say whether it is a forecast or claimed.", field="claim")
        if not asked.method.strip():
            raise DomainError("Say how it is valued, so that finance can follow it.", field="method")
        return
    for name in ("claim", "benefit_type", "metric", "quantity", "method"):
        if getattr(asked, name):
            raise DomainError("Only a benefit has this.", field=name)


def is_same(entry: LedgerEntry, asked: NewEntry) -> bool:
    """Whether what is posted again under its key says the same. What follows from a quantity may differ by now."""
    said: dict[str, object] = {
        "kind": asked.kind,
        "claim": asked.claim,
        "currency": asked.in_currency,
        "metric": asked.metric,
        "quantity": asked.quantity,
        "evidence": asked.evidence.strip(),
    }
    days = {name: getattr(asked, name) for name in ("happened_on", "first_on", "last_on")}
    said |= {name: day for name, day in days.items() if day}
    if asked.quantity is None:
        said |= {"amount": asked.amount, "benefit_type": asked.benefit_type}
    method = entry.method.text if entry.method else ""
    return method == asked.method.strip() and all(getattr(entry, name) == value for name, value in said.items())
