"""The pages and the pre-read of the value and risk review, and what its minutes keep."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
import python_calamine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso import clock
from forums.actions.live import record_item, settle_item, show_item
from forums.actions.minutes import close_meeting
from forums.item_page import sections_of, told_of
from portfolio.models import Bucket, Initiative
from tests.api.conftest import Script, make_api_token
from tests.factories import make_entry, make_initiative, make_person, make_risk, make_unit, move_stage
from value.actions.claims import confirm_claim
from value.kept.recompute import recompute_all
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
        # As words: a token of the page may hold the same letters.
        assert len(re.findall(r"\bM2\d?\b", html)) == 2 * 11
        assert "And more" not in html
        assert "Hidden metric" not in html
    assert client.get(f"{address}&page=2").status_code == 200
    client.force_login(stranger)
    assert client.get(reverse("value:review_outcomes")).status_code == 200
    assert client.get(f"{reverse('value:review_outcomes')}?item={agenda['claims_waiting'].pk}").status_code == 404


LEFT_OUT = "this filter is left out. Choose one under Filter."


@pytest.fixture
def wrong(business_owner, stranger):
    """One of each kind, in two units, one below the other; the names sort against the kinds."""
    top = make_unit("Operations")
    below = make_unit("Plant", parent=top)
    mail = make_entry(Bucket, "Mail")
    made = {
        name: make_initiative(name, stage="scale", owner=business_owner, unit=unit, bucket=bucket)
        for name, unit, bucket in (("A bare", below, mail), ("B never", top, mail), ("C off", below, None))
    }
    add_metric(made["B never"], "Hours")
    measure(add_metric(made["C off"]), 14, JUNE, business_owner)
    return made | {"top": top, "below": below, "mail": mail}


def names(answer):
    return [row.initiatives[0].name for row in answer.context["found"].listed.rows]


def test_outcomes_are_narrowed_by_kind_and_part(client, wrong, stranger):
    client.force_login(stranger)
    here = reverse("value:review_outcomes")

    def told(query=""):
        return names(client.get(f"{here}?{query}"))

    assert told() == ["C off", "B never", "A bare"]
    assert told("state=off_target") == ["C off"]
    assert told("state=unmeasured") == ["B never"]
    assert told("state=no_metric") == ["A bare"]
    assert told(f"unit={wrong['top'].pk}") == told()
    assert told(f"unit={wrong['below'].pk}") == ["C off", "A bare"]
    assert told(f"bucket={wrong['mail'].pk}&state=no_metric") == ["A bare"]
    answer = client.get(f"{here}?state=no_metric&unit={wrong['below'].pk}")
    assert {tab.label: tab.count for tab in answer.context["found"].tabs} == {
        "All": 2,
        "Off target": 1,
        "Unmeasured": 0,
        "Without a metric": 1,
    }
    page = answer.content.decode()
    assert "1 outcome: 1 without a metric." in page
    assert f'href="?state=off_target&amp;unit={wrong["below"].pk}"' in page
    assert 'aria-label="Remove filter: Business unit"' in page


def test_no_outcome_of_a_kind_says_so_and_leads_to_all(client, wrong, stranger):
    client.force_login(stranger)
    here = reverse("value:review_outcomes")
    page = client.get(f"{here}?state=unmeasured&unit={wrong['below'].pk}").content.decode()
    assert "No outcome fits" in page
    assert '<a class="btn" href="?">Show all</a>' in page
    page = client.get(f"{here}?page=9").content.decode()
    assert "Not so many pages" in page
    assert "All<span" in page
    for name in ("A bare", "B never", "C off"):
        move_stage(wrong[name], "closed", clock.today())
    page = client.get(here).content.decode()
    assert "Nothing is wrong" in page
    assert "Show all" not in page


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("bucket=999999", f"There is no bucket '999999': {LEFT_OUT}"),
        ("unit=abc", f"There is no business unit 'abc': {LEFT_OUT}"),
        ("state=lucky", "There is no kind 'lucky': all of them are shown."),
        ("item=abc", "There is no item 'abc': these are of today."),
    ],
)
def test_what_an_address_of_outcomes_asks_in_vain_is_said(client, wrong, stranger, query, told):
    client.force_login(stranger)
    here = reverse("value:review_outcomes")
    answer = client.get(f"{here}?{query}")
    page = " ".join(answer.content.decode().replace("&#x27;", "'").split())
    assert page.count("Left out") == page.count(told) == 1
    assert len(names(answer)) == 3
    file = client.get(f"{here}export/?{query}&format=csv")
    assert (file.status_code, file.url) == (302, f"{here}?{query}")


def test_outcomes_come_as_files(client, wrong, stranger):
    make_initiative("Secret", stage="scale", is_confidential=True)
    client.force_login(stranger)
    export = reverse("value:review_outcomes_export")
    csv = b"".join(client.get(f"{export}?format=csv").streaming_content).decode("utf-8-sig").splitlines()
    owner, day = wrong["C off"].business_owner.name, "2027-05-31"
    assert csv[0].startswith("Initiative,Name,Unit,Stage,Business owner,Outcome,Kind,State,Latest,Baseline,Target,")
    assert [line.split(",", 1)[1] for line in csv[1:]] == [
        f"C off,Plant,Scale,{owner},Stops,Off target,Off target,14.0000,14.0000,9.0000,stops,{day},2027-06-01",
        f"B never,Operations,Scale,{owner},Hours,Unmeasured,Never measured,,14.0000,9.0000,stops,{day},",
        f"A bare,Plant,Scale,{owner},,Without a metric,Never measured,,,,,,",
    ]
    book = python_calamine.CalamineWorkbook.from_filelike(
        BytesIO(client.get(f"{export}?state=no_metric&unit={wrong['below'].pk}").content)
    )
    assert [row[1] for row in book.get_sheet_by_index(0).to_python()[1:]] == ["A bare"]


def test_two_lists_that_say_off_target_say_what_it_means_there(client, business_owner, stranger):
    """Short of a target whose day is to come, and no better than the baseline: scorecards alone count it."""
    initiative = make_initiative("On its way", stage="scale", owner=business_owner)
    metric = add_metric(initiative, horizon_on=date(2027, 12, 31))
    measure(metric, 14, JUNE, business_owner)
    recompute_all()
    client.force_login(stranger)
    outcomes, rows = reverse("value:review_outcomes"), reverse("value:scorecard_rows")

    assert names(client.get(f"{outcomes}?state=off_target")) == []
    [row] = client.get(f"{rows}?state=off_target").context["found"].rows
    assert row.initiative == initiative
    assert "whose day has passed or was never set" in client.get(outcomes).content.decode()
    for page in (rows, reverse("value:scorecards"), f"{reverse('value:scorecards')}?by=unit"):
        html = client.get(page).content.decode()
        assert "even before the target’s day" in html
        assert f'href="{outcomes}">single outcomes</a>' in html


def test_more_outcomes_cost_the_page_the_same(client, wrong, stranger, business_owner):
    client.force_login(stranger)
    address = f"{reverse('value:review_outcomes')}?unit={wrong['top'].pk}"

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    queries()
    few = queries()
    for number in range(4):
        more = make_initiative(unit=wrong["below"], stage="scale", owner=make_person())
        measure(add_metric(more, f"M{number}"), 15, JUNE, more.business_owner)
    assert queries() == few
