"""The pages and the pre-read of the value and risk review, and what its minutes keep."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso import clock
from forums.actions.live import record_item, settle_item, show_item
from forums.actions.minutes import close_meeting
from forums.item_page import sections_of, told_of
from portfolio.models import Initiative
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_person, make_risk
from value.actions.claims import confirm_claim
from value.review.gathered import LISTED

from ..factories import claim
from .conftest import BEFORE, LAST, add_metric, cost, item_of, measure

JUNE = date(2027, 6, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def agenda(meeting, running, business_owner, finance):
    """One item of each kind, with something in the lists, and one about a negative net value."""
    metric = add_metric(running)
    measure(metric, 15, date(2027, 6, 1), business_owner)
    claim(metric, business_owner)
    make_risk(running, business_owner, "Late", due_on=date(2027, 6, 1))
    secret = make_initiative("Secret one", stage="scale", owner=business_owner, is_confidential=True)
    make_risk(secret, business_owner, "Secret risk", due_on=date(2027, 6, 1))
    for days in (BEFORE, LAST):
        cost(running, 100, days, finance)
    items = {source: item_of(meeting, source) for source in LISTED}
    net = item_of(meeting, "net_value_negative", initiative=running, key=f"net-{running.pk}")
    return items | {"net_value_negative": net}


def page(client, person, item):
    client.force_login(person)
    answer = client.get(item.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_list_stands_on_its_page_with_what_mends_it(client, agenda, chair, running):
    html = page(client, chair, agenda["outcomes_off_target"])
    metric = running.outcome_metrics.get()
    assert "Worse than the baseline" in html
    # To record is for those who may; the others see what was measured.
    record = reverse("value:measurement_record", args=[running.reference, metric.pk])
    assert record not in html
    assert reverse("value:initiative_measurements", args=[running.reference]) in html
    assert f'>See<span class="visually-hidden">: {running.reference} Stops</span>' in html
    assert '<caption class="visually-hidden">Outcome: 1 outcome: 1 worse than the baseline.</caption>' in html
    office = make_person("Olga Office", "office_member")
    assert record in page(client, office, agenda["outcomes_off_target"])
    html = page(client, chair, agenda["risks_to_look_at"])
    assert "1 risk; appetite is 9." in html
    assert "Secret" not in html
    assert f"{running.get_absolute_url()}risks/" in html


def test_money_is_for_those_who_see_it(client, agenda, chair, finance, business_owner):
    html = page(client, finance, agenda["claims_waiting"])
    assert "1 claim, the oldest since today." in html
    assert "1,000" in html or "1.0" in html
    assert "Nothing any more, or nothing that you may see." in page(client, chair, agenda["claims_waiting"])
    item = agenda["net_value_negative"]
    for person in (finance, business_owner):
        assert "No data" in page(client, person, item) or "−100" in page(client, person, item)
    html = page(client, chair, item)
    assert "for those who see the money" in html
    assert "100" not in html.split("Net value</")[-1].split("</section>")[0]


def test_the_pre_read_tells_the_same(agenda, meeting, chair, finance, stranger):
    def told(person):
        answer = Script(make_api_token(person)[1]).get(f"meetings/{meeting.pk}/pre-read/")
        assert answer.status_code == 200, answer.content
        return {each["item"]["source"]: each["sections"] for each in answer.json()["results"]}

    [row] = told(chair)["outcomes_off_target"]["review_rows"]["rows"]
    assert (row["kind"], row["state"], row["amount"]) == ("worse", "Worse than the baseline", None)
    assert row["initiatives"][0]["name"] == "Reading invoices"
    assert told(chair)["claims_waiting"]["review_rows"]["rows"] == []
    [row] = told(finance)["claims_waiting"]["review_rows"]["rows"]
    assert row["amount"] == "1000.00"
    assert told(finance)["net_value_negative"]["net_value"]["last"]["net"] == "-100.00"
    assert told(chair)["net_value_negative"]["net_value"] is None
    for person in (chair, stranger):
        rows = told(person)["risks_to_look_at"]["review_rows"]["rows"]
        assert [row["what"] for row in rows] == ["Late"]


def test_more_items_and_rows_cost_the_same(agenda, meeting, chair, finance, business_owner):
    def cost_of(person):
        items = [*meeting.items.select_related("initiative", "forum", "meeting")]
        with CaptureQueriesContext(connection) as queries:
            sections_of(items, person)
            told_of(items, person)
        return len(queries)

    people = (chair, finance)
    [cost_of(person) for person in people]
    few = [cost_of(person) for person in people]
    for _ in range(4):
        initiative = make_initiative(stage="scale", since=date(2027, 1, 1), owner=make_person())
        metric = add_metric(initiative)
        measure(metric, 15, date(2027, 6, 1), initiative.business_owner)
        claim(metric, initiative.business_owner)
        make_risk(initiative, make_person(), due_on=date(2027, 6, 1))
        cost(initiative, 100, LAST, finance)
        item_of(meeting, "net_value_negative", initiative=initiative, key=f"net-{initiative.pk}")
    assert [cost_of(person) for person in people] == few


def test_minutes_keep_what_was_told_and_agreed(client, agenda, meeting, chair, finance, stranger, running):
    settle_item(agenda["risks_to_look_at"], actor=chair, result="Owners answer by Friday")
    settle_item(agenda["claims_waiting"], actor=chair, result="Finance answers this week")
    told = {"outcome": "hold", "rationale": "Until the licence ends.", "by_consent": "on"}
    record_item(agenda["net_value_negative"], actor=chair, data=told)
    minutes = close_meeting(meeting, actor=chair)
    confirm_claim(running.ledger_entries.get(kind="benefit"), actor=finance)
    facts = {each["title"]: [*each["facts"]] for each in minutes.content["items"]}
    assert [each["text"] for each in facts["risks_to_look_at"]] == [
        "1 risk; appetite is 9.",
        f"{running.reference}: Late (Past its day)",
    ]
    [counted] = facts["claims_waiting"]
    assert counted["text"].startswith("1 claim, the oldest since today")
    assert [each["text"] for each in facts["net_value_negative"]] == [
        "Hold, by general consent",
        "Until the licence ends.",
    ]
    assert "Secret risk" not in str(minutes.content)
    client.force_login(stranger)
    html = client.get(reverse("forums:meeting_minutes", args=[meeting.pk])).content.decode()
    assert "Past its day" in html
    assert "Hold, by general consent" in html


def test_minutes_tell_nothing_of_what_was_not_reached(client, agenda, meeting, chair):
    settle_item(agenda["risks_to_look_at"], actor=chair, result="Owners answer by Friday")
    shown, moment = agenda["outcomes_off_target"], clock.now()
    show_item(shown, actor=chair)
    with clock.fixed_at(moment + timedelta(minutes=3)):
        minutes = close_meeting(meeting, actor=chair)
    told = [each["title"] for each in minutes.content["items"] if each["facts"]]
    assert sorted(told) == ["outcomes_off_target", "risks_to_look_at"]
    client.force_login(chair)
    html = client.get(reverse("forums:meeting_minutes", args=[meeting.pk])).content.decode()
    spoken, unreached = html.split("Not reached, back to the backlog")
    assert "incident_actions" in unreached
    assert "incident_actions" not in spoken
    assert "outcomes_off_target" in spoken
    assert spoken.count("Took part") == 2


def test_net_value_without_all_run_costs_is_incomplete(client, agenda, meeting, finance):
    """In production from January to June, with a run cost in January and April."""
    item = agenda["net_value_negative"]
    html = page(client, finance, item)
    assert html.count("Incomplete") == 3
    assert "Run cost is missing for February, March, May and June 2027" in html
    answer = Script(make_api_token(finance)[1]).get(f"meetings/{meeting.pk}/pre-read/{item.pk}/").json()
    told = answer["sections"]["net_value"]
    assert [told[name]["missing_months"] for name in ("last", "before", "to_date")] == [3, 2, 4]
    for days in ((date(2027, 2, 1), date(2027, 3, 17)), (date(2027, 3, 18), date(2027, 6, 15))):
        cost(item.initiative, 10, days, finance)
    html = page(client, finance, item)
    assert "Incomplete" not in html
    assert "Months without a run cost" not in html


def test_all_outcomes_are_counted_and_the_list_leads_to_them(client, agenda, chair, stranger, business_owner):
    for number in range(1, 30):
        measure(add_metric(Initiative.objects.get(name="Reading invoices"), f"M{number}"), 15, JUNE, business_owner)
    secret = Initiative.objects.get(name="Secret one")
    measure(add_metric(secret, "Hidden metric"), 15, JUNE, business_owner)
    item = agenda["outcomes_off_target"]
    html = page(client, chair, item)
    assert "30 outcomes: 30 worse than the baseline." in html
    address = f"{reverse('value:review_outcomes')}?item={item.pk}"
    assert f'<a href="{address}">all 30 outcomes</a>' in html
    for url in (address, reverse("value:review_outcomes")):
        html = client.get(url).content.decode()
        assert html.count("M2") == 2 * 11
        assert "And more" not in html
        assert "Hidden metric" not in html
    assert client.get(f"{address}&page=2").status_code == 200
    client.force_login(stranger)
    assert client.get(reverse("value:review_outcomes")).status_code == 200
    assert client.get(f"{reverse('value:review_outcomes')}?item={agenda['claims_waiting'].pk}").status_code == 404
