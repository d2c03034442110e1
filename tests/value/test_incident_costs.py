"""What incidents cost: posted as risk loss, split by given amounts, seen with the money, reversed in the ledger."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.utils import ProgrammingError

from aiso.errors import DomainError
from portfolio.actions.report_incidents import add_initiative, report_incident
from portfolio.models import Incident
from tests.factories import make_initiative, make_person
from value.actions.cost_incidents import post_incident_cost
from value.actions.post import post_entry, reverse_entry
from value.models import IncidentCost, LedgerEntry
from value.posting import NewEntry
from value.worth import Window, worth_of

from .conftest import NOON

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 10)


@pytest.fixture
def at_noon():
    """A working day after the clocks began to hold; the fixture of this folder is before it."""
    from aiso import clock

    with clock.fixed_at(NOON.replace(year=2027)):
        yield


@pytest.fixture
def incident(initiative, business_owner) -> Incident:
    moment: datetime = NOON.replace(year=2027) - timedelta(hours=5)
    told: dict[str, Any] = {"happened_at": moment, "detected_at": moment, "detection": "user"}
    told |= {"title": "Wrong prices", "severity": "major", "what_happened": "All", "support_owner": business_owner}
    return report_incident(initiative, actor=business_owner, **told)


def cost(incident: Incident, actor, amounts, **more: Any) -> list[LedgerEntry]:
    told = {"evidence": "Credit note 7", "key": "k-1", "happened_on": date(2027, 6, 10)} | more
    return post_incident_cost(incident, actor=actor, amounts=amounts, **told)


def test_a_cost_is_a_risk_loss_of_its_day(incident, initiative, finance_controller, office_member):
    [entry] = cost(incident, finance_controller, {initiative: Decimal(900)})

    assert (entry.kind, entry.amount, entry.first_on, entry.last_on) == (
        *("risk_loss", Decimal(900)),
        *(date(2027, 6, 10), date(2027, 6, 10)),
    )
    assert entry.key == f"incident:{incident.pk}:k-1"
    assert entry.incident_cost.incident == incident
    assert incident.timeline.get(kind="cost").text == ""
    worth = worth_of([initiative.pk], Window.to_date())
    assert worth.risk_loss == Decimal(900)


def test_sent_twice_it_is_posted_once(incident, initiative, business_owner):
    first = cost(incident, business_owner, {initiative: Decimal(900)})
    assert cost(incident, business_owner, {initiative: Decimal(900)}) == first
    with pytest.raises(DomainError):
        cost(incident, business_owner, {initiative: Decimal(901)})
    assert IncidentCost.objects.count() == LedgerEntry.objects.count() == 1
    assert incident.timeline.filter(kind="cost").count() == 1


def test_a_coordinated_one_is_split_all_or_nothing(incident, initiative, office_member, business_owner):
    second = make_initiative("Second")
    add_initiative(incident, actor=office_member, initiative=second)
    with pytest.raises(PermissionDenied):
        cost(incident, business_owner, {initiative: Decimal(600), second: Decimal(300)})
    assert not LedgerEntry.objects.exists()
    entries = cost(incident, office_member, {second: Decimal(300), initiative: Decimal(600)})
    assert {each.initiative_id: each.amount for each in entries} == {initiative.pk: 600, second.pk: 300}
    with pytest.raises(DomainError, match="does not concern"):
        cost(incident, office_member, {make_initiative(): Decimal(1)}, key="k-2")


@pytest.mark.parametrize(
    "wrong", [{"evidence": " "}, {"key": ""}, {"happened_on": date(2027, 6, 16)}, {"currency": "USD"}]
)
def test_what_cannot_be_posted_leaves_nothing(incident, initiative, business_owner, wrong):
    with pytest.raises(DomainError):
        cost(incident, business_owner, {initiative: Decimal(900)}, **wrong)
    for amounts in ({}, {initiative: Decimal(0)}):
        with pytest.raises(DomainError):
            cost(incident, business_owner, amounts)
    assert not LedgerEntry.objects.exists()
    assert not incident.timeline.filter(kind="cost").exists()


def test_two_amounts_for_one_initiative_are_refused(client, incident, initiative, business_owner):
    client.force_login(business_owner)
    api = f"/api/v1/incidents/{incident.reference}/costs/"
    amounts = [{"initiative": initiative.reference, "amount": each} for each in ("50", "60")]
    told = {"amounts": amounts, "evidence": "Note", "key": "a"}
    refused = client.post(api, told, content_type="application/json")
    assert refused.status_code == 422
    assert f"{initiative.reference} stands here twice" in refused.content.decode()
    assert not LedgerEntry.objects.exists()


def test_its_keys_are_its_own(incident, initiative, business_owner):
    entry = NewEntry(
        kind=LedgerEntry.Kind.RISK_LOSS,
        amount=Decimal(900),
        currency="",
        happened_on=date(2027, 6, 10),
        first_on=date(2027, 6, 10),
        last_on=date(2027, 6, 10),
        evidence="Credit note 7",
        key=f" incident:{incident.pk}:k-1",
    )
    for _ in range(2):
        with pytest.raises(DomainError, match="kept for what incidents cost") as refused:
            post_entry(initiative, entry, actor=business_owner)
        assert refused.value.field == "key"
        cost(incident, business_owner, {initiative: Decimal(900)})
    assert LedgerEntry.objects.count() == 1


def test_it_never_changes_and_is_reversed_in_the_ledger(client, incident, initiative, business_owner, stranger):
    [entry] = cost(incident, business_owner, {initiative: Decimal(900)})
    for change in (lambda: IncidentCost.objects.update(incident=incident), lambda: IncidentCost.objects.all().delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()
    client.force_login(business_owner)
    assert "What it cost: " in client.get(incident.get_absolute_url()).content.decode()
    reverse_entry(entry, actor=business_owner, reason="Paid by the supplier.")
    page = client.get(incident.get_absolute_url()).content.decode()
    assert "What it cost: " not in page
    assert "Reversed" in page
    client.force_login(stranger)
    page = client.get(incident.get_absolute_url()).content.decode()
    assert "What it cost" not in page
    assert "900" not in page


def test_page_and_api_post_it(client, incident, initiative, business_owner, stranger):
    address = f"{incident.get_absolute_url()}costs/new/"
    sent = {
        f"amount_{initiative.pk}": "1.2k",
        "currency": "EUR",
        "happened_on": "2027-06-10",
        "evidence": "Note",
        "key": "p",
    }
    client.force_login(stranger)
    assert client.get(address).status_code == 403
    client.force_login(business_owner)
    assert client.get(address).status_code == 200
    assert client.post(address, sent | {"evidence": ""}).status_code == 422
    assert client.post(address, sent | {f"amount_{initiative.pk}": ""}).status_code == 422
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 302
    assert LedgerEntry.objects.get().amount == 1200

    api = f"/api/v1/incidents/{incident.reference}/costs/"
    body = {"amounts": [{"initiative": initiative.reference, "amount": "50"}], "evidence": "Note", "key": "a"}
    posted = client.post(api, body, content_type="application/json")
    assert posted.status_code == 201, posted.content
    assert posted.json()["results"][0]["kind"] == "risk_loss"
    assert len(client.get(api).json()["results"]) == 2
    client.force_login(stranger)
    assert client.get(api).json()["results"] == []
    assert client.post(api, body, content_type="application/json").status_code == 403
    client.force_login(make_person())
    assert LedgerEntry.objects.count() == 2
