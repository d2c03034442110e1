"""The dashboard over the API: the same figures as its page, money for those whose roles show it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from portfolio.models import OutcomeMetric
from tests.api.conftest import Script, make_api_token
from tests.value.factories import claim, cost_of, post
from value.kept.recompute import recompute_marked

from .conftest import produced

pytestmark = pytest.mark.django_db
NOTHING_YET = {"share": None, "active": None, "target": None, "unmeasured": 0}


def script_of(person) -> Script:
    return Script(make_api_token(person)[1])


def asked(person, **query) -> dict:
    answer = script_of(person).get("dashboard/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_five_figures_with_the_window_before(small, executive):
    told = asked(executive, window=90, as_of="2026-06-15")
    assert {name: told[name] for name in ("window", "first", "as_of", "known_at", "restated")} == {
        "window": 90,
        "first": "2026-03-18",
        "as_of": "2026-06-15",
        "known_at": None,
        "restated": [],
    }
    assert told["lead_time_days"] == {
        "median": 106,
        "p90": 120,
        "count": 2,
        "without_pilot": 1,
        "previous": {"median": 123, "p90": 123, "count": 1, "without_pilot": 0},
        "open_pilots": 0,
        "open_median": None,
        "open_oldest": None,
    }
    owner = told["stable_owner"]
    assert (owner["share"], owner["stable"], owner["active"], owner["paused"]) == ("0.2500", 1, 4, 1)
    assert (owner["without_risk"], owner["new_business_owner"]) == (3, 0)
    assert {*owner["previous"]} == {*owner} - {"previous"}
    adoption = told["adoption"]
    assert {name: adoption[name] for name in NOTHING_YET} == {
        "share": "0.6000",
        "active": 780,
        "target": 1300,
        "unmeasured": 1,
    }
    assert {name: adoption["previous"][name] for name in NOTHING_YET} == NOTHING_YET
    assert {*adoption["previous"]} == {*adoption} - {"previous"}
    assert (adoption["workflows"], adoption["previous"]["workflows"]) == (2, 0)
    assert told["closed"] == {
        "with_rationale": 1,
        "without_rationale": 1,
        "previous": {"with_rationale": 0, "without_rationale": 0},
    }


def test_where_nothing_is_measured_nobody_is_counted(small, executive):
    # On 1 March nothing critical ran; of Retail only the workflow that nobody read.
    nothing, unread = asked(executive, as_of="2026-03-01"), asked(executive, unit=small.quick.unit_id)
    assert {name: nothing["adoption"][name] for name in NOTHING_YET} == NOTHING_YET
    assert {name: unread["adoption"][name] for name in NOTHING_YET} == NOTHING_YET | {"unmeasured": 1}


def test_money_is_told_in_decimal_strings(small, executive):
    money = asked(executive)["net_value"]
    assert {name: each for name, each in money.items() if name not in ("previous", "cost_coverage", "is_of_part")} == {
        "amount": "600.00",
        "currency": "EUR",
        "benefit": "1000.00",
        "decayed": "0.00",
        "run_cost": "400.00",
        "rework": "0.00",
        "risk_loss": "0.00",
        "claimed_unconfirmed": "0.00",
        "build_cost": "0.00",
    }
    assert money["cost_coverage"]["is_complete"] is False
    assert money["is_of_part"] is False
    # No data is not nothing.
    assert (money["previous"]["amount"], money["previous"]["currency"]) == (None, "EUR")


def test_what_does_not_count_is_no_net_value(small, executive, finance_controller, client):
    # Of Quick's unit nothing is posted but what was built and what waits for finance.
    days = {"first_on": date(2026, 5, 1), "last_on": date(2026, 5, 31)}
    post(small.quick, finance_controller, cost_of(70, kind="build_cost", **days))
    metric = OutcomeMetric.objects.create(initiative=small.quick, name="Calls", unit="calls", direction="down")
    claim(metric, finance_controller, amount=Decimal(300), **days)
    recompute_marked()
    money = asked(executive, unit=small.quick.unit_id)["net_value"]
    nothing = ("amount", "benefit", "decayed", "run_cost", "rework", "risk_loss")
    assert {name: money[name] for name in nothing} == dict.fromkeys(nothing)
    assert (money["claimed_unconfirmed"], money["build_cost"]) == ("300.00", "70.00")
    client.force_login(executive)
    page = client.get("/dashboard/", {"unit": small.quick.unit_id, "figure": "net_value"}).content.decode()
    assert "What is posted for these days does not count" in page
    assert "On target" not in page.split('id="figure"')[0].split("Net value")[1].split("</article>")[0]
    rows = client.get("/dashboard/rows/net_value/", {"unit": small.quick.unit_id}).content.decode()
    assert "What is posted for these days does not count" in rows


def test_no_money_without_a_role_that_shows_it(small, stranger, service_account, chief_of_retail):
    assert asked(stranger)["net_value"] is None
    assert asked(service_account)["net_value"] is None
    assert asked(chief_of_retail)["net_value"]["amount"] is None
    assert asked(chief_of_retail)["net_value"]["is_of_part"] is True
    assert asked(chief_of_retail, unit=small.slow.unit_id)["net_value"] is None


def test_a_unit_includes_those_below_it(small, executive):
    retail = small.quick.unit.parent
    told = asked(executive, window=30, unit=retail.pk, bucket=small.quick.bucket_id)
    assert told["net_value"]["is_of_part"] is True
    assert (told["window"], told["lead_time_days"]["count"], told["lead_time_days"]["median"]) == (30, 1, 92)
    assert asked(executive, unit=small.slow.unit_id, bucket=small.quick.bucket_id)["lead_time_days"]["count"] == 0


def test_as_it_was_known(small, executive):
    with clock.fixed_at(datetime(2026, 6, 20, 12, tzinfo=UTC)):
        produced("Told late", None, datetime(2026, 6, 14).date())
        now = asked(executive, as_of="2026-06-15")
        then = asked(executive, as_of="2026-06-15", known_at="2026-06-15")
    assert [told["lead_time_days"]["without_pilot"] for told in (now, then)] == [2, 1]
    assert then["known_at"].startswith("2026-06-15T23:59:59")


def test_changes_that_wait_to_be_counted_are_told(small, executive, finance_controller):
    assert asked(executive)["pending"] == 0
    post(small.slow, finance_controller, cost_of(10))
    assert asked(executive)["pending"] == 1
    assert asked(executive, known_at="2026-06-15")["pending"] is None


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"window": 45}, "window"),
        ({"as_of": "2026-06-16"}, "as_of"),
        ({"as_of": "soon"}, "as_of"),
        ({"as_of": "1066-10-14"}, "as_of"),
        ({"known_at": "2026-07-01"}, "known_at"),
        ({"unit": 999999}, "unit"),
        ({"bucket": "x"}, "bucket"),
        ({"days": 30}, "days"),
    ],
)
def test_what_cannot_be_understood_is_refused(small, executive, query, parameter):
    answer = script_of(executive).get("dashboard/", query)
    assert answer.status_code == 400
    assert [each["parameter"] for each in answer.json()["errors"]] == [parameter]


def test_it_asks_as_often_however_much_there_is(small, executive):
    script = script_of(executive)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert script.get("dashboard/").status_code == 200
        return len(queries)

    count()
    before = count()
    produced("More", None, datetime(2026, 6, 10).date())
    assert count() == before
