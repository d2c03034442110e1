"""Net value told as it is: what decayed, is incomplete, added up or taken back; figures that lead to their rows."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from aiso import clock
from portfolio.models import Initiative
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_person, move_stage
from value.actions.claims import confirm_claim
from value.actions.months import close_month
from value.actions.post import reverse_entry
from value.asked_days import end_of
from value.cost_coverage import CostCoverage
from value.waterfall import Waterfall, waterfall_of
from value.worth import CONFIRMED, DECAYED, RUN_COST, Window, Worth

from .factories import claim, cost_of, post

pytestmark = pytest.mark.django_db
TO_DATE = Window(date(2026, 6, 15))
JUNE = Window(date(2026, 6, 15), date(2026, 6, 1))
MISSING = CostCoverage(1, ((1, date(2026, 5, 1)),))


def text_of(response) -> str:
    return plain(" ".join(response.content.decode().split()))


def chart_of(*, window=TO_DATE, coverage=None, **parts: int) -> Waterfall:
    kinds = {"confirmed": (CONFIRMED, "cashable"), "capacity": (CONFIRMED, "capacity")}
    kinds |= {"decayed": (DECAYED, "cashable"), "run_cost": (RUN_COST, "")}
    worth = Worth({kinds[name]: Fraction(amount) for name, amount in parts.items()})
    return waterfall_of(worth, window, coverage or CostCoverage())


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_incomplete_net_value_never_looks_good():
    whole, open_ = (chart_of(confirmed=500, run_cost=100, coverage=each) for each in (None, MISSING))
    assert (whole.bars[-1].step.look, open_.bars[-1].step.look) == ("net", "open")
    assert open_.bars[-1].step.name == "Net value, incomplete"
    assert (
        plain(open_.finding)
        == "Of 500 € confirmed benefit 400 € is left after operating costs; incomplete, for run cost is missing"
    )
    assert chart_of(run_cost=100, coverage=MISSING).bars[-1].step.look == "loss"


def test_several_kinds_are_said_to_be_added_up():
    found = chart_of(confirmed=500, capacity=300, decayed=100)
    assert plain(found.finding).startswith("Of 800 € confirmed benefit, all kinds added up, 100 € decayed")
    names = [bar.step.name for bar in found.bars]
    assert names[:2] == ["Confirmed benefit, all kinds added up", "Decayed, all kinds added up"]
    assert names[-1] == "Net value, all kinds added up"
    assert "kinds" not in chart_of(confirmed=500).finding


def test_a_window_does_not_say_that_nothing_is_confirmed():
    assert chart_of(run_cost=5, window=JUNE).finding.startswith("Nothing confirmed counts in these days")
    assert chart_of(run_cost=5).finding.startswith("Nothing is confirmed yet")
    assert plain(chart_of(confirmed=-5, window=JUNE).finding).startswith("Reversals take 5 € of confirmed benefit back")


def test_a_cost_below_nothing_is_told_and_drawn_as_taken_back():
    found = chart_of(run_cost=-100, window=JUNE)
    step = found.bars[1].step
    assert (step.look, step.name, step.amount) == ("back", "Run cost, taken back", 100)
    assert [plain(each) for each in found.notes] == [
        "Run cost is 100 € below 0: reversals take back more in these days than was posted for them."
    ]


def test_bars_lie_on_a_phone_as_they_stand():
    found = chart_of(confirmed=500, run_cost=100)
    first, cost, *_, net = found.bars
    assert (first.from_left, first.length) == (2, 324)
    assert cost.from_left + cost.length == pytest.approx(first.from_left + first.length, abs=0.2)
    assert net.length == pytest.approx(324 * 0.8, abs=0.2)


@pytest.mark.parametrize(
    ("months", "told"),
    [
        (["2026-11"], "November 2026"),
        (["2026-04", "2026-05", "2026-06", "2026-11"], "April to June and November 2026"),
        (["2025-11", "2025-12", "2026-01", "2026-05"], "November 2025 to January 2026 and May 2026"),
        (["2025-03", "2026-05", "2026-06"], "March 2025, May and June 2026"),
        ([f"2026-{month:02}" for month in range(1, 13)], "January to December 2026"),
    ],
)
def test_missing_months_are_all_named(months, told):
    assert CostCoverage(0, tuple((1, date.fromisoformat(f"{each}-01")) for each in months)).told == told


def test_of_many_months_the_sentence_says_how_many_and_the_rest_folds_out():
    months = [date(2025, 1, 1), *(clock.months_later(date(2025, 3, 1), n) for n in range(12))]
    found = CostCoverage(0, tuple((1, month) for month in months))
    assert found.told == "13 months from January 2025 to February 2026"
    assert found.named == "January 2025 and March 2025 to February 2026"


@pytest.fixture
def live(saved, business_owner, finance_controller) -> Initiative:
    """In production from April to June; 1,000 € of capacity are confirmed for May, and no run cost is posted."""
    move_stage(saved.initiative, "limited_rollout", date(2026, 4, 20))
    confirm_claim(claim(saved, business_owner, quantity=25), actor=finance_controller)
    return saved.initiative


def test_the_card_adds_up(live, metric, business_owner, finance_controller, client):
    confirm_claim(claim(metric, business_owner, amount=Decimal(500)), actor=finance_controller)
    with clock.fixed_at(datetime(2026, 12, 1, 12, tzinfo=UTC)):
        post(
            live,
            business_owner,
            cost_of(200, happened_on=date(2026, 12, 1), first_on=date(2026, 12, 1), last_on=date(2026, 12, 1)),
        )
        late = claim(
            metric, business_owner, amount=Decimal(300), first_on=date(2026, 10, 1), last_on=date(2026, 10, 31)
        )
        confirm_claim(late, actor=finance_controller)
        client.force_login(business_owner)
        page = text_of(client.get(live.get_absolute_url()))
    card = page[page.index("<h2>Value</h2>") :][:2600]
    for told in (
        "benefit confirmed, all kinds added up, of which",
        ">300 €</span> decayed;",
        "net to date, incomplete",
    ):
        assert told in card
    assert "Run cost is missing for April to June 2026." in card


def test_figures_lead_to_their_rows_and_are_a_file(live, metric, business_owner, client):
    client.force_login(business_owner)
    here = f"{live.get_absolute_url()}value/"
    page = text_of(client.get(f"{here}?days=90"))
    assert f"/ledger/?initiative={live.reference}&amp;kind=benefit&amp;state=confirmed" in page
    assert f"/ledger/?initiative={live.reference}&amp;kind=run_cost" in page
    file = client.get(f"{here}export/?days=90")
    assert "text/csv" in file["Content-Type"]
    rows = b"".join(file.streaming_content).decode()
    assert f"{live.reference},2026-03-18,2026-06-15,Confirmed benefit,1000.00,EUR" in rows
    assert "Net value, incomplete" in rows
    client.force_login(make_person(name="A colleague"))
    assert client.get(f"{here}export/").status_code == 403


def test_payback_is_told_as_far_as_costs_are_known(live, business_owner, client):
    post(live, business_owner, cost_of(100, kind="build_cost"))
    client.force_login(business_owner)
    here = f"{live.get_absolute_url()}value/"
    post(live, business_owner, cost_of(10, kind="build_cost", happened_on=date(2026, 5, 1)))
    page = text_of(client.get(here))
    assert "Paid back in May 2026, 0 months from the first cost, as far as costs are known" in page
    assert "confirmed benefit that lasts (confirmed − decayed) − run cost" in page
    days = {"happened_on": date(2026, 4, 20), "first_on": date(2026, 5, 1), "last_on": date(2026, 6, 15)}
    post(live, business_owner, cost_of(1, **days))
    # Of May and June there is a run cost, and of April, which a window of 30 days does not show, there is none.
    assert "as far as costs are known" in text_of(client.get(f"{here}?days=30"))
    post(live, business_owner, cost_of(1, happened_on=date(2026, 4, 20)))
    assert "as far as costs are known" not in text_of(client.get(here))


def test_the_page_honours_as_of_and_known_at(live, business_owner, client):
    client.force_login(business_owner)
    here = f"{live.get_absolute_url()}value/"
    early = text_of(client.get(f"{here}?days=90&as_of=2026-05-10"))
    assert "Figures as of 10 May 2026." in early
    assert "?days=30&amp;as_of=2026-05-10#tab" in early
    assert 'value="2026-05-10"' in early
    # Claims of May happened on its first day, ten of whose 31 days are counted; a year before nothing was.
    assert "322.58 €" in early
    assert "Nothing is posted" in text_of(client.get(f"{here}?as_of=2025-05-10"))
    assert "Nothing is posted" in text_of(client.get(f"{here}?known_at=2026-06-14"))
    assert "1,000 €" in text_of(client.get(f"{here}?known_at=2026-06-15"))
    for bad in ("as_of=2026-13-01", "as_of=2026-06-16", "as_of=0001-01-01", "known_at=soon", "known_at=9999-12-31"):
        page = text_of(client.get(f"{here}?days=365&{bad}"))
        assert "is left out" in page, bad
        assert "1,000 €" in page, bad


def test_a_plain_day_is_known_until_its_end_in_the_office(live, business_owner):
    script = Script(make_api_token(business_owner)[1])
    here = f"/api/v1/initiatives/{live.reference}/value/"
    assert script.get(here, {"known_at": "2026-06-14"}).json()["has_data"] is False
    told = script.get(here, {"known_at": "2026-06-15"}).json()
    assert (told["has_data"], told["known_at"][:16]) == (True, "2026-06-15T23:59")
    assert script.get(here, {"known_at": "2026-06-31"}).status_code == 400
    assert script.get(here, {"known_at": "2026-06-15T11:00:00Z"}).json()["has_data"] is False


def test_reversing_says_which_days_it_covers(business_owner, finance_controller, client):
    one = make_initiative(owner=business_owner)
    entry = post(
        one,
        business_owner,
        cost_of(30, happened_on=date(2026, 5, 1), first_on=date(2026, 5, 1), last_on=date(2026, 6, 30)),
    )
    client.force_login(business_owner)
    here = f"{entry.get_absolute_url()}reverse/"
    page = text_of(client.get(here))
    assert "The reversal covers 1 May 2026 to 30 Jun 2026. No day of the entry is closed." in page
    close_month(date(2026, 5, 1), actor=finance_controller)
    page = text_of(client.get(here))
    assert "The reversal covers 1 Jun 2026 to 30 Jun 2026. Days before are closed and are not touched" in page
    found = reverse_entry(entry, actor=business_owner, reason="Twice.")
    assert (found.first_on, found.last_on) == (date(2026, 6, 1), date(2026, 6, 30))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_end_of_time_are_refused(saved, business_owner, day):
    owner = Script(make_api_token(business_owner)[1])
    for noun in ("value/", "durability-checks/"):
        here = f"initiatives/{saved.initiative.reference}/{noun}"
        assert owner.get(f"{here}?as_of={day}").status_code == 400
        assert owner.get(f"{here}?as_of=2026-06-01").status_code == 200


def test_a_day_whose_last_hour_comes_twice_ends_with_the_second(settings):
    settings.TIME_ZONE = "Africa/Cairo"
    assert end_of(date(2026, 10, 29)) + timedelta.resolution == datetime(2026, 10, 29, 22, tzinfo=UTC)
    assert end_of(date(2026, 10, 28)) + timedelta.resolution == datetime(2026, 10, 28, 21, tzinfo=UTC)
