"""Money outside a gate: asked for, decided, withdrawn; on pages and over the API."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.models import OwnerKind, Stage
from stagegates import funding_work
from stagegates.actions.ask_funding import ask_money, decide_request, withdraw_request
from stagegates.actions.conditions import confirm_condition, meet_condition
from stagegates.actions.funding import release_tranche
from stagegates.actions.ruling import NewCondition
from stagegates.models import Decision, FundingRequest
from stagegates.money import funding_of
from tests.api.conftest import Script, make_api_token
from tests.factories import fund, make_initiative, make_ownership, move_stage
from tests.stagegates.decisions.conftest import make_condition

from .factories import sums

pytestmark = pytest.mark.django_db


def script(person) -> Script:
    return Script(make_api_token(person)[1])


@pytest.fixture
def asked(initiative, business_owner) -> FundingRequest:
    fund(initiative)
    return ask_money(initiative, actor=business_owner, amount=Decimal(45_000), reason="A second region joins.")


def decide(asked, actor, outcome="approve", **more):
    return decide_request(asked, actor=actor, outcome=outcome, rationale="It pays.", **more)


def test_an_owner_asks(asked, business_owner, stranger, initiative):
    assert Event.objects.get(name="funding.asked").payload["request"] == asked.pk
    assert funding_of([initiative])[initiative.pk].asked == 45_000
    with pytest.raises(PermissionDenied):
        ask_money(initiative, actor=stranger, amount=Decimal(1), reason="x")
    with pytest.raises(DomainError, match="open already"):
        ask_money(initiative, actor=business_owner, amount=Decimal(1), reason="x")


@pytest.mark.parametrize(("stage", "told"), [("intake", "passed no gate"), ("paused", "paused"), ("closed", "ended")])
def test_when_nobody_asks(business_owner, stage, told):
    initiative = make_initiative(stage=Stage.PILOT, owner=business_owner)
    if stage == "intake":
        initiative = make_initiative(owner=business_owner)
    else:
        move_stage(initiative, stage)
    with pytest.raises(DomainError, match=told):
        ask_money(initiative, actor=business_owner, amount=Decimal(1), reason="x")


def test_an_approval_commits_its_money(asked, chair, business_owner, stranger):
    for person in (business_owner, stranger):
        with pytest.raises(PermissionDenied):
            decide(asked, person)
    decision = decide(asked, chair, amount=Decimal(40_000))
    [tranche] = decision.tranches.all()
    assert (tranche.gate, tranche.at, sums(tranche)) == ("", "Outside a gate", (0, 40_000, 0, 40_000, 0))
    assert decision.on_funding.request == asked
    asked.initiative.refresh_from_db()
    assert asked.initiative.stage == Stage.PILOT
    with pytest.raises(DomainError, match="Carla Chair decided this"):
        decide(asked, chair)
    with pytest.raises(DomainError, match="Carla Chair decided this"):
        withdraw_request(asked, actor=business_owner)


def test_with_a_condition_it_is_withheld_until_that_is_met(asked, chair, technical_owner, office_member):
    condition = NewCondition("Show the second site", technical_owner, clock.today() + timedelta(days=9))
    decision = decide(asked, chair, "conditions", conditions=[condition], release_now=Decimal(5_000))
    _, withheld = decision.tranches.all()
    [condition] = decision.conditions.all()
    meet_condition(condition, actor=technical_owner, note="Shown.")
    confirm_condition(condition, actor=chair)
    release_tranche(withheld, actor=office_member)
    assert sums(withheld)[1] == 40_000


def test_held_then_approved(asked, chair):
    hold = decide(asked, chair, "hold", hold_until=clock.today() + timedelta(days=9))
    asked.refresh_from_db()
    assert asked.is_open
    decision = decide(asked, chair)
    assert decision.supersedes == hold


def test_sent_back_to_the_next_gate(asked, chair):
    decision = decide(asked, chair, "send_back")
    assert decision.back_to == "production-fit"
    assert not decision.tranches.exists()
    asked.refresh_from_db()
    assert not asked.is_open


@pytest.mark.parametrize(
    ("outcome", "more", "field"),
    [
        ("terminate", {}, "outcome"),
        ("conditions", {}, "conditions"),
        ("hold", {}, "hold_until"),
        ("approve", {"amount": Decimal(45_001)}, "amount"),
        ("approve", {"amount": Decimal(0)}, "amount"),
        ("approve", {"release_now": Decimal(1)}, "release_now"),
    ],
)
def test_what_a_ruling_lacks(asked, chair, outcome, more, field):
    with pytest.raises(DomainError) as refused:
        decide(asked, chair, outcome, **more)
    assert refused.value.field == field
    assert not Decision.objects.exists()


def test_a_sum_that_a_higher_body_decides(initiative, business_owner, chair, sponsor):
    fund(initiative)
    initiative.risk_tier = "high"
    initiative.save()
    asked = ask_money(initiative, actor=business_owner, amount=Decimal(1_200_000), reason="Much more.")
    with pytest.raises(PermissionDenied):
        decide(asked, chair)
    assert decide(asked, sponsor).amount == 1_200_000


def test_what_is_overdue_stops_it(asked, chair, sponsor, technical_owner):
    earlier = Decision.objects.create(
        initiative=asked.initiative, outcome="conditions", rationale="Go.", body=chair.memberships.get().forum,
        way="chair", decided_by=chair,
    )  # fmt: skip
    late = make_condition(earlier, technical_owner, due_on=clock.today() - timedelta(days=1))
    with pytest.raises(DomainError, match="A condition is overdue"):
        decide(asked, chair)
    decision = decide(asked, sponsor, overrides={f"condition:{late.pk}": "It is shown next week."})
    assert decision.overrides[0]["reason"] == "It is shown next week."


# Pages


def body_of(response):
    return " ".join(response.content.decode().split())


def test_asked_and_decided_on_pages(client, initiative, business_owner, chair, stranger):
    fund(initiative)
    client.force_login(business_owner)
    ask = f"/initiatives/{initiative.reference}/funding/ask/"
    assert client.post(ask, {"amount": "0", "reason": "More."}).status_code == 422
    answer = client.post(ask, {"amount": "45k", "reason": "A second region."})
    address = answer.headers["Location"]
    page = body_of(client.get(address))
    assert ("Withdraw the request" in page, "Record the decision" in page) == (True, False)
    assert client.post(address, {"outcome": "approve", "rationale": "Mine."}).status_code == 403
    client.force_login(stranger)
    assert client.get(address).status_code == 403
    assert "A second region" not in body_of(client.get("/funding/requests/"))
    client.force_login(chair)
    assert "Record the decision" in body_of(client.get(address))
    wrong = client.post(address, {"outcome": "approve", "rationale": "Go.", "amount": "50k"})
    assert (wrong.status_code, "that was asked for is approved" in body_of(wrong)) == (422, True)
    assert client.post(address, {"outcome": "approve", "rationale": "Go.", "amount": "45k"}).status_code == 302
    assert "Record the decision" not in body_of(client.get(address))
    assert client.post(address, {"outcome": "approve", "rationale": "Go.", "amount": "45k"}).status_code != 302
    client.force_login(business_owner)
    assert "A second region" in body_of(client.get("/funding/requests/?state=all"))
    assert "None waits for a decision" in body_of(client.get("/funding/requests/"))


def test_it_waits_in_my_work_of_who_decides_alone(client, asked, chair, member):
    client.force_login(chair)
    assert "Decide on money outside a gate" in body_of(client.get("/"))
    client.force_login(member)
    assert "Decide on money outside a gate" not in body_of(client.get("/"))


def test_what_others_decide_takes_no_place_in_my_work(asked, chair, monkeypatch):
    """Requests that waited longer, to which the chair is a party, leave room for the one that waits for the chair."""
    monkeypatch.setattr(funding_work, "MOST", 2)
    for number in range(3):
        other = make_initiative(stage=Stage.PILOT, owner=chair, risk_tier="moderate")
        since = clock.now() - timedelta(days=number + 1)
        FundingRequest.objects.create(initiative=other, amount=100, reason="More.", asked_by=chair, asked_at=since)
    assert [each.url for each in funding_work.requests_waiting(chair)] == [asked.get_absolute_url()]


# The API


def test_the_same_over_the_api(initiative, business_owner, chair, stranger, finance_controller):
    fund(initiative)
    below = f"initiatives/{initiative.reference}"
    made = script(business_owner).post(f"{below}/funding-requests/", {"amount": "45000", "reason": "More."})
    assert made.status_code == 201, made.content
    one = made.headers["Location"]
    assert script(stranger).get(one).status_code == 403
    assert script(stranger).get("funding-requests/").json()["results"] == []
    assert script(business_owner).post(f"{one}decide/", {"outcome": "approve", "rationale": "x"}).status_code == 403
    done = script(chair).post(f"{one}decide/", {"outcome": "approve", "rationale": "It pays."})
    assert (done.status_code, len(done.json()["decisions"])) == (200, 1)
    assert script(chair).post(f"{one}decide/", {"outcome": "approve", "rationale": "x"}).status_code == 409
    told = script(finance_controller).get(f"{below}/funding/").json()
    assert (told["committed"], told["unspent"], told["asked"]) == ("45000.00", "45000.00", "0")
    assert script(stranger).get(f"{below}/funding/").status_code == 403


def test_whoever_stepped_down_since_it_was_asked_does_not_decide(asked, chair):
    owned = make_ownership(
        asked.initiative, chair, OwnerKind.RISK, is_deputy=True, since=clock.today() - timedelta(days=30)
    )
    owned.ended_on = clock.today()
    owned.save()
    with pytest.raises(PermissionDenied):
        decide(asked, chair)
    owned.ended_on = clock.today() - timedelta(days=1)
    owned.save()
    assert decide(asked, chair).decided_by == chair
