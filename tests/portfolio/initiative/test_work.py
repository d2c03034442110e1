"""What waits for a person on My work."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso.events.models import Event, Notification
from portfolio.actions.imports.upload import upload_import
from portfolio.models import ValueMapEntry
from portfolio.work import gaps_of_own, mentions_of, upkeep_of
from tests.factories import make_initiative

pytestmark = pytest.mark.django_db


def test_an_owner_finds_the_gaps_in_what_is_theirs(client, initiative, technical_owner, stranger):
    make_initiative("Of somebody else")
    make_initiative("Ended", owner=technical_owner, stage="closed")

    [item] = gaps_of_own(technical_owner)

    assert (item.what, item.note) == ("9 gaps in", "summary, outcome metric, risk tier and 6 more")
    assert item.url == f"{initiative.get_absolute_url()}#missing"
    assert [*gaps_of_own(stranger)] == []
    client.force_login(technical_owner)
    assert initiative.name in client.get("/").content.decode()


def test_gaps_cost_one_query_however_many_initiatives(business_owner, initiative):
    def cost():
        business_owner.__dict__.pop("role_units", None)
        with CaptureQueriesContext(connection) as queries:
            [*gaps_of_own(business_owner)]
        return len(queries)

    one = cost()
    for _ in range(5):
        make_initiative(owner=business_owner)

    assert cost() == one <= 2


def test_an_unread_mention_waits_until_it_is_read(stranger, initiative):
    event = Event.objects.create(name="comment.added", payload={})
    Notification.objects.create(person=stranger, event=event, text="You were mentioned", path="/initiatives/AI-0001/")
    other = Event.objects.create(name="import.finished", payload={})
    Notification.objects.create(person=stranger, event=other, text="Done", path="/imports/1/")

    assert [item.what for item in mentions_of(stranger)] == ["You were mentioned"]
    Notification.objects.update(read_at="2026-11-21T12:00Z")
    assert [*mentions_of(stranger)] == []


def test_the_office_finds_the_registers_upkeep(client, office_lead, requester):
    make_initiative("Nobody owns it", stage="pilot")
    ValueMapEntry.objects.create(kind=ValueMapEntry.Kind.STAGE, raw="Soonish", folded="soonish")
    job = upload_import(b"Name,Unit\nPumps,Service\n", file_name="inventory.csv", actor=office_lead)

    found = {item.what: item.url for item in upkeep_of(office_lead)}

    assert [*found] == [
        "1 initiative without a stable owner",
        "1 spelling in imported files not understood",
        "Columns of inventory.csv to check",
    ]
    assert found["Columns of inventory.csv to check"] == job.get_absolute_url()
    assert [*upkeep_of(requester)] == []
    client.force_login(office_lead)
    assert "<b>3 things</b> wait for you" in client.get("/").content.decode()
