"""What an initiative is worth, as a card on its page."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_person
from value.actions.claims import confirm_claim

from .conftest import DAY
from .factories import claim, cost_of, post


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_net_value_to_date_stands_on_the_page(saved, business_owner, finance_controller, client):
    confirm_claim(claim(saved, business_owner, quantity=25), actor=finance_controller)
    claim(saved, business_owner, quantity=3)
    post(saved.initiative, business_owner, cost_of(1400, first_on=DAY, last_on=DAY))
    client.force_login(business_owner)
    page = text_of(client.get(saved.initiative.get_absolute_url()))
    card = page[page.index("<h2>Value</h2>") :][:1500]
    assert "−400 €" in card
    assert "net to date" in card
    assert "120 €" in card
    assert "claimed, waiting" in card
    assert "1,000 €" in card
    assert "benefit confirmed" in card


def test_nobody_else_sees_it(saved, business_owner, client):
    post(saved.initiative, business_owner, cost_of(1400, first_on=DAY, last_on=DAY))
    client.force_login(make_person(name="A colleague"))
    assert "net to date" not in text_of(client.get(saved.initiative.get_absolute_url()))


def test_it_costs_no_query_where_nothing_is_posted(saved, business_owner, client):
    client.force_login(business_owner)
    client.get(saved.initiative.get_absolute_url())
    with CaptureQueriesContext(
        connection,
    ) as before:
        client.get(saved.initiative.get_absolute_url())
    post(saved.initiative, business_owner, cost_of(1400, first_on=DAY, last_on=DAY))
    with CaptureQueriesContext(connection) as after:
        client.get(saved.initiative.get_absolute_url())
    assert len(after) == len(before) + 1
