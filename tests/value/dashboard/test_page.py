"""The dashboard's page: the answer, five tiles, the open figure, the rows behind, and who sees money."""

import csv
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
import python_calamine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from aiso.configuration.models import ConfigurationVersion
from aiso.web import figures
from portfolio.models import Initiative, OutcomeMetric
from tests.factories import grant, make_initiative, make_ownership, make_person, move_stage
from tests.value.factories import claim, cost_of, post
from value.actions.claims import confirm_claim
from value.actions.measure import confirm_measurement, record_measurement
from value.adoption import AdoptionCount
from value.dashboard import page as shown_page
from value.dashboard.charts import Chart, Row, scale
from value.dashboard.figures import FIGURES, Closed, Figures, LeadTime, StableOwner
from value.dashboard.sentences import reading
from value.dashboard.targets import Targets, targets_on
from value.dashboard.tiles import direction
from value.kept.recompute import recompute_marked

from .conftest import produced

pytestmark = pytest.mark.django_db
MONEY = re.compile(r"\d[\d.,]* ?k?€")


def text_of(response) -> str:
    plain = re.sub(r"<(script|svg|option)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    plain = re.sub(r"<[^>]+>", " ", plain).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r" ([.,;:])", r"\1", " ".join(plain.split()))


def table_of(response) -> list[list[str]]:
    body = b"".join(response.streaming_content).decode().lstrip("\ufeff")
    return [*csv.reader(StringIO(body))]


def tile(page: str, title: str) -> str:
    """The words of one tile: from its title to the next one, or to the line below them."""
    start = page.index(title, page.index(" as of "))
    ends = [page.find(other, start + 1) for other in (*TITLES, "against the 90 days before. Known")]
    return page[start : min(end for end in ends if end > start)]


TITLES = (
    "Lead time, pilot to production",
    "Stable owner share",
    "Adoption in critical workflows",
    "Net value after operating costs",
    "Closed with rationale",
)


def test_the_answer_and_five_tiles(client, small, executive):
    client.force_login(executive)
    page = text_of(client.get("/dashboard/"))
    assert (
        "Yes, as far as its costs are known: net value is 600 € (no benefit is confirmed after 31 May 2026), pilots"
        " reach production 17 days sooner; owners and adoption miss their targets." in page
    )
    lead, owner, adoption, money, closed = (tile(page, title) for title in TITLES)
    assert "106 days, median 17 days shorter, target 120 On target" in lead
    assert "2 reached production; the longest took 120 days. 1 more was in no pilot." in lead
    assert "25.0 % " in owner
    assert "Off target 3 of 4 active initiatives lack one" in owner
    assert "60.0 % " in adoption
    assert "1 of 2 critical workflows is measured; 1 is read too rarely." in adoption
    assert "600 € no figure before, target 0 € Incomplete Above target, but 4 in production report" in money
    assert "1 +1, no target set For information 1 more has no rationale." in closed


def test_each_figure_opens_with_chart_table_definition_and_rows(client, small, executive):
    client.force_login(executive)
    for figure in FIGURES:
        answer = client.get(f"/dashboard/?figure={figure}&as_of=2026-06-15")
        page = answer.content.decode()
        assert 'id="plot-data"' in page, figure
        assert "Definition" in page
        assert f'/dashboard/rows/{figure}/?as_of=2026-06-15"' in page
        assert f'/dashboard/table/{figure}/?as_of=2026-06-15"' in page
        assert len(re.findall(r'class="tile-a"[^>]*aria-current="true"', page)) == 1
    assert "Net value reached 600\N{NO-BREAK SPACE}€ in the last 90 days" in client.get("/dashboard/").content.decode()


def test_where_nothing_is_measured_nobody_is_counted(client, small, executive):
    client.force_login(executive)
    assert "Active users – 780 Target users – 1,300" in text_of(client.get("/dashboard/?figure=adoption"))
    unread = text_of(client.get(f"/dashboard/?figure=adoption&unit={small.quick.unit_id}"))
    assert "Active users – – Target users – – " in unread


def test_the_table_of_a_chart_is_a_file(client, small, executive):
    client.force_login(executive)
    months = table_of(client.get("/dashboard/table/net_value/"))
    assert months[0][:3] == ["€", "Jul 2025", "Aug 2025"]
    assert months[0][-2:] == ["to 15 Jun", "12 months"]
    assert [row[-1].lstrip("'") for row in months[1:]] == ["1000.00", "-400.00", "0.00", "0.00", "600.00"]
    weeks = table_of(client.get("/dashboard/table/adoption/"))
    assert [row[0] for row in weeks[1:]][-2:] == ["Active users", "Target users"]
    # They add up to the figure: 13 weeks with 60 of 100.
    assert sum(map(int, weeks[-2][1:])) == 780


def test_rows_behind_are_exactly_those_that_count(client, small, executive):
    client.force_login(executive)

    def names(query: str) -> list[str]:
        answer = client.get(f"/dashboard/rows/{query}")
        return re.findall(r"data-open>([^<]+)</a>", answer.content.decode())

    assert names("lead_time/") == ["Quick", "Slow", "Never piloted"]
    assert names("stable_owner/") == ["Quick", "Never piloted", "Before"]
    assert names("stable_owner/?show=stable") == ["Slow"]
    assert names("stable_owner/?show=paused") == ["Resting"]
    assert names("adoption/") == ["Answer a claim", "Plan a route"]
    assert names("net_value/") == ["Slow"]
    assert names("net_value/?show=clamed") == ["Slow"]
    wrong = text_of(client.get("/dashboard/rows/net_value/?show=clamed"))
    assert "There are no rows &#x27;clamed&#x27; here, and it is left out." in wrong
    assert client.get("/dashboard/rows/net_value/export/?show=clamed").status_code == 302
    # Each leads to its value in the same window.
    for days in (30, 60, 90):
        page = client.get(f"/dashboard/rows/net_value/?days={days}&as_of=2026-06-15").content.decode()
        assert f"/value/?as_of=2026-06-15&amp;days={days}#tab" in page
        shown = text_of(client.get(f"/initiatives/{small.slow.reference}/value/?days={days}"))
        assert f"{days} days" in shown
    assert sorted(names("net_value/?show=uncovered")) == ["Before", "Never piloted", "Quick", "Slow"]
    assert names("closed/") == ["Ended"]
    assert names("closed/?show=without") == ["Ended too"]
    # Of the window before.
    assert names("lead_time/?as_of=2026-03-17") == ["Before"]
    missing = text_of(client.get("/dashboard/rows/net_value/?show=uncovered"))
    assert "4 initiatives were in production in a month without a run cost, so that net value is incomplete." in missing
    assert "Never piloted May and June 2026" in missing
    assert "Before March to June 2026" in missing
    page = text_of(client.get("/dashboard/rows/net_value/"))
    assert "Net value of all that is counted is 600 €, rounded once at the end." in page
    assert "1,000.00 −400.00 0.00 0.00 600.00" in page
    lead = text_of(client.get("/dashboard/rows/lead_time/"))
    assert "The median is taken over 2 initiatives; 1 never in pilot counts apart." in lead
    assert client.get("/dashboard/rows/profit/").status_code == 404


def figures_of(client, figure: str, query: str) -> list[tuple[str, str]]:
    """The numbers beside the chart of a figure that are told of some rows: the address of these, and the number."""
    page = client.get(f"/dashboard/?figure={figure}&{query}").content.decode()
    found = re.findall(rf'href="(/dashboard/rows/{figure}/[^"]*show=[^"]*)">([^<]+)</a>', page)
    return [(address.replace("&amp;", "&"), text) for address, text in found]


@pytest.mark.parametrize("query", ["", "known_at=2026-06-15"])
def test_each_count_leads_to_as_many_rows(client, small, executive, business_owner, technical_owner, risk_owner, query):
    owners = {"technical_owner": technical_owner, "risk_owner": risk_owner}
    anew = make_initiative("Anew", stage="build", since=date(2026, 1, 1), **owners)
    make_ownership(anew, business_owner, since=date(2026, 6, 1))
    make_initiative("Waiting", stage="pilot", since=date(2026, 6, 5), owner=business_owner)
    move_stage(make_initiative("Waiting long", stage="pilot", since=date(2026, 2, 1)), "pilot", date(2026, 6, 12))
    move_stage(make_initiative("Given up", stage="pilot", since=date(2026, 2, 1)), "build", date(2026, 6, 12))
    recompute_marked()
    client.force_login(executive)
    told = [*figures_of(client, "stable_owner", query), *figures_of(client, "lead_time", query)]
    # The median stands before the count of those that it is taken over.
    counts = {re.search(r"show=(\w+)", address)[1]: (address, text) for address, text in reversed(told)}
    counts["piloted"] = next((address, text) for address, text in told if "show=piloted" in address and text == "2")
    of_owners = {"stable": 1, "lacks_business": 5, "lacks_technical": 6, "lacks_risk": 6, "new": 1, "active": 8}
    expected = of_owners | {"paused": 1, "piloted": 2, "unpiloted": 1, "open": 2}
    assert {show: int(text) for show, (_, text) in counts.items()} == expected
    for address, text in counts.values():
        assert client.get(address).content.decode().count("<tr data-row>") == int(text), address
        assert len(table_of(client.get(address.replace("/?", "/export/?format=csv&")))) == int(text) + 1


def test_each_count_of_workflows_leads_to_them(client, small, executive):
    client.force_login(executive)
    told = figures_of(client, "adoption", "")
    assert [text for _, text in told] == ["2", "1", "0"]
    rows = [table_of(client.get(address.replace("/?", "/export/?format=csv&"))) for address, _ in told]
    assert [[row[0] for row in each[1:]] for each in rows] == [["Answer a claim", "Plan a route"], ["Plan a route"], []]


def test_pilots_still_open_are_told_with_their_ages(client, small, executive):
    make_initiative("Waiting", stage="pilot", since=date(2026, 6, 5))
    move_stage(make_initiative("Waiting long", stage="pilot", since=date(2026, 2, 1)), "pilot", date(2026, 6, 12))
    recompute_marked()
    client.force_login(executive)
    page = text_of(client.get("/dashboard/rows/lead_time/?show=open"))
    assert "2 pilots are open on the last day. Days since their first pilot: 72 in the median, 134 at most." in page
    for query in ("", "&known_at=2026-06-15"):
        rows = table_of(client.get(f"/dashboard/rows/lead_time/export/?show=open&format=csv{query}"))
        assert rows[0][1:] == ["Initiative", "First pilot", "Age, days"]
        assert [row[1:] for row in rows[1:]] == [
            ["Waiting", "2026-06-05", "10"],
            ["Waiting long", "2026-02-01", "134"],
        ]


def test_what_stands_beside_net_value_leads_to_whose_it_is(
    client, small, executive, stranger, business_owner, finance_controller
):
    may = {"first_on": date(2026, 5, 1), "last_on": date(2026, 5, 31)}
    post(small.quick, finance_controller, cost_of(250, kind="build_cost", **may))
    post(small.slow, business_owner, cost_of(50, kind="build_cost", **may))
    claim(small.slow.outcome_metrics.get(), business_owner, amount=Decimal(300))
    metric = faded(business_owner, finance_controller)
    recompute_marked()
    client.force_login(executive)
    exact = dict(beside_money(client))
    assert [*exact.values()] == ["300.00", "300.00", "2.00"]
    rows = [table_of(client.get(address.replace("/?", "/export/?format=csv&"))) for address in exact]
    assert [each[0][2] for each in rows] == ["Claimed, unconfirmed, €", "Build cost, €", "Decayed benefit, €"]
    assert [[row[1:] for row in each[1:]] for each in rows] == [
        [["Slow", "300.00"]],
        [["Quick", "250.00"], ["Slow", "50.00"]],
        [[metric.initiative.name, "2.00"]],
    ]
    assert [sum(Decimal(row[2]) for row in each[1:]) for each in rows] == [Decimal(text) for text in exact.values()]
    page = text_of(client.get("/dashboard/rows/net_value/?show=build_cost"))
    assert "Build cost is 300 €, rounded once at the end; it stands beside net value." in page
    client.force_login(stranger)
    assert {client.get(address).status_code for address in exact} == {403}


def beside_money(client) -> list[tuple[str, str]]:
    """As `figures_of`, of the three sums that stand beside net value, each exact to the cent."""
    page = client.get("/dashboard/?figure=net_value").content.decode()
    found = re.findall(r'href="(/dashboard/rows/net_value/[^"]*show=(?!uncovered)[^"]*)"><[^>]*>([^<]+)<', page)
    return [(address.replace("&amp;", "&"), f"{Decimal(re.match('[0-9]+', text)[0]):.2f}") for address, text in found]


def faded(owner, finance):
    """Of 31 € confirmed in May nobody measured the outcome by the 29th: the last two days count no more."""
    initiative = produced("Faded", None, date(2026, 1, 31), owner=owner)
    told = {"baseline": Decimal(14), "baseline_on": date(2025, 1, 1), "baseline_source": "Log"}
    metric = OutcomeMetric.objects.create(initiative=initiative, name="Calls", unit="calls", direction="down", **told)
    row = record_measurement(metric, actor=owner, value=Decimal(10), measured_on=date(2026, 3, 1), method="Log")
    confirm_measurement(row, actor=finance)
    confirm_claim(claim(metric, owner, amount=Decimal(31)), actor=finance)
    return metric


def test_rows_as_files(client, small, executive):
    client.force_login(executive)
    rows = table_of(client.get("/dashboard/rows/lead_time/export/?format=csv"))
    assert rows[0] == ["Reference", "Initiative", "First pilot", "First in production", "Days"]
    assert rows[1][1:] == ["Quick", "2026-03-01", "2026-06-01", "92"]
    assert rows[3][2:] == ["Never in pilot", "2026-05-20", ""]
    for figure in FIGURES:
        answer = client.get(f"/dashboard/rows/{figure}/export/")
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(answer.content))
        assert len(book.get_sheet_by_index(0).to_python()) > 1, figure


def test_without_a_role_that_shows_money_no_sum_is_told_anywhere(client, small, stranger, business_owner):
    for person in (stranger, business_owner):
        client.force_login(person)
        for query in ("", "?figure=net_value", "?figure=lead_time&days=60"):
            answer = client.get(f"/dashboard/{query}")
            assert answer.status_code == 200
            page = text_of(answer)
            assert not MONEY.findall(page)
            assert "Not shown to you" in page
            assert "The office, finance, executives and auditors see the money of the portfolio." in page
            assert "Your role shows no money; pilots reach production 17 days sooner" in page or "days=60" in query
        for path in ("table/net_value/", "rows/net_value/", "rows/net_value/export/"):
            assert client.get(f"/dashboard/{path}").status_code == 403, path


def test_an_executive_of_a_unit_reads_its_money_alone(client, small, chief_of_retail):
    client.force_login(chief_of_retail)
    page = text_of(client.get("/dashboard/"))
    assert "Money of Retail and below, as far as your role shows it." in page
    rows = text_of(client.get("/dashboard/rows/net_value/"))
    assert "only where it oversees them, and money of Retail and below." in rows
    assert "No data" in tile(page, TITLES[3])
    assert not MONEY.search(page.replace("target 0 €", ""))
    other = make_initiative("Elsewhere").unit
    assert "Not shown to you" in text_of(client.get(f"/dashboard/?unit={other.pk}"))
    assert client.get(f"/dashboard/rows/net_value/?unit={other.pk}").status_code == 403


def test_whose_money_the_answer_tells_is_named(client, small, chief_of_retail, finance_controller):
    day = date(2026, 6, 1)
    post(small.quick, finance_controller, cost_of(100, first_on=day, last_on=day))
    recompute_marked()
    client.force_login(chief_of_retail)
    page = text_of(client.get("/dashboard/"))
    assert "No: net value of Retail is −100 € (no benefit is confirmed for these days), pilots" in page


def test_until_when_benefits_are_confirmed_is_told(client, small, executive):
    client.force_login(executive)
    late = "No benefit is confirmed after 31 May 2026."
    assert late in tile(text_of(client.get("/dashboard/")), TITLES[3])
    whole = text_of(client.get("/dashboard/?as_of=2026-05-31"))
    assert "1 k€" in tile(whole, TITLES[3])
    assert "benefit is confirmed" not in whole


def test_a_day_later_than_what_is_known_is_said(client, small, executive):
    client.force_login(executive)
    answer = client.get("/dashboard/?known_at=2026-05-10&days=30")
    assert "Known in part What was recorded after 10 May 2026, 23:59 is left out" in text_of(answer)
    assert 'href="?days=30&amp;known_at=2026-05-10&amp;as_of=2026-05-10"' in answer.content.decode()
    assert "Known in part What was recorded" in text_of(client.get("/dashboard/rows/closed/?known_at=2026-05-10"))
    for path in ("", "rows/closed/"):
        assert "Known in part" not in text_of(client.get(f"/dashboard/{path}?known_at=2026-05-10&as_of=2026-05-10"))


def test_confidential_initiatives_count_for_roles_that_oversee_them(client, small, office_lead, executive):
    hidden = produced("Hidden", date(2026, 5, 1), date(2026, 6, 10), is_confidential=True)
    for person, count in ((office_lead, "3 reached production"), (executive, "2 reached production")):
        client.force_login(person)
        assert count in text_of(client.get("/dashboard/"))
        rows = client.get("/dashboard/rows/lead_time/").content.decode()
        assert (hidden.name in rows) == (person == office_lead)


def test_unit_and_bucket_narrow_and_the_address_keeps_them(client, small, executive):
    client.force_login(executive)
    retail, bucket = small.quick.unit.parent, small.quick.bucket
    answer = client.get(f"/dashboard/?unit={retail.pk}&bucket={bucket.pk}&days=60")
    page = text_of(answer)
    assert "1 reached production, after 92 days." in page
    assert "Business unit Retail" in page
    assert f'href="?unit={retail.pk}&amp;bucket={bucket.pk}"' in answer.content.decode()
    assert f"?days=60&amp;unit={retail.pk}&amp;bucket={bucket.pk}&amp;figure=closed#figure" in answer.content.decode()
    assert f'<option value="{retail.pk}" selected>' in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("days=45", "A window of '45' days is not told"),
        ("as_of=2026-06-16", "As of '2026-06-16' is no day from 2002 up to today"),
        ("as_of=1066-10-14", "As of '1066-10-14' is no day"),
        ("as_of=yesterday", "As of 'yesterday' is no day"),
        ("known_at=2027-01-01", "Known at '2027-01-01' is no day or moment up to today"),
        ("unit=999999", "There is no business unit '999999'"),
        ("unit=<b>", "There is no business unit"),
        ("bucket=0", "There is no bucket '0'"),
        ("figure=profit", "There is no figure 'profit'"),
    ],
)
def test_what_an_address_asks_in_vain_is_said(client, small, executive, query, told):
    client.force_login(executive)
    for path in ("", "rows/closed/"):
        page = text_of(client.get(f"/dashboard/{path}?{query}")).replace("&#x27;", "'")
        assert told in page
        assert "and is left out." in page
    file = client.get("/dashboard/rows/closed/export/", dict([query.split("=")]))
    assert (file.status_code, file.url.partition("?")[0]) == (302, "/dashboard/rows/closed/")


@pytest.mark.parametrize(
    ("lacking", "new", "told"),
    [
        # Of ten initiatives four are stable.
        ({"business": 6, "technical": 6, "risk": 6}, 0, "; all three owners are missing."),
        ({"business": 5, "technical": 6, "risk": 5}, 0, "; mostly all three owners are missing."),
        ({"business": 4, "technical": 4, "risk": 5}, 1, ", mostly the risk owner."),
        ({"business": 4, "technical": 4, "risk": 4}, 2, "; mostly all three owners are missing."),
        ({"business": 4, "technical": 5, "risk": 6}, 0, ", the risk owner."),
        ({"business": 1, "technical": 2, "risk": 3}, 2, ", most often the risk owner."),
        ({"business": 1, "technical": 0, "risk": 0}, 5, ", mostly because the business owner is new."),
    ],
)
def test_why_owners_are_not_stable(lacking, new, told):
    found = StableOwner(4, 10, 0, lacking, new)
    now = Figures(date(2026, 6, 15), LeadTime(), found, AdoptionCount(), None, Closed())
    said = reading("stable_owner", now, None).replace("\N{NO-BREAK SPACE}", " ")
    assert said == f"6 of 10 active initiatives lack one{told}"


def test_as_it_was_known_on_a_past_day(client, small, executive):
    with clock.fixed_at(datetime(2026, 6, 20, 12, tzinfo=UTC)):
        produced("Told late", date(2026, 6, 1), date(2026, 6, 14))
        client.force_login(executive)
        now = text_of(client.get("/dashboard/?as_of=2026-06-15"))
        then = text_of(client.get("/dashboard/?as_of=2026-06-15&known_at=2026-06-15"))
    assert "3 reached production" in now
    assert "2 reached production" in then
    assert "Known 15 Jun 2026, 23:59" in then


def test_a_restated_figure_leads_to_what_was_told(client, small, executive, monkeypatch):
    real = shown_page.dashboard_of
    told = {"lead_time"}
    monkeypatch.setattr(shown_page, "dashboard_of", lambda *asked: replace(real(*asked), restated=frozenset(told)))
    client.force_login(executive)
    shown = client.get("/dashboard/?as_of=2026-06-10&days=30").content.decode()
    assert shown.count("Restated") == 1
    assert 'href="?days=30&amp;as_of=2026-06-10&amp;known_at=2026-06-10"' in shown
    told.clear()
    told.add("net_value")
    client.force_login(make_person())
    assert "Restated" not in client.get("/dashboard/?as_of=2026-06-10").content.decode()


def test_a_board_pack_of_what_is_shown_is_one_click_away(client, small, executive):
    client.force_login(executive)
    shown = client.get(
        f"/dashboard/?days=60&as_of=2026-06-10&unit={small.quick.unit_id}&figure=closed"
    ).content.decode()
    head = shown[shown.index('<div class="head">') : shown.index('<div class="tiles">')]
    address = f"/dashboard/packs/new/?days=60&amp;as_of=2026-06-10&amp;unit={small.quick.unit_id}"
    assert re.search(rf'href="{re.escape(address)}"><svg[^>]*>.*?</svg>Make a board pack</a>', head)
    assert '<a class="btn btn-link" href="/dashboard/packs/">Board packs</a>' in shown


def test_changes_that_wait_to_be_counted_are_told(client, small, executive, finance_controller, monkeypatch):
    client.force_login(executive)
    assert "being counted" not in text_of(client.get("/dashboard/"))
    post(small.slow, finance_controller, cost_of(10))
    told = "1 change is being counted; figures follow within a minute."
    assert told in text_of(client.get("/dashboard/"))
    assert "being counted" not in text_of(client.get("/dashboard/?known_at=2026-06-15"))
    post(small.quick, finance_controller, cost_of(10))
    assert "2 changes are being counted" in text_of(client.get("/dashboard/?as_of=2026-06-10"))
    monkeypatch.setattr(shown_page, "MOST", 2)
    assert "2 or more changes are being counted; figures follow soon." in text_of(client.get("/dashboard/"))
    recompute_marked()
    assert "being counted" not in text_of(client.get("/dashboard/"))


def test_an_empty_office_is_told_what_will_be_here(client, executive):
    client.force_login(executive)
    page = text_of(client.get("/dashboard/"))
    assert "Here five figures will say whether the portfolio turns into value" in page
    assert "There is nothing to tell yet" in page
    assert page.count("No data") == 5
    for figure in FIGURES:
        assert client.get(f"/dashboard/?figure={figure}").status_code == 200
        assert "No row here" in text_of(client.get(f"/dashboard/rows/{figure}/"))


def test_targets_are_those_of_the_day(client, small, executive):
    assert targets_on(date(2024, 12, 31)) == Targets()
    assert targets_on(date(2026, 6, 15)).of("lead_time", 90) == 120
    content = ConfigurationVersion.objects.in_force("leadership-targets").content
    later = content | {"lead_time": 100, "adoption": "", "net_value_90": "5000"}
    moments = dict.fromkeys(("drafted_at", "changed_at", "published_at", "followed_at"), clock.now())
    told = {"number": 2, "content": later, "reason": "Sooner.", "effective_from": date(2026, 6, 14)} | moments
    ConfigurationVersion.objects.create(kind="leadership-targets", **told)
    client.force_login(executive)
    page = text_of(client.get("/dashboard/"))
    assert "target 100 Off target" in tile(page, TITLES[0])
    assert "no target set For information" in tile(page, TITLES[2])
    assert "target 5 k€ Off target Below target, and 4 in production" in tile(page, TITLES[3])
    assert "target 120" in tile(text_of(client.get("/dashboard/?as_of=2026-06-13")), TITLES[0])


def test_a_part_of_the_company_is_not_compared_with_its_target(
    client, small, executive, chief_of_retail, finance_controller
):
    covered = {"first_on": date(2026, 3, 18), "last_on": date(2026, 6, 30)}
    post(small.quick, finance_controller, cost_of(105, **covered))
    recompute_marked()
    retail = small.quick.unit.parent
    told = "−90 € no figure before, company target 0 € For information"
    narrowed = (f"unit={retail.pk}", f"bucket={small.quick.bucket_id}")
    for person, queries in ((executive, narrowed), (chief_of_retail, ("",))):
        client.force_login(person)
        for query in queries:
            page = text_of(client.get(f"/dashboard/?{query}"))
            assert told in tile(page, TITLES[3]), query
            assert "net value misses" not in page
    client.force_login(executive)
    assert "company target" not in text_of(client.get("/dashboard/"))


def test_complete_costs_alone_are_green(client, small, executive, finance_controller):
    for each in Initiative.objects.filter(stage="limited_rollout"):
        covered = {"first_on": date(2026, 1, 1), "last_on": date(2026, 6, 30)}
        post(each, finance_controller, cost_of(1, **covered))
    recompute_marked()
    client.force_login(executive)
    assert "On target" in tile(text_of(client.get("/dashboard/")), TITLES[3])


def test_the_page_asks_the_same_number_of_times_however_much_there_is(client, small, executive):
    client.force_login(executive)
    client.get("/dashboard/?figure=lead_time")

    def asked(query: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/dashboard/{query}")
        return len(queries)

    counts = {query: asked(query) for query in ("?figure=lead_time", "?figure=closed", "rows/stable_owner/")}
    for number in range(4):
        produced(f"More {number}", date(2026, 5, 1), date(2026, 6, 1) + timedelta(days=number))
    assert {query: asked(query) for query in counts} == counts


def test_the_way_there_stands_in_the_navigation(client, stranger):
    client.force_login(stranger)
    assert '<a href="/dashboard/">' in client.get("/register/").content.decode()
    grant(stranger, "executive")
    assert '<a href="/dashboard/" aria-current="page">' in client.get("/dashboard/").content.decode()


@pytest.mark.parametrize(
    ("most", "told", "written"),
    [
        ("99999.99", "€", "100,000"),
        ("100000", "k€", "100"),
        ("9999999.99", "k€", "10,000"),
        ("10000000", "M€", "10.0"),
        ("12345678900", "bn€", "12.3"),
    ],
)
def test_a_chart_is_told_in_what_keeps_its_figures_short(most, told, written):
    unit, size, places = scale(Decimal(most))
    assert unit == told
    assert figures.number(Decimal(most) / size, places) == written


def test_a_currency_of_letters_stands_apart(settings):
    settings.REPORTING_CURRENCY = "CHF"
    assert scale(Decimal(200_000))[0] == "k\N{NO-BREAK SPACE}CHF"


def test_a_row_of_gaps_is_told_and_not_drawn():
    rows = [Row("Adoption", [Decimal(3), None], "line"), Row("Opt-outs", [None, None], "line"), Row("Target users", [])]
    chart = Chart("adoption", "%", ["8 Nov", "15 Nov"], rows, ticks=[("8 Nov", 2026), ("15 Nov", 2026)])
    assert [series["name"] for series in chart.drawn["series"]] == ["Adoption"]
    assert [name for name, *_ in chart.lines()] == ["Adoption", "Opt-outs", "Target users"]


def test_an_arrow_says_no_more_than_the_words_beside_it():
    share = Decimal("0.1141")
    assert direction("adoption", share, share + Decimal("0.0001")) == "arrow-right"
    assert direction("adoption", share, share + Decimal("0.001")) == "trending-down"
    assert direction("lead_time", Decimal(92), Decimal(91)) == "trending-up"
    assert direction("lead_time", Decimal(92), None) == ""
