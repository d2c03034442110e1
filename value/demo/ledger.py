"""The ledger of the demonstration: a catalogue, costs and claims of some months, and finance's answers to them."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Initiative, OutcomeMetric
from portfolio.models.stage import IN_PRODUCTION, Stage

from ..actions.catalogue import add_catalogue_metric, approve_unit_value, match_metric
from ..actions.claims import confirm_claim, confirm_months, correct_claim, reject_claim
from ..actions.months import close_month
from ..actions.post import post_entry, reverse_entry
from ..actions.rates import record_rate
from ..actions.shares import STEP, agree_shares
from ..actions.yearly_rate import record_yearly_rate
from ..models import CatalogueMetric, LedgerEntry
from ..models.catalogue import counts_alike
from ..overlaps import sharing_of
from ..permissions import can_answer_claim
from ..posting import NewEntry, why_not_post

# Name, unit, direction, what one is worth, as which kind of benefit.
CATALOGUE = (
    ("Hours saved", "hours a month", "up", "46", "capacity"),
    ("Time to answer", "days", "down", "320", "capacity"),
    ("Unplanned stops", "stops a month", "down", "4200", "cost_avoidance"),
    ("Cost of outside help", "k€ a month", "down", "1000", "cashable"),
)
WORKED_OUT = "Mean full cost of a year, without overheads that stay."
METHOD = "Difference to the baseline over the month, times the value of one; what other projects explain is taken off."
WHY_CORRECTED = "A fifth of it comes from the new shift plan, which began in the same month."
WHY_REJECTED = "The month was measured on eleven days only; claim it again with the whole month."
WHY_SHARED = "The owners agreed in the discussion to share alike what both projects moved."
METHOD_AGAIN = "Stops and hours that the new shift plan saved, as its project counts them."
MONTHS, MOST = 4, 10
YEARLY = Decimal(8)
STAGES = (Stage.PILOT, *IN_PRODUCTION)


def tell_of_the_ledger(people: Mapping[str, User]) -> None:
    """Costs and benefits of the initiatives from pilot on whose metrics have a baseline."""
    finance, today = people["finance-controller"], clock.today()
    catalogue = [_keep(people["office-lead"], finance, *told) for told in CATALOGUE]
    year = today.replace(year=today.year - 1, month=1, day=1)
    record_yearly_rate(actor=finance, per_cent=YEARLY, starts_on=year, source="Cost of capital, treasury")
    for back in range(MONTHS + 1):
        month = clock.months_later(today.replace(day=1), -back)
        rate = Decimal("0.86") + Decimal(back) / 200
        record_rate(actor=finance, currency="USD", month=month, rate=rate, source="Central bank, monthly mean")
    metrics = OutcomeMetric.objects.filter(
        baseline__isnull=False, initiative__stage__in=STAGES, initiative__business_owner__is_active=True
    )
    rows = metrics.select_related("initiative__business_owner").order_by("pk")[:MOST]
    claimed = [
        (number, metric, _tell_of(metric, number, finance, catalogue))
        for number, metric in enumerate(rows)
        if not why_not_post(metric.initiative)
    ]
    _share([claim for _, _, claims in claimed for claim in claims], finance)
    for number, _, claims in claimed:
        _answer(_confirmable(claims, finance), finance, number)
    for number, metric, _ in claimed[:1]:
        _claim_again(metric, number)
    closing = clock.months_later(today.replace(day=1), -MONTHS)
    if not LedgerEntry.objects.waiting().filter(first_on__lt=clock.months_later(closing, 1)).exists():
        close_month(closing, actor=finance)


def _keep(office: User, finance: User, name: str, unit: str, direction: str, worth: str, kind: str) -> CatalogueMetric:
    metric = add_catalogue_metric(actor=office, name=name, unit=unit, direction=direction)
    starts_on = clock.today().replace(month=1, day=1) - timedelta(days=366)
    approve_unit_value(
        metric,
        actor=finance,
        amount=Decimal(worth),
        benefit_type=kind,
        starts_on=starts_on,
        method=WORKED_OUT,
        evidence="Cost rates of the year",
    )
    return metric


def _tell_of(metric: OutcomeMetric, number: int, finance: User, catalogue: list[CatalogueMetric]) -> list[LedgerEntry]:
    """What it cost and what its owner claims, month by month."""
    initiative, owner = metric.initiative, metric.initiative.business_owner
    assert owner is not None
    alike = next((each for each in catalogue if counts_alike(metric, each)), None)
    if alike:
        match_metric(metric, alike, actor=owner)
    claims = []
    for back in range(MONTHS, 0, -1):
        month = clock.months_later(clock.today().replace(day=1), -back)
        _cost(initiative, finance, month, number)
        claims.append(_claim(metric, owner, month, number, is_matched=alike is not None))
    forecast = clock.today().replace(day=1)
    _claim(metric, owner, forecast, number, is_matched=alike is not None, claim="forecast")
    return claims


def _share(claims: list[LedgerEntry], finance: User) -> None:
    """Claims that overlap share their days evenly."""
    found = sharing_of([each.pk for each in claims if can_answer_claim(finance, each)])
    shares = {
        each: (1 / Decimal(found[each.pk].others + 1)).quantize(STEP, ROUND_DOWN)
        for each in claims
        if each.pk in found and found[each.pk].others
    }
    if shares:
        agree_shares(shares, actor=finance, reason=WHY_SHARED)


def _confirmable(claims: list[LedgerEntry], finance: User) -> list[LedgerEntry]:
    found = sharing_of([each.pk for each in claims])
    return [each for each in claims if found[each.pk].is_shared and can_answer_claim(finance, each)]


def _claim_again(metric: OutcomeMetric, number: int) -> None:
    """The gain of the last month once more, as another project counts it: it waits until shares are agreed."""
    owner = metric.initiative.business_owner
    assert owner is not None
    asked = NewEntry(
        kind="benefit",
        claim="claimed",
        metric=metric,
        method=METHOD_AGAIN,
        first_on=clock.months_later(clock.today().replace(day=1), -1),
        amount=Decimal(2100 + 300 * number),
        benefit_type="cost_avoidance",
        evidence="Report of the shift plan",
        key="claimed-again",
    )
    post_entry(metric.initiative, asked, actor=owner)


def _cost(initiative: Initiative, finance: User, month: date, number: int) -> None:
    told: dict[str, Any] = {"happened_on": month + timedelta(days=4), "evidence": f"Cloud invoice {month:%m/%Y}"}
    currency = "USD" if number % 3 == 1 else ""
    run = NewEntry(kind="run_cost", amount=Decimal(1800 + 350 * number), currency=currency, key=f"run-{month}", **told)
    posted = post_entry(initiative, run, actor=finance)
    if month == clock.months_later(clock.today().replace(day=1), -1):
        rework = NewEntry(kind="rework", amount=Decimal(640 + 90 * number), key=f"rework-{month}", **told)
        post_entry(initiative, rework, actor=finance)
        if number % 4 == 2:
            reverse_entry(posted, actor=finance, reason="The invoice was for another cost centre.")


def _claim(
    metric: OutcomeMetric, owner: User, month: date, number: int, *, is_matched: bool, claim: str = "claimed"
) -> LedgerEntry:
    told: dict[str, Any] = {"kind": "benefit", "claim": claim, "metric": metric, "method": METHOD, "first_on": month}
    told |= {"evidence": f"Report of {month:%B}", "key": f"{claim}-{month}"}
    if is_matched:
        told["quantity"] = Decimal(5 + number)
    else:
        told |= {"amount": Decimal(3200 + 700 * number), "benefit_type": "cost_avoidance"}
    metric = OutcomeMetric.objects.select_related("initiative", "catalogue_link__entry").get(pk=metric.pk)
    return post_entry(metric.initiative, NewEntry(**told | {"metric": metric}), actor=owner)


def _answer(claims: list[LedgerEntry], finance: User, number: int) -> None:
    """The first month by hand, the next ones together; of the last one some are rejected, most wait."""
    if not claims:
        return
    first, *later = claims
    if number % 3 == 2:
        correct_claim(first, actor=finance, amount=first.amount * Decimal("0.8"), reason=WHY_CORRECTED)
    else:
        confirm_claim(first, actor=finance)
    confirm_months(later[:-1], actor=finance)
    if later and number % 4 == 3:
        reject_claim(later[-1], actor=finance, reason=WHY_REJECTED)
