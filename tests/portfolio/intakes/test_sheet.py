"""What the answers mean so far: the lane follows each of them, and what is missing is named."""

from decimal import Decimal

import pytest

from portfolio.forms.intake import STEPS
from portfolio.intake_sheet import Sheet
from portfolio.models import Tool
from tests.portfolio.initiative.forms import htmx

pytestmark = pytest.mark.django_db


def test_a_complete_request(answers):
    sheet = Sheet(answers)

    assert sheet.missing == []
    assert all(sheet.is_done(step.slug) for step in STEPS)
    assert (sheet.lane.lane, sheet.risk_tier[0], sheet.cleaned["requested_amount"]) == ("fast", "low", Decimal(30_000))


def test_an_empty_one_says_nothing_yet():
    sheet = Sheet({})

    assert sheet.lane.failing == 0
    assert sheet.lane.open == 10
    assert not any(sheet.is_done(step.slug) for step in STEPS)
    assert "name" in {each.field for each in sheet.missing}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"is_customer_facing": "yes"}, "customers"),
        ({"employee_effect": "evaluates"}, "employees"),
        ({"data_sensitivity": "personal"}, "data"),
        ({"requested_amount": "60k"}, "money"),
        ({"tier-cost-of-error": "some"}, "tier"),
        ({"decisions": [{"name": "Refuse", "cost_of_error": "very_high", "reversibility": "easy"}]}, "regulated"),
        (
            {"decisions": [{"name": "Pay", "cost_of_error": "low", "reversibility": "easy", "is_regulated": "on"}]},
            "regulated",
        ),
    ],
)
def test_one_answer_moves_the_lane(answers, changed, code):
    lane = Sheet(answers | changed).lane

    assert lane.lane == "full"
    assert lane.deciding.code == code


def test_a_risk_question_answers_for_the_fact_that_it_asks(answers):
    sheet = Sheet(answers | {"tier-safety": "indirect"})

    assert "is_safety_impacting" not in sheet.forms["risk"].fields
    assert sheet.flag("is_safety_impacting") is True
    assert sheet.flag("is_rights_impacting") is False
    assert Sheet({}).flag("is_rights_impacting") is None


def test_a_tool_that_is_not_approved(answers):
    tool = Tool.objects.create(name="Speech engine")

    lane = Sheet(answers | {"tools": [str(tool.pk)]}).lane

    assert (lane.deciding.code, lane.deciding.found) == ("tools", "Speech engine")


def test_a_tier_is_low_only_when_all_is_answered(answers):
    answers.pop("tier-safety")
    assert Sheet(answers).risk_tier == ("", None)

    tier, question = Sheet(answers | {"tier-cost-of-error": "much"}).risk_tier
    assert (tier, question.code) == ("high", "cost-of-error")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"unit": "0"}, "unit"),
        ({"business_owner": "Nobody at all"}, "business_owner"),
        ({"metric_name": "Days"}, "metric_unit"),
        ({"baseline": "3"}, "metric_name"),
        ({"metric_name": "Days", "metric_unit": "d", "metric_direction": "up", "baseline": "3"}, "baseline_on"),
        ({"requested_amount": "-1"}, "requested_amount"),
        ({"requested_amount": "NaN"}, "requested_amount"),
        ({"starts_on": "2027-05-01", "wanted_on": "2027-04-01"}, "wanted_on"),
        ({"decisions": []}, "__all__"),
        ({"jurisdictions": []}, "jurisdictions"),
    ],
)
def test_what_is_missing_is_named(answers, changed, field):
    missing = Sheet(answers | changed).missing

    assert field in {each.field for each in missing}
    assert all(each.label and each.told for each in missing)


def test_the_page_shows_which_condition_decides(client, draft, requester, answers):
    client.force_login(requester)
    client.post(f"/intakes/{draft.reference}/steps/work/save/", {"is_customer_facing": "no", "employee_effect": "none"})
    address = f"/intakes/{draft.reference}/steps/work/save/"

    before = client.post(address, {"is_customer_facing": "no"}, headers=htmx("meaning")).content.decode()
    after = client.post(address, {"is_customer_facing": "yes"}, headers=htmx("meaning")).content.decode()

    assert "Fast lane possible" in before
    assert "Full lane so far" in after
    assert "decides the lane; answered here" in after
