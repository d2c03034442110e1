"""The catalogue of metrics: who keeps it, what finance says one is worth, and what an odd metric may be."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.utils import Error

from aiso.accounts.models import Role
from aiso.errors import DomainError
from portfolio.models import OutcomeMetric
from tests.factories import make_person, make_unit
from value.actions.catalogue import (
    add_catalogue_metric,
    approve_unit_value,
    edit_catalogue_metric,
    match_metric,
)
from value.comparing import compared
from value.models import CatalogueLink, CatalogueMetric, UnitValue

WORTH = {
    "amount": Decimal(40),
    "benefit_type": "capacity",
    "starts_on": date(2026, 1, 1),
    "method": "Mean cost of an hour.",
    "evidence": "Cost rates of 2026",
}


def test_who_keeps_it(office_member, finance_controller, business_owner, executive):
    kept = [
        add_catalogue_metric(actor=person, name=f"Metric of {person}", unit="calls", direction="down")
        for person in (office_member, finance_controller)
    ]
    assert [*CatalogueMetric.objects.order_by("pk")] == kept
    for person in (business_owner, executive, make_person("", Role.OFFICE_LEAD, role_unit=make_unit())):
        with pytest.raises(PermissionDenied):
            add_catalogue_metric(actor=person, name="Calls", unit="calls", direction="down")
        with pytest.raises(PermissionDenied):
            edit_catalogue_metric(kept[0], actor=person, name="Calls", about="", is_active=True)


def test_what_it_counts_stays(hours, office_lead):
    edited = edit_catalogue_metric(hours, actor=office_lead, name="Hours set free", about="Paid ones.", is_active=False)
    assert (edited.name, edited.is_active) == ("Hours set free", False)
    assert hours.events.count() == 2
    with pytest.raises(ValidationError):
        add_catalogue_metric(actor=office_lead, name="HOURS set free", unit="hours", direction="up")
    for statement in ("UPDATE value_cataloguemetric SET unit = 'days'", "DELETE FROM value_cataloguemetric"):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_finance_alone_says_what_one_is_worth(hours, office_lead, finance_controller):
    with pytest.raises(PermissionDenied):
        approve_unit_value(hours, actor=office_lead, **WORTH)
    for wrong in ({"amount": Decimal(0)}, {"method": " "}, {"ends_on": date(2025, 12, 31)}, {"benefit_type": "luck"}):
        with pytest.raises(ValidationError):
            approve_unit_value(hours, actor=finance_controller, **WORTH | wrong)
    edit_catalogue_metric(hours, actor=office_lead, name=hours.name, about="", is_active=False)
    with pytest.raises(DomainError, match="out of use"):
        approve_unit_value(hours, actor=finance_controller, **WORTH)


def test_the_latest_word_whose_day_has_come_holds(hours, finance_controller):
    later = approve_unit_value(hours, actor=finance_controller, **WORTH | {"starts_on": date(2026, 4, 1)})
    first = UnitValue.objects.earliest("pk")
    on = {day: UnitValue.objects.on(day).first() for day in (date(2025, 12, 31), date(2026, 3, 31), date(2026, 4, 1))}
    assert [*on.values()] == [None, first, later]


def test_owners_match_their_metrics(saved, metric, hours, executive, business_owner, office_lead):
    with pytest.raises(PermissionDenied):
        match_metric(saved, None, actor=executive)
    assert match_metric(saved, None, actor=business_owner) is None
    assert not CatalogueLink.objects.exists()
    edit_catalogue_metric(hours, actor=office_lead, name="Hours saved", about="", is_active=False)
    hours.refresh_from_db()
    with pytest.raises(DomainError, match="out of use"):
        match_metric(saved, hours, actor=business_owner)


def test_an_odd_one_gets_a_suggestion(saved, metric, hours, office_lead, initiative):
    stops = add_catalogue_metric(actor=office_lead, name="Unplanned stops", unit="stops", direction="down")
    alien = OutcomeMetric.objects.create(initiative=initiative, name="Zebra crossings", unit="z", direction="up")
    odd = OutcomeMetric.objects.create(initiative=initiative, name="saved hours", unit="days", direction="up")
    found = {each.metric: each for each in compared([saved, metric, alien, odd])}
    assert found[saved].is_comparable
    assert (found[metric].suggested, found[metric].suggestion_fits) == (stops, True)
    assert found[alien].suggested is None
    assert (found[odd].suggested, found[odd].suggestion_fits) == (hours, False)
    OutcomeMetric.objects.filter(pk=saved.pk).update(unit="days")
    [changed] = compared(OutcomeMetric.objects.filter(pk=saved.pk))
    assert changed.counts_differently


def test_many_metrics_cost_two_queries(saved, metric, hours, django_assert_num_queries):
    with django_assert_num_queries(2):
        compared([saved, metric])
