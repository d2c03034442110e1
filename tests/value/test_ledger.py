"""What an initiative brings and costs: who posts it, what cannot be posted, and what the database keeps."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.utils import Error

from aiso import clock
from aiso.accounts.models import Role
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.models import Initiative
from tests.factories import make_initiative, make_person, make_unit
from value.actions.catalogue import approve_unit_value, match_metric
from value.actions.claims import confirm_claim
from value.actions.months import close_month
from value.actions.post import reverse_entry
from value.actions.rates import record_rate
from value.models import ClosedMonth, ExchangeRate, LedgerEntry, OpenClaim

from .factories import claim, claim_of, cost_of, post

MAY = date(2026, 5, 1)


@pytest.fixture
def entry(initiative, business_owner) -> LedgerEntry:
    return post(initiative, business_owner, cost_of("300.10"))


def test_an_owner_posts_a_cost_of_the_month(entry, business_owner):
    entry.refresh_from_db()
    assert (entry.first_on, entry.last_on, entry.rate) == (date(2026, 6, 1), date(2026, 6, 30), 1)
    assert (entry.reporting_amount, entry.currency, entry.recorded_by) == (Decimal("300.10"), "EUR", business_owner)
    assert Event.objects.get(name="ledger.posted").payload["entry"] == entry.pk


@pytest.mark.parametrize("role", [Role.OFFICE_MEMBER, Role.FINANCE_CONTROLLER])
def test_the_office_and_finance_post_too(initiative, role):
    assert post(initiative, make_person("", role), cost_of(5)).amount == 5


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.AUDITOR, Role.RISK_REVIEWER, Role.REQUESTER])
def test_others_do_not(initiative, role):
    with pytest.raises(PermissionDenied):
        post(initiative, make_person("", role), cost_of(5))


def test_finance_of_another_unit_does_not(initiative):
    person = make_person("", Role.FINANCE_CONTROLLER, role_unit=make_unit())
    with pytest.raises(PermissionDenied):
        post(initiative, person, cost_of(5))


def test_a_one_off_and_other_days(initiative, business_owner):
    day = date(2026, 6, 3)
    once = post(initiative, business_owner, cost_of(5, first_on=day, last_on=day))
    year = post(initiative, business_owner, cost_of(5, first_on=MAY, last_on=date(2027, 4, 30)))
    half = post(initiative, business_owner, cost_of(5, first_on=date(2026, 6, 10)))
    assert (once.first_on, once.last_on) == (day, day)
    assert (year.last_on - year.first_on).days == 364
    assert half.last_on == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"amount": None}, "amount"),
        ({"kind": "gift"}, "kind"),
        ({"happened_on": date(2026, 6, 16)}, "happened_on"),
        ({"first_on": date(2026, 6, 3), "last_on": date(2026, 6, 2)}, "last_on"),
        ({"last_on": date(2032, 1, 1)}, "last_on"),
        ({"evidence": " "}, "evidence"),
        ({"key": ""}, "key"),
        ({"currency": "USD"}, "currency"),
        ({"benefit_type": "cashable"}, "benefit_type"),
        ({"claim": "claimed"}, "claim"),
    ],
)
def test_what_cannot_be_is_refused(initiative, business_owner, changed, field):
    with pytest.raises(DomainError) as refused:
        post(initiative, business_owner, replace(cost_of(5, first_on=date(2026, 6, 1)), **changed))
    assert refused.value.field == field
    assert not LedgerEntry.objects.exists()


def test_too_much_is_refused(initiative, business_owner):
    with pytest.raises(ValidationError):
        post(initiative, business_owner, cost_of(Decimal(10) ** 15))


def test_a_key_posts_once(initiative, business_owner, office_member):
    asked = cost_of(5, key="ERP-1")
    first = post(initiative, business_owner, asked)
    assert post(initiative, office_member, asked) == first
    with pytest.raises(DomainError, match="another entry"):
        post(initiative, business_owner, replace(asked, amount=Decimal(6)))
    post(make_initiative(owner=business_owner), business_owner, asked)
    assert LedgerEntry.objects.count() == 2
    assert Event.objects.filter(name="ledger.posted").count() == 2


def test_a_rate_of_the_month_is_kept(initiative, business_owner, finance_controller):
    told = {"actor": finance_controller, "currency": "usd", "month": date(2026, 6, 9), "source": "ECB, monthly mean"}
    record_rate(rate=Decimal("0.85"), **told)
    first = post(initiative, business_owner, cost_of("0.10", currency="USD"))
    record_rate(rate=Decimal("0.90"), **told)
    second = post(initiative, business_owner, cost_of("0.10", currency="usd"))
    with pytest.raises(DomainError, match="no exchange rate of USD for May 2026"):
        post(initiative, business_owner, cost_of(5, currency="USD", happened_on=MAY))
    amounts = LedgerEntry.objects.order_by("pk").values_list("rate", "reporting_amount")
    assert [*amounts] == [(Decimal("0.85"), Decimal("0.09")), (Decimal("0.90"), Decimal("0.09"))]
    assert (first.currency, second.currency, ExchangeRate.objects.count()) == ("USD", "USD", 2)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"currency": "EUR"}, "currency"),
        ({"currency": "Dollar"}, "currency"),
        ({"month": date(2026, 7, 1)}, "month"),
        ({"rate": Decimal(0)}, "rate"),
        ({"source": ""}, "source"),
    ],
)
def test_rates_that_cannot_be(finance_controller, changed, field):
    told = {"currency": "USD", "month": MAY, "rate": Decimal(1), "source": "ECB"}
    with pytest.raises(DomainError) as refused:
        record_rate(actor=finance_controller, **told | changed)
    assert refused.value.field == field


def test_who_records_rates_and_closes_months(office_lead, business_owner):
    of_a_unit = make_person("", Role.FINANCE_CONTROLLER, role_unit=make_unit())
    for person in (office_lead, business_owner, of_a_unit):
        with pytest.raises(PermissionDenied):
            record_rate(actor=person, currency="USD", month=MAY, rate=Decimal(1), source="ECB")
        with pytest.raises(PermissionDenied):
            close_month(MAY, actor=person)


def test_a_reversal_mirrors_its_entry_once(entry, business_owner):
    reversal = reverse_entry(entry, actor=business_owner, reason="Booked twice.")
    reversal.refresh_from_db()
    assert (reversal.reporting_amount, reversal.first_on, reversal.happened_on) == (
        Decimal("-300.10"),
        entry.first_on,
        clock.today(),
    )
    for again in (entry, reversal):
        with pytest.raises(DomainError):
            reverse_entry(again, actor=business_owner, reason="Once more.")
    with pytest.raises(DomainError, match="what was wrong"):
        reverse_entry(entry, actor=business_owner, reason=" ")
    assert Event.objects.filter(name="ledger.reversed").count() == 1


def test_who_reverses(entry, executive, finance_controller):
    with pytest.raises(PermissionDenied):
        reverse_entry(entry, actor=executive, reason="Wrong.")
    assert reverse_entry(entry, actor=finance_controller, reason="Wrong.").reverses == entry


def test_what_finance_confirmed_finance_takes_back(metric, business_owner, finance_controller):
    claimed = claim(metric, business_owner)
    confirm_claim(claimed, actor=finance_controller)
    with pytest.raises(PermissionDenied):
        reverse_entry(claimed, actor=business_owner, reason="Wrong.")
    assert reverse_entry(claimed, actor=finance_controller, reason="Wrong.").amount == -1000


def test_a_closed_month_takes_nothing_more(initiative, entry, business_owner, finance_controller):
    old = post(initiative, business_owner, cost_of(5, first_on=MAY, last_on=date(2026, 5, 31)))
    across = post(initiative, business_owner, cost_of(6, first_on=MAY, last_on=date(2026, 6, 30)))
    close_month(MAY, actor=finance_controller)
    for asked in (cost_of(5, happened_on=date(2026, 5, 31)), cost_of(5, first_on=date(2026, 5, 31))):
        with pytest.raises(DomainError, match="May 2026 and all before is closed"):
            post(initiative, business_owner, asked)
    with pytest.raises(DomainError, match="April 2026 is closed already"):
        close_month(date(2026, 4, 1), actor=finance_controller)
    with pytest.raises(DomainError, match="June 2026 is not over"):
        close_month(date(2026, 6, 30), actor=finance_controller)
    taken = [reverse_entry(each, actor=business_owner, reason="Wrong.") for each in (old, across, entry)]
    assert [(each.first_on, each.last_on) for each in taken] == [
        (clock.today(), clock.today()),
        (date(2026, 6, 1), date(2026, 6, 30)),
        (date(2026, 6, 1), date(2026, 6, 30)),
    ]


def test_a_month_closes_once_its_claims_are_answered(metric, business_owner, finance_controller):
    waiting = claim(metric, business_owner)
    with pytest.raises(DomainError, match="1 claim waits"):
        close_month(MAY, actor=finance_controller)
    assert close_month(date(2026, 4, 1), actor=finance_controller)
    reverse_entry(waiting, actor=business_owner, reason="Too early.")
    close_month(MAY, actor=finance_controller)
    assert [*ClosedMonth.objects.values_list("month", flat=True)] == [MAY, date(2026, 4, 1)]


def test_the_database_refuses_what_the_actions_refuse(initiative, entry, metric, business_owner, finance_controller):
    close_month(MAY, actor=finance_controller)
    claimed = claim(metric, business_owner, first_on=date(2026, 6, 1), last_on=date(2026, 6, 14))
    columns = "initiative_id, kind, amount, currency, rate, happened_on, first_on, last_on, recorded_by_id, recorded_at"
    rest = "benefit_type, claim, evidence, reason, key, reverses_id"
    into = f"INSERT INTO value_ledgerentry ({columns}, {rest}) SELECT"
    day, person = "'2026-06-03'", business_owner.pk
    good = f"{initiative.pk}, 'run_cost', 5, 'EUR', 1, {day}, {day}, {day}, {person}, now(), '', ''"
    back = good.replace(" 5,", " -300.10,")
    bad = [
        f"{into} {good.replace(day, "'2026-05-31'", 2)}, 'e', '', 'k', NULL",
        f"{into} {good.replace(' 5,', ' -5,')}, 'e', '', 'k', NULL",
        f"{into} {good.replace('EUR', 'eur')}, 'e', '', 'k', NULL",
        f"{into} {good}, '', '', 'k', NULL",
        f"{into} {good.replace('run_cost', 'benefit')}, 'e', '', 'k', NULL",
        f"{into} {back}, '', 'r', '', {entry.pk}",
        f"{into} {good.replace(' 5,', ' -5,')}, '', 'r', '', {entry.pk}",
        f"DELETE FROM value_openclaim WHERE entry_id = {claimed.pk}",
        f"INSERT INTO value_closedmonth (month, closed_by_id, closed_at) VALUES ('2026-04-01', {person}, now())",
        *(
            f"{deed} {table}{rest}"
            for table in ("value_ledgerentry", "value_closedmonth")
            for deed, rest in (("UPDATE", " SET id = id"), ("DELETE FROM", ""), ("TRUNCATE", " CASCADE"))
        ),
    ]
    for statement in bad:
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute(f"{into} {good}, 'e', '', 'k', NULL")
    assert OpenClaim.objects.get().entry == claimed


def test_a_quantity_is_worth_what_finance_says(saved, hours, business_owner, finance_controller):
    made = claim(saved, business_owner, quantity=Decimal("12.5"))
    assert (made.amount, made.benefit_type, made.is_comparable) == (500, "capacity", True)
    told = {"actor": finance_controller, "benefit_type": "capacity", "method": "Anew.", "evidence": "Rates"}
    approve_unit_value(hours, amount=Decimal(50), starts_on=date(2026, 5, 15), **told)
    assert claim(saved, business_owner, quantity=Decimal(1)).amount == 40
    assert claim(saved, business_owner, quantity=Decimal(1), first_on=date(2026, 5, 15)).amount == 50
    approve_unit_value(hours, amount=Decimal(60), starts_on=date(2026, 5, 15), ends_on=date(2026, 5, 20), **told)
    with pytest.raises(DomainError, match="no value of one “Hours saved” for 25"):
        claim(saved, business_owner, quantity=Decimal(1), first_on=date(2026, 5, 25))
    same = claim_of(saved, quantity=Decimal(3), key="M")
    assert post(saved.initiative, business_owner, same) == post(saved.initiative, business_owner, same)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"quantity": Decimal(-1)}, "quantity"),
        ({"quantity": Decimal(1), "amount": Decimal(5)}, "amount"),
        ({"quantity": Decimal(1), "currency": "USD"}, "amount"),
        ({"quantity": None, "amount": Decimal(5), "benefit_type": "luck"}, "benefit_type"),
        ({"claim": ""}, "claim"),
        ({"method": ""}, "method"),
        ({"metric": None}, "metric"),
        ({"last_on": date(2026, 6, 16)}, "last_on"),
    ],
)
def test_claims_that_cannot_be(saved, business_owner, changed, field):
    asked = replace(claim_of(saved, quantity=Decimal(1)), **changed)
    with pytest.raises(DomainError) as refused:
        post(saved.initiative, business_owner, asked)
    assert refused.value.field == field


def test_what_is_not_comparable_says_so(metric, saved, business_owner, hours):
    with pytest.raises(DomainError, match="not comparable"):
        claim(metric, business_owner, quantity=Decimal(1))
    assert not claim(metric, business_owner).is_comparable
    with pytest.raises(DomainError, match="It counts stops, lower is better"):
        match_metric(metric, hours, actor=business_owner)
    type(saved).objects.filter(pk=saved.pk).update(unit="days")
    saved.refresh_from_db()
    with pytest.raises(DomainError, match="not comparable"):
        claim(saved, business_owner, quantity=Decimal(1))


def test_a_metric_of_another_initiative_does_not_gain_here(metric, business_owner):
    other = make_initiative(owner=business_owner)
    with pytest.raises(DomainError, match="of this initiative"):
        post(other, business_owner, claim_of(metric))


def test_a_forecast_may_cover_days_to_come(metric, business_owner):
    made = claim(metric, business_owner, claim="forecast", last_on=date(2027, 4, 30))
    assert (made.claim, OpenClaim.objects.exists()) == ("forecast", False)


def test_who_sees_entries(entry, business_owner, finance_controller, executive, requester):
    seen = {person: LedgerEntry.objects.visible_to(person).count() for person in (business_owner, finance_controller)}
    assert {*seen.values()} == {1}
    of_another = make_person("", Role.FINANCE_CONTROLLER, role_unit=make_unit())
    assert not LedgerEntry.objects.visible_to(of_another).exists()
    assert not LedgerEntry.objects.visible_to(requester).exists()
    Initiative.objects.update(is_confidential=True)
    assert not LedgerEntry.objects.visible_to(executive).exists()
    assert LedgerEntry.objects.visible_to(business_owner).exists()


def test_the_office_day_counts(initiative, business_owner, settings):
    """Half past ten in the evening by UTC is the next day, and here the next month, in Berlin, where the office is."""
    settings.TIME_ZONE = "Europe/Berlin"
    with clock.fixed_at(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)):
        entry = post(initiative, business_owner, cost_of(5))
    assert entry.first_on == date(2026, 7, 1)
