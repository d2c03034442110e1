"""Outcome metrics: from which baseline to which target."""

from datetime import date
from decimal import Decimal

import pytest

from portfolio.models import OutcomeMetric

from .forms import events, filled_in, htmx, offered_undo, opened

pytestmark = pytest.mark.django_db
GOOD = {
    "name": "Unplanned stops",
    "unit": "a month",
    "direction": "down",
    "baseline": "14.5",
    "baseline_on": "2026-01-05",
    "baseline_source": "Service log",
    "target": "9",
    "horizon_on": "2027-03-31",
    "constraint": "Inspections stay under 300",
}


def metrics(initiative, rest: str = "new/") -> str:
    return f"{initiative.get_absolute_url()}outcomes/{rest}"


@pytest.fixture
def metric(initiative) -> OutcomeMetric:
    return OutcomeMetric.objects.create(
        initiative=initiative, name="Stops", unit="a month", direction="down", target=Decimal("9.5000")
    )


@pytest.mark.parametrize("headers", [{}, htmx("dialog")])
def test_an_owner_adds_one(client, initiative, technical_owner, headers):
    client.force_login(technical_owner)

    response = client.post(metrics(initiative), GOOD, headers=headers)

    assert response.headers["Location"] == metrics(initiative, "")
    metric = initiative.outcome_metrics.get()
    assert (metric.baseline, metric.baseline_on, metric.target) == (Decimal("14.5"), date(2026, 1, 5), 9)
    assert events("metric.added")[0].payload["metric"] == metric.pk
    assert "14.5" in client.get(metrics(initiative, "")).content.decode()


def test_a_change_is_saved_and_can_be_seen(client, initiative, metric, office_member):
    client.force_login(office_member)
    address = metrics(initiative, f"{metric.pk}/")
    data = opened(client, address)
    assert data["target"] == "9.5"

    client.post(address, data | {"target": "8"})

    metric.refresh_from_db()
    assert metric.target == 8
    assert events("metric.edited")[0].payload["fields"] == ["target"]


def test_sent_back_unchanged_it_stays(client, initiative, metric, office_member):
    client.force_login(office_member)
    address = metrics(initiative, f"{metric.pk}/")

    assert client.post(address, opened(client, address)).status_code == 302

    assert events("metric.edited") == []


@pytest.mark.parametrize("headers", [{}, htmx("dialog")])
@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"name": ""}, "This field is required"),
        ({"baseline": "many"}, "Enter a number"),
        ({"baseline_on": ""}, "needs its date and source"),
        ({"baseline_source": ""}, "needs its date and source"),
        ({"direction": "sideways"}, "Select a valid choice"),
        ({"name": "Stops"}, "already exists"),
    ],
)
def test_what_makes_no_metric_is_told(client, initiative, metric, office_member, headers, sent, told):
    client.force_login(office_member)

    response = client.post(metrics(initiative), GOOD | sent, headers=headers)

    assert response.status_code == 422
    assert told in response.content.decode()
    assert initiative.outcome_metrics.count() == 1


def test_the_second_to_change_it_chooses(client, initiative, metric, office_member):
    client.force_login(office_member)
    address = metrics(initiative, f"{metric.pk}/")
    data = opened(client, address)
    client.post(address, data | {"target": "7"})

    conflict = client.post(address, data | {"target": "5", "unit": "a week"}, headers=htmx("dialog"))

    assert conflict.status_code == 409
    metric.refresh_from_db()
    assert (metric.target, metric.unit) == (7, "a month")
    again = filled_in(conflict.content.decode())
    client.post(address, again | {"choice-target": "theirs"})
    metric.refresh_from_db()
    assert (metric.target, metric.unit) == (7, "a week")


def test_one_is_removed_and_brought_back(client, initiative, metric, office_member):
    client.force_login(office_member)

    assert client.post(metrics(initiative, f"{metric.pk}/remove/")).status_code == 302
    undo = offered_undo(client.get(metrics(initiative, "")))
    assert client.post(metrics(initiative, f"{metric.pk}/remove/")).status_code == 404
    assert len(events("metric.removed")) == 1
    client.post(undo)

    assert initiative.outcome_metrics.get().target == Decimal("9.5")


@pytest.mark.parametrize("who", ["stranger", "auditor", "finance_controller"])
def test_others_may_not(client, initiative, metric, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(metrics(initiative)).status_code == 403
    assert client.post(metrics(initiative), GOOD).status_code == 403
    assert client.post(metrics(initiative, f"{metric.pk}/"), GOOD).status_code == 403
    assert client.post(metrics(initiative, f"{metric.pk}/remove/")).status_code == 403
    assert initiative.outcome_metrics.get() == metric


def test_who_does_not_see_it_finds_nothing(client, secret, metric, stranger):
    client.force_login(stranger)
    for rest in ("new/", f"{metric.pk}/", f"{metric.pk}/remove/"):
        assert client.post(metrics(secret, rest), GOOD).status_code == 404
