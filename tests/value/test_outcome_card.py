"""Where an outcome stands now, on the card of an initiative's page."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from value.actions.baselines import confirm_baseline
from value.actions.measure import confirm_measurement, record_measurement, reject_measurement
from value.models import Measurement


def card_of(client, initiative) -> str:
    page = " ".join(client.get(initiative.get_absolute_url()).content.decode().split())
    return page[page.index("<h2>Outcome</h2>") :].split("</section>")[0]


def test_the_card_says_where_it_stands_now(metric, business_owner, finance_controller, client):
    client.force_login(business_owner)
    assert "now" not in card_of(client, metric.initiative)
    for value, day in ((12, date(2026, 6, 9)), (11, date(2026, 6, 11))):
        record_measurement(metric, actor=business_owner, value=Decimal(value), measured_on=day, method="Log")
    card = card_of(client, metric.initiative)
    for told in (">11</b> now", "measured 4 days ago", "baseline not confirmed", "target 9", ">14<"):
        assert told in card
    confirm_baseline(metric, actor=finance_controller)
    assert "confirmed baseline" in card_of(client, metric.initiative)
    first, last = Measurement.objects.order_by("measured_on")
    reject_measurement(last, actor=finance_controller, reason="Another machine.")
    confirm_measurement(first, actor=finance_controller)
    card = card_of(client, metric.initiative)
    assert (">12</b> now" in card, "measured 6 days ago" in card) == (True, True)


def test_it_costs_no_query_where_nothing_is_measured(metric, business_owner, client):
    client.force_login(business_owner)
    client.get(metric.initiative.get_absolute_url())
    with CaptureQueriesContext(connection) as before:
        client.get(metric.initiative.get_absolute_url())
    assert not [each for each in before if 'FROM "value_measurement"' in each["sql"] and "EXISTS" not in each["sql"]]
    record_measurement(metric, actor=business_owner, value=Decimal(12), measured_on=date(2026, 6, 9), method="Log")
    with CaptureQueriesContext(connection) as after:
        client.get(metric.initiative.get_absolute_url())
    assert len(after) == len(before) + 2
