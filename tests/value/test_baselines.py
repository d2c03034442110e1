"""Baselines, confirmed by somebody who has no part in them: the action, pages, the queue, the API."""

from datetime import timedelta
from decimal import Decimal

import pghistory
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import Error
from django.test.utils import CaptureQueriesContext

from aiso import clock
from aiso.accounts.models import Role
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from aiso.web.work import work_of
from portfolio.actions.measure_outcomes import add_outcome_metric, edit_outcome_metric, remove_outcome_metric
from portfolio.models import Initiative, OutcomeMetric
from tests.api.conftest import Script, make_api_token
from tests.factories import grant, make_initiative, make_ownership, make_person, make_unit, move_stage
from value.actions.baselines import confirm_baseline
from value.baselines import baselines_of, waiting_for
from value.models import BaselineConfirmation
from value.tasks import tell_of_baseline

from .factories import claim


@pytest.fixture
def built(metric) -> OutcomeMetric:
    """The metric of an initiative that is being built."""
    move_stage(metric.initiative, "build")
    metric.initiative.refresh_from_db()
    return metric


def state_of(metric: OutcomeMetric) -> str:
    metric.refresh_from_db()
    return baselines_of([metric])[metric.pk].state


def test_somebody_apart_confirms_it_as_it_is(built, finance_controller):
    assert state_of(built) == "unconfirmed"
    confirmation = confirm_baseline(built, actor=finance_controller, note=" As in the log. ")
    assert (confirmation.baseline, confirmation.baseline_source, confirmation.unit) == (14, "maintenance log", "stops")
    assert (confirmation.is_after_launch, confirmation.note, state_of(built)) == (False, "As in the log.", "confirmed")
    event = Event.objects.get(name="baseline.confirmed")
    assert event.payload["metric"] == built.pk
    with pytest.raises(DomainError, match="confirmed it on"):
        confirm_baseline(built, actor=finance_controller)


def test_after_launch_it_says_so(built, office_member):
    move_stage(built.initiative, "limited_rollout")
    assert confirm_baseline(built, actor=office_member).is_after_launch
    assert "after launch" in str(BaselineConfirmation.objects.get())


@pytest.mark.parametrize(
    "changed", [{"baseline": Decimal(15)}, {"baseline_source": "another log"}, {"unit": "hours"}, {"direction": "up"}]
)
def test_a_later_change_makes_it_void(built, business_owner, finance_controller, changed):
    confirm_baseline(built, actor=finance_controller)
    edit_outcome_metric(built, actor=business_owner, **changed)
    assert state_of(built) == "changed"
    assert built in waiting_for(finance_controller)
    confirm_baseline(built, actor=finance_controller)
    assert (state_of(built), BaselineConfirmation.objects.count()) == ("confirmed", 2)


def test_another_target_changes_nothing(built, business_owner, finance_controller):
    confirm_baseline(built, actor=finance_controller)
    edit_outcome_metric(built, actor=business_owner, target=Decimal(7))
    assert state_of(built) == "confirmed"


def refused(metric, person) -> None:
    with pytest.raises(PermissionDenied):
        confirm_baseline(metric, actor=person)
    assert metric not in waiting_for(person)


@pytest.mark.parametrize("role", [Role.FINANCE_CONTROLLER, Role.OFFICE_MEMBER])
def test_nobody_confirms_what_they_own_or_deputise_for(built, business_owner, role):
    grant(business_owner, role)
    refused(built, business_owner)
    deputy = make_person("", role)
    make_ownership(built.initiative, deputy, is_deputy=True)
    refused(built, deputy)


def test_nobody_confirms_what_they_wrote(built, office_member, office_lead):
    with pghistory.context(user=office_member.pk):
        edit_outcome_metric(built, actor=office_member, baseline=Decimal(13))
    refused(built, office_member)
    with pghistory.context(user=office_lead.pk):
        added = add_outcome_metric(
            built.initiative,
            actor=office_lead,
            name="Calls",
            unit="calls",
            direction="up",
            baseline=Decimal(3),
            baseline_on=built.baseline_on,
            baseline_source="Log",
        )
    refused(added, office_lead)
    assert confirm_baseline(added, actor=office_member)
    assert confirm_baseline(OutcomeMetric.objects.get(pk=built.pk), actor=office_lead)


def test_only_finance_and_the_office_where_they_reach(built, executive, auditor, service_account):
    grant(service_account, Role.FINANCE_CONTROLLER)
    grant(auditor, Role.FINANCE_CONTROLLER)
    elsewhere = make_person("", Role.FINANCE_CONTROLLER, Role.OFFICE_MEMBER, role_unit=make_unit())
    for person in (executive, auditor, service_account, elsewhere, make_person()):
        refused(built, person)


def test_what_has_none_is_not_confirmed(built, finance_controller):
    OutcomeMetric.objects.update(baseline=None, baseline_on=None)
    built.refresh_from_db()
    assert state_of(built) == "missing"
    with pytest.raises(DomainError, match="no baseline"):
        confirm_baseline(built, actor=finance_controller)
    assert not waiting_for(finance_controller)


def test_it_waits_once_intake_is_over(metric, finance_controller):
    assert not waiting_for(finance_controller)
    move_stage(metric.initiative, "discovery")
    assert [*waiting_for(finance_controller)] == [metric]
    move_stage(metric.initiative, "closed", clock.today() + timedelta(days=1))
    assert not waiting_for(finance_controller)


def test_the_database_keeps_it(built, finance_controller):
    confirm_baseline(built, actor=finance_controller)
    table = "value_baselineconfirmation"
    for deed in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(deed)


def test_a_metric_with_a_confirmed_baseline_stays(built, business_owner, finance_controller):
    confirm_baseline(built, actor=finance_controller)
    with pytest.raises(DomainError, match="stays"):
        remove_outcome_metric(built, actor=business_owner)


def test_who_is_concerned_is_told(built, business_owner, finance_controller, office_lead):
    def told(name: str) -> set[str]:
        event = Event.objects.filter(name=name).latest("pk")
        tell_of_baseline(event.pk)
        tell_of_baseline(event.pk)
        return {*Notification.objects.filter(event=event).values_list("person__email", flat=True)}

    edit_outcome_metric(built, actor=business_owner, target=Decimal(8))
    assert told("metric.edited") == set()
    edit_outcome_metric(built, actor=business_owner, baseline=Decimal(13))
    assert told("metric.edited") == {finance_controller.email}
    assert "Confirm a baseline: Stops a month" in [item.what for item in work_of(finance_controller)]
    assert "Confirm a baseline: Stops a month" not in [item.what for item in work_of(office_lead)]
    built.refresh_from_db()
    confirm_baseline(built, actor=finance_controller)
    assert told("baseline.confirmed") == {business_owner.email}


def test_pages(built, business_owner, finance_controller, client):
    here = f"{built.initiative.get_absolute_url()}measurements/"
    deed = f"{here}{built.pk}/baseline/"
    client.force_login(business_owner)
    assert "Confirm the baseline" not in client.get(here).content.decode()
    assert client.post(deed).status_code == 403
    assert client.get("/baselines/").status_code == 403
    client.force_login(finance_controller)
    assert "1 baseline waits" in " ".join(client.get("/baselines/").content.decode().split())
    assert "Confirm the baseline" in client.get(here).content.decode()
    assert client.post(deed, {"note": "Seen."}).status_code == 302
    page = client.get(here).content.decode()
    assert str(finance_controller) in page
    assert "Confirm the baseline" not in page
    assert "No baseline waits" in client.get("/baselines/").content.decode()
    built.initiative.is_confidential = True
    built.initiative.save()
    client.force_login(make_person("", Role.OFFICE_MEMBER, role_unit=make_unit()))
    assert client.post(deed).status_code == 404


def test_finance_is_warned_of_a_claim_without_one(built, business_owner, finance_controller, client):
    entry = claim(built, business_owner)
    client.force_login(finance_controller)
    assert "baseline not confirmed" in client.get("/claims/").content.decode()
    assert "not confirmed" in client.get(entry.get_absolute_url()).content.decode()
    confirm_baseline(built, actor=finance_controller)
    assert "baseline not confirmed" not in client.get("/claims/").content.decode()
    OutcomeMetric.objects.update(baseline=Decimal(20))
    assert "baseline changed since" in client.get("/claims/").content.decode()
    assert "changed since" in client.get(entry.get_absolute_url()).content.decode()
    assert client.post(f"{entry.get_absolute_url()}confirm/", {}).status_code == 302


def test_the_queue_costs_the_same_with_more_rows(built, finance_controller, client):
    client.force_login(finance_controller)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get("/baselines/").status_code == 200
        return len(found)

    queries()
    few = queries()
    for number in range(5):
        other = OutcomeMetric.objects.get(pk=built.pk)
        other.pk, other.name, other.initiative = None, f"M{number}", make_initiative(stage="pilot")
        other.save()
    assert queries() == few


def test_the_api_does_the_same(built, business_owner, finance_controller):
    owner, finance = (Script(make_api_token(person)[1]) for person in (business_owner, finance_controller))
    below = f"/api/v1/initiatives/{built.initiative.reference}/baselines/"
    assert owner.get(below).json()["results"][0]["state"] == "unconfirmed"
    assert owner.post(below, {"metric": built.pk}).status_code == 403
    assert [row["metric"] for row in finance.get("/api/v1/baselines/").json()["results"]] == [built.pk]
    assert finance.post(below, {}).status_code == 422
    made = finance.post(below, {"metric": built.pk, "note": "Seen."})
    assert (made.status_code, made.json()["state"], made.json()["is_after_launch"]) == (201, "confirmed", False)
    assert finance.post(below, {"metric": built.pk}).status_code == 409
    assert finance.get("/api/v1/baselines/").json()["results"] == []
    other = make_initiative()
    elsewhere = f"/api/v1/initiatives/{other.reference}/baselines/"
    assert finance.post(elsewhere, {"metric": built.pk}).status_code == 404
    Initiative.objects.filter(pk=built.initiative_id).update(is_confidential=True)
    assert Script(make_api_token(make_person())[1]).get(below).status_code == 404
