"""Payback and net present value: examples from the definition, and any history against a second reading of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import accumulate, count

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_person
from value.actions.claims import confirm_claim
from value.actions.post import reverse_entry
from value.actions.yearly_rate import record_yearly_rate
from value.models import YearlyRate
from value.months_worth import months_of
from value.payback import COSTS, payback_of
from value.worth import Window, worth_of

from .factories import claim, cost_of, post
from .reading import Lasting, kept
from .test_worth import NOON, Story, histories

pytestmark = pytest.mark.django_db
HERE = "/ledger/yearly-rate/"
# No story is longer.
MOST_MONTHS = 72
JAN, MAY = date(2026, 1, 1), date(2026, 5, 1)


@pytest.fixture
def rate(finance_controller) -> YearlyRate:
    return say(finance_controller, "21")


def say(actor, per_cent: str, starts_on: date = JAN, source: str = "Cost of capital") -> YearlyRate:
    return record_yearly_rate(actor=actor, per_cent=Decimal(per_cent), starts_on=starts_on, source=source)


def cost(initiative, actor, amount, month: date, **more):
    """A cost of one whole month, of its first day."""
    return post(initiative, actor, cost_of(amount, happened_on=month, **more))


def gain(metric, owner, finance, amount, month: date):
    last = clock.months_later(month, 1) - timedelta(days=1)
    entry = claim(metric, owner, amount=Decimal(amount), first_on=month, last_on=last, happened_on=month)
    confirm_claim(entry, actor=finance)
    return entry


def test_from_the_first_cost_at_the_yearly_rate(metric, business_owner, finance_controller, rate):
    one = metric.initiative
    cost(one, business_owner, 1000, date(2025, 6, 1), kind="build_cost")
    cost(one, business_owner, 100, MAY, kind="rework")
    gain(metric, business_owner, finance_controller, 1200, date(2025, 12, 1))
    found = payback_of([one.pk])
    # Half a year at 21 per cent is a tenth; eleven months are 1.21^(11/12).
    assert found.to_date.net_present_value == round(Decimal(-1000 + 1200 / 1.1 - 100 / 1.21 ** (11 / 12)), 2)
    assert [each.number for each in found.to_date.months] == [0, 6, 11]
    assert (found.first_cost, found.to_date.paid_back.month) == (date(2025, 6, 1), date(2025, 12, 1))
    assert not found.has_more_to_come


def test_a_whole_year_discounts_by_just_the_rate(metric, business_owner, finance_controller, rate):
    cost(metric.initiative, business_owner, 1000, date(2025, 5, 1))
    gain(metric, business_owner, finance_controller, 1210, MAY)
    found = payback_of([metric.initiative_id]).to_date
    assert (found.net_present_value, found.paid_back.number) == (0, 12)


def test_half_a_cent_of_thirds_is_half_a_cent(initiative, business_owner, finance_controller, rate):
    for _ in range(3):
        # A sixth of a cent each on the last day that is counted.
        days = {"happened_on": date(2026, 6, 15), "first_on": date(2026, 6, 15), "last_on": date(2026, 6, 20)}
        post(initiative, business_owner, cost_of("0.01", **days))
    assert payback_of([initiative.pk]).to_date.net_present_value == Decimal("-0.01")


def test_paid_back_is_for_good(metric, business_owner, finance_controller, rate):
    one = metric.initiative
    cost(one, business_owner, 100, JAN)
    gain(metric, business_owner, finance_controller, 100, date(2026, 2, 1))
    assert payback_of([one.pk]).to_date.paid_back.number == 1
    loss = cost(one, business_owner, 1, date(2026, 3, 1), kind="risk_loss")
    assert payback_of([one.pk]).to_date.paid_back is None
    gain(metric, business_owner, finance_controller, 1, date(2026, 4, 1))
    assert payback_of([one.pk]).to_date.paid_back.number == 3
    reverse_entry(loss, actor=business_owner, reason="Not ours.")
    assert payback_of([one.pk]).to_date.paid_back.number == 1


def test_no_cost_is_no_data(metric, business_owner, finance_controller, rate):
    gain(metric, business_owner, finance_controller, 100, MAY)
    found = payback_of([metric.initiative_id])
    assert (found.first_cost, found.to_date.net_present_value, found.to_date.paid_back) == (None, None, None)
    taken_back = cost(metric.initiative, business_owner, 5, JAN)
    reverse_entry(taken_back, actor=business_owner, reason="Twice.")
    assert payback_of([metric.initiative_id]).first_cost is None


def test_what_came_before_the_first_cost_is_left_out_and_said(metric, business_owner, finance_controller, rate):
    gain(metric, business_owner, finance_controller, 70, JAN)
    cost(metric.initiative, business_owner, 100, MAY)
    found = payback_of([metric.initiative_id])
    assert (found.left_out, found.to_date.net_present_value) == (70, -100)


def test_without_a_rate_payback_alone_is_told(metric, business_owner, finance_controller):
    cost(metric.initiative, business_owner, 100, MAY)
    gain(metric, business_owner, finance_controller, 100, MAY)
    found = payback_of([metric.initiative_id])
    assert (found.rate, found.to_date.net_present_value, found.to_date.paid_back.number) == (None, None, 0)


def test_the_forecast_stands_beside(metric, business_owner, finance_controller):
    say(finance_controller, "0")
    one = metric.initiative
    cost(one, business_owner, 100, MAY)
    licence = {"happened_on": date(2026, 6, 10), "first_on": date(2026, 6, 11), "last_on": date(2026, 6, 20)}
    post(one, business_owner, cost_of(10, **licence))
    days = {"first_on": date(2026, 6, 1), "last_on": date(2026, 6, 30), "happened_on": date(2026, 6, 1)}
    claim(metric, business_owner, claim="forecast", amount=Decimal(600), **days)
    found = payback_of([one.pk])
    # Of the licence five days lie before tomorrow; of the forecast only the fifteen days to come are added.
    assert found.to_date.net_present_value == -105
    assert (found.with_forecast.net_present_value, found.with_forecast.paid_back.number) == (190, 1)
    assert [each.is_to_come for each in found.with_forecast.months] == [False, True]
    assert [each.is_to_come for each in found.to_date.months] == [False, False]


def test_it_is_told_again_as_it_was(metric, business_owner, finance_controller):
    before = clock.now()
    with clock.fixed_at(before + timedelta(hours=1)):
        say(finance_controller, "0")
        entry = cost(metric.initiative, business_owner, 100, JAN)
    with clock.fixed_at(before + timedelta(hours=2)):
        say(finance_controller, "10", date(2026, 6, 1))
        reverse_entry(entry, actor=business_owner, reason="Twice.")
        cost(metric.initiative, business_owner, 50, MAY)
        ids = [metric.initiative_id]
        assert payback_of(ids).to_date.net_present_value == -50
        assert payback_of(ids, known_at=before + timedelta(hours=1)).to_date.net_present_value == -100
        assert payback_of(ids, date(2026, 5, 31)).rate.per_cent == 0
        assert payback_of(ids, known_at=before).first_cost is None


def test_of_many_it_costs_two_queries(initiative, metric, business_owner, rate, django_assert_num_queries):
    rows = [initiative.pk, *(make_initiative(owner=business_owner).pk for _ in range(3))]
    for month in (JAN, MAY):
        cost(initiative, business_owner, 100, month)
    with django_assert_num_queries(2):
        payback_of(rows)


def test_the_tab_costs_the_same_however_many_months(metric, business_owner, finance_controller, rate, client):
    here = f"{metric.initiative.get_absolute_url()}value/"
    client.force_login(business_owner)

    before = count()

    def asked(months: int) -> int:
        for number in range(months):
            cost(metric.initiative, business_owner, 5, clock.months_later(JAN, -number))
        gain(metric, business_owner, finance_controller, 9, clock.months_later(MAY, -next(before)))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(here).status_code == 200
        return len(queries)

    asked(1)
    assert asked(1) == asked(20)


# --- the rate


def test_finance_says_the_rate(finance_controller, office_lead):
    rate = say(finance_controller, "7.50")
    assert (str(rate), Event.objects.get(name="yearly_rate.recorded").payload["rate"]) == ("7.5 % a year", rate.pk)
    assert say(finance_controller, "7.50") == rate
    for person in (office_lead, make_person()):
        with pytest.raises(PermissionDenied):
            say(person, "8")
    for per_cent, source, said in (("-1", "S", "0 to 100"), ("100.01", "S", "0 to 100"), ("1.005", "S", "decimals")):
        with pytest.raises(DomainError, match=said):
            say(finance_controller, per_cent, source=source)
    with pytest.raises(DomainError, match="comes from"):
        say(finance_controller, "8", source=" ")
    later = say(finance_controller, "9")
    assert YearlyRate.objects.on(JAN) == later
    assert YearlyRate.objects.on(JAN - timedelta(days=1)) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        YearlyRate.objects.create(per_cent=101, starts_on=JAN, source="S", recorded_by=finance_controller)


def test_the_rate_on_its_page_and_by_the_api(finance_controller, executive, client):
    client.force_login(finance_controller)
    assert "No rate yet" in client.get(HERE).content.decode()
    sent = {"per_cent": "8", "starts_on": "2026-01-01", "source": "Cost of capital"}
    assert client.post(HERE, sent | {"per_cent": "101"}).status_code == 422
    assert client.post(HERE, sent | {"source": ""}).status_code == 422
    assert client.post(HERE, sent).status_code == 302
    assert "8 % a year is what" in client.get(HERE).content.decode()
    client.force_login(executive)
    assert client.post(HERE, sent).status_code == 403
    assert "Say a rate" not in client.get(HERE).content.decode()
    finance, other = (Script(make_api_token(person)[1]) for person in (finance_controller, executive))
    assert other.post("/api/v1/yearly-rates/", sent).status_code == 403
    assert finance.post("/api/v1/yearly-rates/", sent | {"per_cent": "101"}).status_code == 422
    assert finance.post("/api/v1/yearly-rates/", sent | {"per_cent": "9"}).status_code == 201
    assert [row["per_cent"] for row in other.get("/api/v1/yearly-rates/").json()["results"]] == ["8.00", "9.00"]


def test_the_tab_and_the_api_tell_it(metric, business_owner, finance_controller, client):
    here = f"{metric.initiative.get_absolute_url()}value/"
    client.force_login(business_owner)
    assert "no cost is posted yet" in client.get(here).content.decode()
    cost(metric.initiative, business_owner, 1000, date(2025, 6, 1), kind="build_cost")
    assert "not said by finance" in client.get(here).content.decode()
    client.force_login(finance_controller)
    assert "Say the rate" in client.get(here).content.decode()
    say(finance_controller, "21")
    gain(metric, business_owner, finance_controller, 1320, date(2025, 12, 1))
    page = " ".join(client.get(here).content.decode().split())
    for told in ("Paid back in December 2025, 6 months from the first cost", "21 % a year", "<sup>m/12</sup>", "1,320"):
        assert told in page
    api = Script(make_api_token(business_owner)[1])
    address = f"/api/v1/initiatives/{metric.initiative.reference}/value/"
    told = api.get(address).json()["payback"]
    assert (told["first_cost"], told["rate_per_cent"]) == ("2025-06-01", "21.00")
    course = told["to_date"]
    assert (course["net_present_value"], course["paid_back_in"], course["paid_back_after"]) == (
        "200.00",
        "2025-12-01",
        6,
    )
    assert course["months"][1] == {
        "month": "2025-12-01",
        "number": 6,
        "benefit": "1320.00",
        "costs": "0.00",
        "flow": "1320.00",
        "discounted": "1200.00",
        "cumulative": "320.00",
        "is_to_come": False,
    }
    early = api.get(f"{address}?as_of=2025-11-30").json()["payback"]
    assert (early["rate_per_cent"], early["to_date"]["net_present_value"]) == (None, None)
    stranger = Script(make_api_token(make_person())[1])
    assert stranger.get(address).status_code == 403


# --- any history


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(histories, st.integers(-5, 200), st.integers(0, 30), st.integers(0, 10_000))
def test_any_history_reads_as_the_definition_says(db, steps, after, place, per_cent):
    with transaction.atomic():
        with clock.fixed_at(NOON):
            story = Story()
            said = say(story.finance, str(Decimal(per_cent) / 100), date(2020, 1, 1))
        now, known = NOON, [NOON]
        for name, who, cents, dice in steps:
            now += timedelta(days=dice % 25, hours=1) if name == "wait" else timedelta(minutes=1)
            with clock.fixed_at(now):
                if name not in ("wait", "close"):
                    getattr(story, name)(who, cents, dice)
            known.append(now)
        as_of, known_at = NOON.date() + timedelta(days=after), known[-1 - place % len(known)]
        ids = [metric.initiative_id for metric in story.metrics]
        with clock.fixed_at(now):
            found = payback_of(ids, as_of, known_at=known_at)
            _same(found, story, as_of, known_at, said.per_cent)
            _adds_up(ids, as_of, known_at)
        transaction.set_rollback(True)


def _adds_up(ids: list[int], as_of: date, known_at: datetime) -> None:
    """All months together are what the window up to the day is worth."""
    worth, months = worth_of(ids, Window(as_of), known_at=known_at), months_of(ids, as_of, known_at=known_at)
    for part in ("confirmed", "decayed", "forecast", "claimed", "rejected", *COSTS):
        every = sum((month.get(part, 0) for month in months.to_date.values()), Fraction(0))
        assert every == sum((amount for (name, _), amount in worth.parts.items() if name == part), Fraction(0))


def _same(found, story: Story, as_of: date, known_at: datetime, per_cent: Decimal) -> None:
    flows, costs, coming = _dealt(story, as_of, known_at)
    first = min((month for month, cents in costs.items() if cents), default=None)
    if first is None:
        assert found.first_cost is None
        return
    assert (found.first_cost.year, found.first_cost.month) == first
    for course, more in ((found.to_date, {}), (found.with_forecast, coming)):
        months = [_later(first, n) for n in range(MOST_MONTHS)]
        series = [flows.get(month, 0) + more.get(month, 0) for month in months]
        assert course.net_present_value == _present(series, per_cent)
        so_far = [*accumulate(series)]
        good = next((n for n in range(len(series)) if all(each >= 0 for each in so_far[n:])), None)
        assert (course.paid_back.number if course.paid_back else None) == good


type Series = dict[tuple[int, int], Fraction]


def _dealt(story: Story, as_of: date, known_at: datetime) -> tuple[Series, Series, Series]:
    """Flows and costs of each month, day by day; and the flows of days to come."""
    flows, costs, coming = {}, {}, {}
    lasting = Lasting(story.facts, story.looks, story.starts, as_of, known_at)
    for fact in story.facts:
        if fact.happened_on > as_of or fact.recorded_at > known_at:
            continue
        pile, cents = fact.counts_as(known_at)
        length = (fact.days[1] - fact.days[0]).days + 1
        for n in range(length):
            day, share = fact.days[0] + timedelta(days=n), Fraction(cents, length * 100)
            month = (day.year, day.month)
            if pile in COSTS:
                there = flows if day <= as_of else coming
                there[month] = there.get(month, 0) - share
                if day <= as_of:
                    costs[month] = costs.get(month, 0) + share
            elif pile == ("confirmed" if day <= as_of else "forecast"):
                there = flows if day <= as_of else coming
                counts = kept(fact, day, lasting) if pile == "confirmed" else 1
                there[month] = there.get(month, 0) + share * counts
    return flows, costs, coming


def _later(month: tuple[int, int], number: int) -> tuple[int, int]:
    years, rest = divmod(month[1] - 1 + number, 12)
    return month[0] + years, rest + 1


def _present(series: list[Fraction], per_cent: Decimal) -> Decimal:
    """By logarithms, with more figures than the product has."""
    with localcontext(prec=90):
        yearly = (1 + per_cent / 100).ln() / 12
        exact = [Decimal(flow.numerator) / flow.denominator for flow in map(Fraction, series)]
        whole = sum((flow / (yearly * n).exp() for n, flow in enumerate(exact)), Decimal(0))
        return whole.quantize(Decimal("1E-30"), ROUND_HALF_UP).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_a_leap_day_is_a_day_of_its_month(metric, business_owner, finance_controller):
    with clock.fixed_at(datetime(2028, 4, 1, 12, tzinfo=UTC)):
        say(finance_controller, "0")
        days = {"happened_on": date(2028, 2, 28), "first_on": date(2028, 2, 28), "last_on": date(2028, 3, 1)}
        post(metric.initiative, business_owner, cost_of(30, **days))
        found = payback_of([metric.initiative_id]).to_date
        assert [each.costs for each in found.months] == [20, 10]
