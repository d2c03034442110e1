"""The ledger of the demonstration: a catalogue, costs and claims of two years of what is in production that long and of
some months of the rest, and finance's answers. What lies back is posted and answered with the clock at its moment.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from itertools import batched
from typing import Any

from django.db.models import F
from django.utils import timezone

from aiso import clock
from aiso.accounts.models import User
from aiso.events.models import Event
from portfolio.models import Initiative, OutcomeMetric
from portfolio.models.stage import IN_PRODUCTION, Stage

from ..actions.catalogue import add_catalogue_metric, approve_unit_value, match_metric
from ..actions.claims import confirm_claim, confirm_months, correct_claim, reject_claim
from ..actions.measure import confirm_measurement, record_measurement
from ..actions.months import close_month
from ..actions.post import post_entry, reverse_entry
from ..actions.rates import record_rate
from ..actions.shares import STEP, agree_shares
from ..actions.yearly_rate import record_yearly_rate
from ..durability_facts import Then
from ..models import CatalogueMetric, LedgerEntry
from ..models.catalogue import counts_alike
from ..overlaps import sharing_of
from ..permissions import can_answer_claim, can_answer_measurement
from ..posting import CENT, NewEntry, why_not_post

# Name, unit, direction, what one is worth, as which kind of benefit.
CATALOGUE = (
    ("Hours saved", "hours a month", "up", "46", "capacity"),
    ("Time to answer", "days", "down", "320", "capacity"),
    ("Unplanned stops", "stops a month", "down", "4200", "cost_avoidance"),
    ("Cost of outside help", "k€ a month", "down", "1000", "cashable"),
)
WORTHS = {name: Decimal(worth) for name, _, _, worth, _ in CATALOGUE}
WORKED_OUT = "Mean full cost of a year, without overheads that stay."
METHOD = "Difference to the baseline over the month, times the value of one; what other projects explain is taken off."
WHY_CORRECTED = "A fifth of it comes from the new shift plan, which began in the same month."
WHY_REJECTED = "The month was measured on eleven days only; claim it again with the whole month."
WHY_SHARED = "The owners agreed in the discussion to share alike what both projects moved."
METHOD_AGAIN = "Stops and hours that the new shift plan saved, as its project counts them."
MEASURED = "Same report as the baseline, mean over the month."
# Months of a pilot, and at most of what is in production: a trend of eight windows of 90 days begins in the 25th.
MONTHS, LONG, MOST = 4, 25, 10
# Days of the month after: when the invoice comes, and when the benefit is claimed.
INVOICED, CLAIMED = 5, 7
ANSWERED_AFTER = timedelta(days=5)
# Two earn ever less, all others ever more. Of the last month some claims wait, and one is rejected.
WANING, WAITING, REJECTED = (6, 9), (0, 1, 6, 9), 3
# Every so many months something is repaired; so many months ago the first one harmed somebody.
REPAIRED, HARMED = 5, 8
LOSS = Decimal(14_600)
# How far from baseline to target an outcome is at its first check, and by how much further at each one after.
WAY, FURTHER = Decimal("0.15"), Decimal("0.02")
MEASURED_AFTER, TOLD_FOR = timedelta(days=6), timedelta(days=60)
YEARLY = Decimal(8)
STAGES = (Stage.PILOT, *IN_PRODUCTION)


def tell_of_the_ledger(people: Mapping[str, User]) -> None:
    """Costs and benefits of the initiatives from pilot on whose metrics have a baseline."""
    finance = people["finance-controller"]
    catalogue = [_keep(people["office-lead"], finance, *told) for told in CATALOGUE]
    year = _month(LONG).replace(month=1)
    record_yearly_rate(actor=finance, per_cent=YEARLY, starts_on=year, source="Cost of capital, treasury")
    for back in range(LONG + 1):
        rate = Decimal("0.86") + Decimal(back) / 200
        record_rate(actor=finance, currency="USD", month=_month(back), rate=rate, source="Central bank, monthly mean")
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
    for number, metric, claims in claimed:
        _answer(_confirmable(claims, finance), finance, number)
        _measure_when_due(metric, finance)
    for number, metric, _ in claimed[:1]:
        _claim_again(metric, number)
    closing = _month(MONTHS)
    if not LedgerEntry.objects.waiting().filter(first_on__lt=clock.months_later(closing, 1)).exists():
        close_month(closing, actor=finance)
    # What happened long ago was told then.
    long_ago = Event.objects.filter(happened_at__lt=clock.now() - TOLD_FOR, relayed_at=None)
    long_ago.update(relayed_at=F("happened_at"))


def _keep(office: User, finance: User, name: str, unit: str, direction: str, worth: str, kind: str) -> CatalogueMetric:
    metric = add_catalogue_metric(actor=office, name=name, unit=unit, direction=direction)
    starts_on = _month(LONG).replace(month=1)
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
    one = WORTHS[alike.name] if alike else None
    claims = []
    for back in range(_months(initiative), 0, -1):
        month = _month(back)
        with _at(back - 1, INVOICED):
            _cost(initiative, finance, month, back, number)
        with _at(back - 1, CLAIMED):
            claims.append(_claim(metric, owner, month, _worth(number, back), one))
    _claim(metric, owner, _month(0), _worth(number, 0), one, claim="forecast")
    return claims


def _months(initiative: Initiative) -> int:
    """For how many months it costs and brings something: from its first whole one in production."""
    since, today = initiative.stage_since, clock.today()
    if initiative.stage not in IN_PRODUCTION or since is None:
        return MONTHS
    return max(MONTHS, min(LONG, (today.year - since.year) * 12 + today.month - since.month - 1))


def _month(back: int) -> date:
    return clock.months_later(clock.today().replace(day=1), -back)


def _at(back: int, day: int) -> AbstractContextManager[None]:
    """The clock on the morning of a day of some months ago, or now where that is still to come."""
    moment = timezone.make_aware(datetime.combine(_month(back).replace(day=day), time(9)))
    return clock.fixed_at(min(moment, clock.now()))


def _worth(number: int, back: int) -> Decimal:
    """What an initiative brings in a month so many months ago, up and down a little."""
    way = Decimal(LONG - back) / LONG
    part = 1 - Decimal("0.8") * way if number in WANING else Decimal("0.55") + Decimal("0.45") * way
    return (6400 + 1500 * number) * (part + Decimal((5 * number + 7 * back) % 11 - 5) / 100)


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
        first_on=_month(1),
        amount=Decimal(2100 + 300 * number),
        benefit_type="cost_avoidance",
        evidence="Report of the shift plan",
        key="claimed-again",
    )
    post_entry(metric.initiative, asked, actor=owner)


def _cost(initiative: Initiative, finance: User, month: date, back: int, number: int) -> None:
    """The invoice of a month so many months ago, and what went wrong in it."""
    told: dict[str, Any] = {"happened_on": month + timedelta(days=4), "evidence": f"Cloud invoice {month:%m/%Y}"}
    currency = "USD" if number % 3 == 1 else ""
    run = NewEntry(kind="run_cost", amount=Decimal(1800 + 350 * number), currency=currency, key=f"run-{month}", **told)
    posted = post_entry(initiative, run, actor=finance)
    if back % REPAIRED == 1:
        rework = NewEntry(kind="rework", amount=Decimal(640 + 90 * number), key=f"rework-{month}", **told)
        post_entry(initiative, rework, actor=finance)
    if back == 1 and number % 4 == 2:
        reverse_entry(posted, actor=finance, reason="The invoice was for another cost centre.")
    if back == HARMED and number == 0:
        told["evidence"] = "Settlement of three complaints"
        post_entry(initiative, NewEntry(kind="risk_loss", amount=LOSS, key=f"loss-{month}", **told), actor=finance)


def _claim(
    metric: OutcomeMetric, owner: User, month: date, worth: Decimal, one: Decimal | None, claim: str = "claimed"
) -> LedgerEntry:
    """As a quantity where it is known what one is worth."""
    told: dict[str, Any] = {"kind": "benefit", "claim": claim, "metric": metric, "method": METHOD, "first_on": month}
    told |= {"evidence": f"Report of {month:%B}", "key": f"{claim}-{month}"}
    if one:
        told["quantity"] = (worth / one).quantize(Decimal("0.1"))
    else:
        told |= {"amount": worth.quantize(Decimal(1)), "benefit_type": "cost_avoidance"}
    metric = OutcomeMetric.objects.select_related("initiative", "catalogue_link__entry").get(pk=metric.pk)
    return post_entry(metric.initiative, NewEntry(**told | {"metric": metric}), actor=owner)


def _answer(claims: list[LedgerEntry], finance: User, number: int) -> None:
    """The first month by hand, the next ones by quarters; of the last one some wait, and one is rejected."""
    if not claims:
        return
    first, *later = claims
    with _after(first):
        if number % 3 == 2:
            amount = (first.amount * Decimal("0.8")).quantize(CENT)
            correct_claim(first, actor=finance, amount=amount, reason=WHY_CORRECTED)
        else:
            confirm_claim(first, actor=finance)
    for quarter in batched(later[:-1], 3, strict=False):
        with _after(quarter[-1]):
            confirm_months(quarter, actor=finance)
    if later and number == REJECTED:
        reject_claim(later[-1], actor=finance, reason=WHY_REJECTED)
    elif later and number not in WAITING:
        confirm_claim(later[-1], actor=finance)


def _after(claim: LedgerEntry) -> AbstractContextManager[None]:
    """The clock some days after a claim."""
    return clock.fixed_at(min(claim.recorded_at + ANSWERED_AFTER, clock.now()))


def _measure_when_due(metric: OutcomeMetric, finance: User) -> None:
    """Measure what was confirmed at each check that is over, so that it lasts."""
    owner, pair = metric.initiative.business_owner, (metric.initiative_id, metric.pk)
    outcome = Then.now().outcomes({pair}).get(pair)
    if owner is None or outcome is None or metric.baseline is None or metric.target is None:
        return
    for place, (_, due) in enumerate(outcome.due_days):
        day = due + MEASURED_AFTER
        if day > clock.today():
            return
        value = metric.baseline + (metric.target - metric.baseline) * (WAY + FURTHER * place)
        told: dict[str, Any] = {"value": value.quantize(CENT), "measured_on": day, "method": MEASURED}
        with clock.fixed_at(timezone.make_aware(datetime.combine(day, time(11)))):
            measured = record_measurement(metric, actor=owner, **told)
            if can_answer_measurement(finance, measured):
                confirm_measurement(measured, actor=finance)
