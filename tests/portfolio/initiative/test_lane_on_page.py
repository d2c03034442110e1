"""The lane on the initiative page: its conditions and reasons, raising and lowering it, and the money asked for."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from aiso.accounts.models import Role
from aiso.errors import DomainError
from portfolio.actions.conclude_lanes import conclude_lanes, lower_lane, raise_lane
from portfolio.lane_words import ANSWERED_AT, CONDITIONS, lane_reason
from portfolio.models import Initiative
from tests.factories import make_decision, make_initiative, make_person, make_tool, make_unit

from .forms import events, htmx, offered_undo, opened

pytestmark = pytest.mark.django_db
SIMPLE = {
    "risk_tier": "low",
    "is_rights_impacting": False,
    "is_safety_impacting": False,
    "is_customer_facing": False,
    "employee_effect": "none",
    "data_sensitivity": "internal",
    "requested_amount": Decimal(10_000),
}


@pytest.fixture
def simple(business_owner) -> Initiative:
    initiative = make_initiative("Simple", owner=business_owner, **SIMPLE)
    make_decision(initiative)
    return concluded(initiative)


def concluded(initiative: Initiative) -> Initiative:
    conclude_lanes([initiative.pk])
    initiative.refresh_from_db()
    return initiative


def move(initiative: Initiative, way: str = "raise") -> str:
    return f"{initiative.get_absolute_url()}lane/{way}/"


def page_of(client, initiative) -> str:
    return " ".join(client.get(initiative.get_absolute_url()).content.decode().split())


def test_the_page_shows_all_conditions_and_where_each_is_answered(client, initiative, stranger):
    client.force_login(stranger)
    concluded(initiative)

    page = page_of(client, initiative)

    assert 'Full lane <span class="sm">(risk tier not set)</span>' in page
    for place in {f"{initiative.get_absolute_url()}risk/#effects", f"{initiative.get_absolute_url()}decisions/#tab"}:
        assert place in page
    assert page.count('<li class="hit-rule">') == 1
    assert "9 open" in page
    for code, (_, place) in ANSWERED_AT.items():
        assert code in CONDITIONS
        if place.startswith("fact-"):
            assert f'id="{place}"' in page


def test_the_fast_lane_says_that_all_hold(client, simple, stranger):
    client.force_login(stranger)

    page = page_of(client, simple)

    assert "<span>Fast lane</span>" in page
    assert "all 10 hold" in page
    assert "hit-rule" not in page


@pytest.mark.parametrize("code", CONDITIONS)
def test_each_reason_has_its_words(code, initiative):
    initiative.lane_decided_by = code

    assert lane_reason(initiative)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"risk_tier": "high"}, "risk tier high"),
        ({"is_rights_impacting": True, "is_safety_impacting": True}, "rights- and safety-impacting"),
        ({"is_safety_impacting": None}, "rights or safety not answered"),
        ({"employee_effect": "evaluates"}, "evaluates or monitors employees"),
        ({"employee_effect": ""}, "effect on employees not answered"),
        ({"data_sensitivity": "confidential"}, "confidential data"),
        ({"data_sensitivity": "special"}, "special categories of personal data"),
        ({"data_sensitivity": ""}, "data sensitivity not answered"),
        ({"is_customer_facing": True}, "customer-facing"),
        ({"is_customer_facing": None}, "customer-facing not answered"),
        ({"requested_amount": Decimal(50_000)}, "money over the threshold"),
        ({"requested_amount": None}, "money not stated"),
        ({"lane_raised_because": "Unusual."}, "raised by hand"),
        ({}, ""),
    ],
)
def test_the_reason_follows_from_what_decided(simple, change, told):
    Initiative.objects.filter(pk=simple.pk).update(**change)

    assert lane_reason(concluded(simple)) == told


def test_a_tool_that_is_not_approved_is_the_reason(simple):
    simple.tools.add(make_tool("Widget", approved=False))
    assert lane_reason(concluded(simple)) == "a tool not approved"


@pytest.mark.parametrize("headers", [{}, htmx("dialog")])
def test_an_owner_takes_the_full_lane(client, simple, business_owner, headers):
    client.force_login(business_owner)
    assert "Take the full lane" in page_of(client, simple)

    response = client.post(move(simple), {"reason": "New ground for us."}, headers=headers)

    assert response.headers["Location"] == simple.get_absolute_url()
    simple.refresh_from_db()
    assert (simple.lane, simple.lane_decided_by, simple.lane_raised_because) == ("full", "raised", "New ground for us.")
    assert len(events("initiative.lane_raised")) == 1
    page = page_of(client, simple)
    assert "Raised to the full lane</a>: New ground" in page or "Raised to the full lane: New ground" in page
    assert "lane/raise/" not in page
    assert "New ground for us." in client.get(f"{simple.get_absolute_url()}history/").content.decode()


def test_only_the_risk_function_lowers_it(client, simple, business_owner, risk_reviewer, office_lead):
    raise_lane(simple, actor=business_owner, reason="New ground.")
    for person in (business_owner, office_lead):
        client.force_login(person)
        assert "lane/lower/" not in page_of(client, simple)
        assert client.post(move(simple, "lower"), {"reason": "Enough."}).status_code == 403
    client.force_login(risk_reviewer)
    assert "lane/lower/" in page_of(client, simple)

    assert client.post(move(simple, "lower"), {"reason": "Looked at it."}).status_code == 302

    simple.refresh_from_db()
    assert (simple.lane, simple.lane_raised_because) == ("fast", "")
    assert len(events("initiative.lane_lowered")) == 1


@pytest.mark.parametrize("way", ["raise", "lower"])
def test_each_happens_once_and_needs_a_reason(client, simple, office_member, risk_reviewer, way):
    actor = {"raise": office_member, "lower": risk_reviewer}[way]
    if way == "lower":
        raise_lane(simple, actor=office_member, reason="New ground.")
    client.force_login(actor)
    assert client.post(move(simple, way), {"reason": ""}).status_code == 422
    assert client.post(move(simple, way), {"reason": "x" * 501}).status_code == 422
    assert client.post(move(simple, way), {"reason": "Because."}).status_code == 302
    again = client.post(move(simple, way), {"reason": "Because."})
    assert again.status_code == 422
    assert "raised" in again.content.decode()


def test_a_risk_reviewer_of_another_unit_does_not_lower_it(client, simple, office_member):
    raise_lane(simple, actor=office_member, reason="New ground.")
    client.force_login(make_person("Local", Role.RISK_REVIEWER, role_unit=make_unit()))
    assert client.post(move(simple, "lower"), {"reason": "Enough."}).status_code == 403
    client.force_login(make_person("Near", Role.RISK_REVIEWER, role_unit=simple.unit))
    assert client.post(move(simple, "lower"), {"reason": "Enough."}).status_code == 302


@pytest.mark.parametrize("who", ["stranger", "auditor", "risk_reviewer"])
def test_others_do_not_raise_it(client, simple, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(move(simple)).status_code == 403
    assert client.post(move(simple), {"reason": "Because."}).status_code == 403


def test_who_does_not_see_it_finds_nothing(client, secret, risk_reviewer):
    client.force_login(risk_reviewer)
    for way in ("raise", "lower"):
        assert client.post(move(secret, way), {"reason": "Because."}).status_code == 404


def test_one_that_ended_takes_no_lane(client, stranger):
    ended = make_initiative(stage="closed")
    client.force_login(stranger)

    assert 'id="lane"' not in page_of(client, ended)
    assert "Full lane" not in page_of(client, ended)


def edit(initiative: Initiative, query: str = "") -> str:
    return f"{initiative.get_absolute_url()}edit/requested_amount/{query}"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("60k", 60_000), ("1,200,000", 1_200_000), ("1.2m", 1_200_000), ("0", 0), ("49999.50", Decimal("49999.50"))],
)
def test_money_is_taken_as_people_type_it(client, simple, business_owner, typed, stored):
    client.force_login(business_owner)

    response = client.post(edit(simple), {"requested_amount": typed, "initial-requested_amount": "10000"})

    assert response.status_code == 302
    simple.refresh_from_db()
    assert simple.requested_amount == stored


@pytest.mark.parametrize("typed", ["-1", "much", "1" * 17, "1.234"])
def test_what_is_no_money_is_told(client, simple, business_owner, typed):
    client.force_login(business_owner)

    response = client.post(edit(simple), {"requested_amount": typed, "initial-requested_amount": "10000"})

    assert response.status_code == 422
    simple.refresh_from_db()
    assert simple.requested_amount == 10_000


def test_money_edited_in_its_place_moves_the_lane_beside_it(client, simple, business_owner):
    client.force_login(business_owner)
    url = f"http://testserver{simple.get_absolute_url()}"
    sent = {"requested_amount": "60k", "initial-requested_amount": "10000"}

    answer = client.post(edit(simple, "?place=fact"), sent, headers=htmx() | {"HX-Current-URL": url})

    text = answer.content.decode()
    assert "60 k€".replace(" ", "\N{NO-BREAK SPACE}") in text
    assert 'id="marks" hx-swap-oob="true"' in text
    assert 'id="lane" hx-swap-oob="true"' in text
    assert "1 of 10 fail" in text
    client.post(offered_undo(answer))
    simple.refresh_from_db()
    assert (simple.requested_amount, simple.lane) == (10_000, "fast")


def test_elsewhere_a_fact_brings_no_lane_along(client, simple, business_owner):
    """The risk tab has no place for it."""
    client.force_login(business_owner)
    url = f"http://testserver{simple.get_absolute_url()}risk/"
    address = f"{simple.get_absolute_url()}edit/data_sensitivity/?place=fact"

    sent = {"data_sensitivity": "personal", "initial-data_sensitivity": "internal"}
    answer = client.post(address, sent, headers=htmx() | {"HX-Current-URL": url}).content.decode()

    assert "(personal data)" in answer
    assert 'id="lane"' not in answer


def test_the_whole_form_asks_for_money(client, simple, business_owner):
    client.force_login(business_owner)
    address = f"{simple.get_absolute_url()}edit/"

    assert opened(client, address)["requested_amount"] == "10000"


def test_reasons_of_priority_and_tier_stand_on_the_page(client, stranger):
    parts = {"value": 5, "feasibility": 4, "data_readiness": 4, "strategic_fit": 3, "governance_complexity": 2}
    rated = make_initiative(priority=Decimal("4.1"), **parts)
    half = make_initiative(value=5)
    client.force_login(stranger)

    assert "value 5, feasibility 4, data 4, fit 3, governance 4 (6 − 2)" in page_of(client, rated)
    assert "1 of 5 parts rated" in page_of(client, half)


def test_lowering_what_was_not_raised_is_refused(simple, risk_reviewer):
    with pytest.raises(DomainError, match="not raised"):
        lower_lane(simple, actor=risk_reviewer, reason="Because.")


def test_no_program_lowers_a_lane(simple, office_member):
    raise_lane(simple, actor=office_member, reason="To be sure.")
    program = make_person("Pump Sync", Role.RISK_REVIEWER, is_service_account=True)
    with pytest.raises(PermissionDenied):
        lower_lane(simple, actor=program, reason="By rule.")
