"""What was measured, and finance's word on it: actions, pages, API."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import Error
from django.test.utils import CaptureQueriesContext

from aiso.accounts.models import Role
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from aiso.web import figures
from aiso.web.work import work_of
from portfolio.actions.measure_outcomes import edit_outcome_metric, remove_outcome_metric
from portfolio.models import Initiative
from stagegates.known import read_known
from tests.api.conftest import Script, make_api_token
from tests.factories import grant, make_initiative, make_ownership, make_person, make_unit
from tests.value.conftest import DAY
from value.actions.measure import confirm_measurement, record_measurement, reject_measurement
from value.known import FACT
from value.measurement_list import state_of
from value.models import Measurement, MeasurementAnswer
from value.tasks import tell_of_measurement
from value.work import answerable_by

MEASURED = {"value": Decimal(12), "measured_on": DAY, "method": "Log of the month"}


def known(initiative: Initiative) -> tuple[bool, str]:
    found = read_known([FACT], [initiative])[initiative.pk, FACT]
    return found.is_met, found.says


def test_an_owner_measures_and_finance_confirms(metric, measurement, business_owner, finance_controller):
    assert (state_of(measurement), measurement.recorded_by) == ("waiting", business_owner)
    answer = confirm_measurement(measurement, actor=finance_controller, note="As in the log.")
    assert (answer.is_confirmed, answer.baseline, answer.unit) == (True, metric.baseline, "stops")
    measurement = Measurement.objects.get()
    assert (state_of(measurement), Measurement.objects.confirmed().count()) == ("confirmed", 1)
    told = Event.objects.filter(name__startswith="measurement.").order_by("pk")
    assert [(event.name, event.payload["measurement"]) for event in told] == [
        ("measurement.recorded", measurement.pk),
        ("measurement.confirmed", measurement.pk),
    ]


@pytest.mark.parametrize("role", [Role.FINANCE_CONTROLLER, Role.EXECUTIVE, Role.AUDITOR, Role.RISK_REVIEWER])
def test_only_owners_and_the_office_measure(metric, role):
    person = make_person()
    grant(person, role)
    with pytest.raises(PermissionDenied):
        record_measurement(metric, actor=person, **MEASURED)


def test_the_office_measures_too(metric, office_member):
    assert record_measurement(metric, actor=office_member, **MEASURED).recorded_by == office_member


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"measured_on": date(2026, 6, 16)}, "measured_on"),
        ({"measured_on": date(2026, 3, 2)}, "measured_on"),
        ({"method": "  "}, "method"),
    ],
)
def test_what_cannot_be_is_refused(metric, business_owner, changed, field):
    with pytest.raises(DomainError) as refused:
        record_measurement(metric, actor=business_owner, **MEASURED | changed)
    assert refused.value.field == field
    assert not Measurement.objects.exists()


def refused_answer(measurement: Measurement, person) -> None:
    for answer in (confirm_measurement, lambda *a, **k: reject_measurement(*a, reason="No.", **k)):
        with pytest.raises(PermissionDenied):
            answer(measurement, actor=person)
    assert measurement not in answerable_by(person)


def test_nobody_confirms_what_they_measured_own_or_requested(metric, measurement, business_owner):
    grant(business_owner, Role.FINANCE_CONTROLLER)
    refused_answer(measurement, business_owner)
    deputy = make_person()
    grant(deputy, Role.FINANCE_CONTROLLER)
    make_ownership(metric.initiative, deputy, is_deputy=True)
    refused_answer(measurement, deputy)


def test_only_finance_confirms(measurement, office_lead, executive, auditor, service_account):
    grant(service_account, Role.FINANCE_CONTROLLER)
    for person in (office_lead, executive, auditor, service_account, make_person()):
        refused_answer(measurement, person)


def test_finance_of_another_unit_does_not(measurement):
    person = make_person()
    grant(person, Role.FINANCE_CONTROLLER, unit=make_unit())
    refused_answer(measurement, person)


def test_nothing_is_answered_twice(measurement, finance_controller):
    confirm_measurement(measurement, actor=finance_controller)
    for again in (
        lambda: confirm_measurement(measurement, actor=finance_controller),
        lambda: reject_measurement(measurement, actor=finance_controller, reason="On second thought."),
    ):
        with pytest.raises(DomainError, match="confirmed it on"):
            again()
    assert MeasurementAnswer.objects.count() == 1


def test_a_rejection_says_why(measurement, finance_controller):
    with pytest.raises(DomainError):
        reject_measurement(measurement, actor=finance_controller, reason=" ")
    reject_measurement(measurement, actor=finance_controller, reason="Half a month.")
    assert state_of(Measurement.objects.get()) == "rejected"


def test_without_a_baseline_nothing_is_confirmed(metric, business_owner, finance_controller):
    type(metric).objects.update(baseline=None, baseline_on=None)
    metric.refresh_from_db()
    measured = record_measurement(metric, actor=business_owner, **MEASURED)
    with pytest.raises(DomainError, match="no baseline"):
        confirm_measurement(measured, actor=finance_controller)


def test_a_correction_takes_its_place_and_is_answered_anew(metric, measurement, business_owner, finance_controller):
    confirm_measurement(measurement, actor=finance_controller)
    later = record_measurement(metric, actor=business_owner, corrects=measurement, **MEASURED | {"value": Decimal(13)})
    assert [state_of(each) for each in Measurement.objects.order_by("pk")] == ["corrected", "waiting"]
    with pytest.raises(DomainError, match="corrected already"):
        record_measurement(metric, actor=business_owner, corrects=measurement, **MEASURED)
    reject_measurement(later, actor=finance_controller, reason="No.")
    assert not Measurement.objects.confirmed()


def test_one_of_another_metric_is_no_correction(metric, measurement, business_owner):
    other = type(metric).objects.create(initiative=metric.initiative, name="Calls", unit="calls", direction="up")
    with pytest.raises(DomainError, match="same metric"):
        record_measurement(other, actor=business_owner, corrects=measurement, **MEASURED)


def test_a_corrected_one_is_not_answered(metric, measurement, business_owner, finance_controller):
    record_measurement(metric, actor=business_owner, corrects=measurement, **MEASURED)
    with pytest.raises(DomainError, match="later measurement"):
        confirm_measurement(measurement, actor=finance_controller)


def test_the_database_keeps_what_was_measured_and_said(measurement, finance_controller):
    confirm_measurement(measurement, actor=finance_controller)
    for table in ("value_measurement", "value_measurementanswer"):
        for deed in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(deed)


def test_a_measured_metric_is_not_taken_away(metric, measurement, business_owner, client):
    with pytest.raises(DomainError, match="was measured"):
        remove_outcome_metric(metric, actor=business_owner)
    client.force_login(business_owner)
    page = client.post(f"{metric.initiative.get_absolute_url()}outcomes/{metric.pk}/remove/", follow=True)
    assert b"was measured, and what was measured stays" in page.content


def test_it_is_known_at_the_gate_once_finance_agrees(metric, measurement, business_owner, finance_controller):
    initiative = metric.initiative
    assert known(initiative) == (False, f"Stops a month: 12 on {figures.day(DAY)}, from 14; waits for finance")
    confirm_measurement(measurement, actor=finance_controller)
    assert known(initiative) == (True, f"Stops a month: 12 on {figures.day(DAY)}, from 14; confirmed by finance")
    edit_outcome_metric(metric, actor=business_owner, baseline=Decimal(13))
    assert known(initiative)[0] is False
    assert not Measurement.objects.confirmed()


@pytest.mark.parametrize(("value", "says"), [(14, "no improvement"), (15, "no improvement")])
def test_what_is_not_better_is_no_evidence(metric, business_owner, finance_controller, value, says):
    worse = record_measurement(metric, actor=business_owner, **MEASURED | {"value": Decimal(value)})
    confirm_measurement(worse, actor=finance_controller)
    is_met, told = known(metric.initiative)
    assert (is_met, says in told) == (False, True)


def test_the_latest_day_counts(metric, measurement, business_owner, finance_controller):
    confirm_measurement(measurement, actor=finance_controller)
    later = MEASURED | {"measured_on": DAY + timedelta(days=1), "value": Decimal(15)}
    record_measurement(metric, actor=business_owner, **later)
    assert known(metric.initiative)[0] is False


def test_nothing_measured_says_so(metric, initiative):
    assert known(initiative) == (False, "Nothing is measured yet: Stops a month")
    assert known(make_initiative()) == (False, "No outcome metric yet")


def test_many_initiatives_cost_two_queries(metric, measurement, django_assert_num_queries):
    rows = [metric.initiative, *(make_initiative() for _ in range(5))]
    with django_assert_num_queries(2):
        read_known([FACT], rows)


def test_who_is_concerned_is_told(measurement, business_owner, finance_controller):
    def told() -> set[str]:
        event = Event.objects.filter(name__startswith="measurement.").latest("pk")
        tell_of_measurement(event.pk)
        tell_of_measurement(event.pk)
        return {*Notification.objects.filter(event=event).values_list("person__email", flat=True)}

    assert told() == {finance_controller.email}
    assert "Confirm what was measured: Stops a month" in [item.what for item in work_of(finance_controller)]
    reject_measurement(measurement, actor=finance_controller, reason="Half a month.")
    assert told() == {business_owner.email}
    assert not [item for item in work_of(finance_controller) if "measured" in item.what]


def test_pages(metric, measurement, business_owner, finance_controller, client):
    client.force_login(business_owner)
    tab = client.get(f"{metric.initiative.get_absolute_url()}measurements/")
    assert b"better by 2" in tab.content
    assert b"Waits for finance" in tab.content
    new = f"{metric.initiative.get_absolute_url()}measurements/{metric.pk}/new/"
    assert client.post(new, {"value": "x", "measured_on": DAY, "method": "Log"}).status_code == 422
    assert client.post(new, {"value": "11", "measured_on": "2026-06-12", "method": "Log"}).status_code == 302
    here = measurement.get_absolute_url()
    assert client.post(f"{here}confirm/").status_code == 403
    client.force_login(finance_controller)
    assert client.post(f"{here}reject/", {"reason": ""}).status_code == 422
    assert client.post(f"{here}confirm/", {"note": ""}).status_code == 302
    page = client.get(here).content.decode()
    assert "confirmed it on" in page
    assert "Next, 1 left" in page
    listed = client.get("/measurements/").content.decode()
    assert listed.count("data-row") == 1
    rows = b"".join(client.get("/measurements/export/?state=all&format=csv").streaming_content).decode()
    assert rows.count(metric.initiative.reference) == 2


def test_what_is_confidential_stays_so(metric, measurement, client, finance_controller):
    Initiative.objects.update(is_confidential=True)
    client.force_login(make_person())
    for path in (measurement.get_absolute_url(), f"{measurement.get_absolute_url()}confirm/"):
        assert client.get(path).status_code in (404, 405)
    assert "Stops a month" not in client.get("/measurements/?state=all").content.decode()
    assert not answerable_by(finance_controller)


def test_a_page_costs_the_same_with_more_rows(metric, business_owner, finance_controller, client):
    client.force_login(finance_controller)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get("/measurements/?state=all").status_code == 200
        return len(found)

    def measure(times: int) -> None:
        for number in range(times):
            record_measurement(metric, actor=business_owner, **MEASURED | {"value": Decimal(number)})

    measure(2)
    queries()
    few = queries()
    measure(20)
    assert queries() == few


def test_the_api_does_the_same(metric, business_owner, finance_controller):
    owner, finance = (Script(make_api_token(person)[1]) for person in (business_owner, finance_controller))
    below = f"/api/v1/initiatives/{metric.initiative.reference}/measurements/"
    sent = {"metric": metric.pk, "value": "12", "measured_on": "2026-06-10", "method": "Log"}
    assert finance.post(below, sent).status_code == 403
    made = owner.post(below, sent)
    assert (made.status_code, made.json()["state"], made.json()["gained"]) == (201, "waiting", "2.0000")
    here = made["Location"]
    assert owner.post(f"{here}confirm/", {}).status_code == 403
    assert finance.post(f"{here}reject/", {}).status_code == 422
    assert finance.post(f"{here}confirm/", {}).json()["state"] == "confirmed"
    assert finance.post(f"{here}confirm/", {}).status_code == 409
    other = make_initiative()
    assert owner.post(f"/api/v1/initiatives/{other.reference}/measurements/", sent).status_code in (403, 404)
    assert [row["id"] for row in finance.get("/api/v1/measurements/?state=confirmed").json()["results"]] == [
        made.json()["id"]
    ]
    assert finance.get("/api/v1/measurements/?state=mine").json()["results"] == []
