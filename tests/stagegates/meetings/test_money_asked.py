"""Money outside a gate on agendas: put there, read, and decided by a meeting."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from aiso import clock
from aiso.errors import DomainError
from forums.actions.agenda import fill_agenda, put_off
from forums.actions.live import record_item
from forums.actions.meetings import open_meeting
from forums.item_page import sections_of
from forums.models import Forum
from forums.recusals import recused_from
from forums.votes import count_votes
from portfolio.models import Stage
from stagegates.actions.ask_funding import ask_money, decide_request, withdraw_request
from stagegates.actions.decide_in_meeting import decide_item
from stagegates.actions.ruling import Ruling
from stagegates.agenda import SOURCES
from stagegates.agenda.decider import draw_decision
from stagegates.deciding import who_decides_on, who_decides_on_each
from stagegates.models import FundingRequest
from stagegates.money import funding_of
from tests.api.conftest import Script, make_api_token, problem
from tests.factories import fund, make_initiative, make_person, move_stage

from .conftest import make_meeting, vote

pytestmark = pytest.mark.django_db
GO = Ruling("approve", "It pays.")


def proposed(forum="portfolio-review", day=None):
    source = next(each for each in SOURCES if each.name == "funding_asks")
    return [*source.find(Forum.objects.get(slug=forum), day or clock.today())]


@pytest.fixture
def asked(initiative, business_owner) -> FundingRequest:
    fund(initiative, 100_000)
    return ask_money(initiative, actor=business_owner, amount=Decimal(45_000), reason="A second region joins.")


@pytest.fixture
def asking(asked, meeting):
    """Its item in the meeting under way, put there by its source."""
    meeting.state = "draft"
    meeting.save(update_fields=["state"])
    fill_agenda(meeting)
    meeting.state = "in_progress"
    meeting.save(update_fields=["state"])
    return meeting.items.select_related("meeting__forum", "forum", "initiative").get(source="funding_asks")


def told(item, person):
    return {each.name: each.html for each in sections_of([item], person)[item.pk]}


def sent(**fields):
    data = QueryDict(mutable=True)
    data.update({"outcome": "approve", "rationale": "It pays.", "amount": "40,000"} | fields)
    return data


def test_a_request_comes_to_the_body_that_its_sum_needs(asked, chair):
    [found] = proposed()
    assert (found.key, found.initiative_id) == (f"request-{asked.pk}", asked.initiative_id)
    assert "45" not in found.title + found.why
    assert proposed("executive-sponsor") == []
    withdraw_request(asked, actor=asked.asked_by)
    assert proposed() == []


def test_a_held_request_comes_back_on_its_day(asked, chair):
    until = clock.today() + timedelta(days=10)
    decide_request(asked, actor=chair, outcome="hold", rationale="Later.", hold_until=until)
    assert proposed() == []
    assert len(proposed(day=until)) == 1


def test_what_is_withdrawn_is_not_sent(asked, chair, secretary):
    meeting = make_meeting(live=False)
    fill_agenda(meeting)
    assert fill_agenda(meeting).put == 0
    assert meeting.items.to_come().count() == 1
    withdraw_request(asked, actor=asked.asked_by)
    with pytest.raises(DomainError, match="Nothing stands on the agenda"):
        open_meeting(meeting, actor=secretary)


def test_it_is_tied_to_its_request_and_stays_so_when_put_off(asking, asked, secretary):
    assert asking.request_item.request == asked
    assert put_off(asking, actor=secretary).request_item.request == asked


def test_many_cost_what_few_do(chair):
    def more(count):
        for _ in range(count):
            row = make_initiative(stage="pilot", owner=make_person(), risk_tier="moderate")
            FundingRequest.objects.create(initiative=row, amount=100, reason="More.", asked_by=chair)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert proposed()
        return len(queries)

    more(2)
    cost()
    before = cost()
    more(6)
    assert cost() == before


def test_bodies_of_many_are_those_of_each(chair, initiative, asked):
    rows = [initiative, make_initiative(stage="build", owner=make_person(), risk_tier="high"), make_initiative()]
    paused = make_initiative(stage=Stage.PILOT, owner=make_person(), risk_tier="low")
    move_stage(paused, Stage.PAUSED)
    rows.append(paused)
    amounts = [Decimal(each) for each in (45_000, 2_000_000, 0, 10)]
    together = who_decides_on_each(zip(rows, amounts, strict=True))
    for row, amount in zip(rows, amounts, strict=True):
        assert together[row.pk] == who_decides_on(row, amount)


def test_its_page_tells_the_money_to_those_who_may_see_it(asking, chair, business_owner, stranger):
    for person in (chair, business_owner):
        html = told(asking, person)
        assert "A second region joins." in html["asked"]
        assert "45,000" in html["asked"]
        assert "100,000" in html["money"]
        assert "55,000" in html["money"]
    html = told(asking, stranger)
    assert "money" not in html
    assert "45,000" not in "".join(html.values())
    assert "A second region" not in html["asked"]


def test_more_is_asked_of_an_envelope_than_it_holds(asking, asked, chair):
    other = make_initiative(stage="pilot", owner=make_person(), bucket=asked.initiative.bucket)
    FundingRequest.objects.create(initiative=other, amount=80_000, reason="More.", asked_by=chair)
    assert "125,000" in told(asking, chair)["money"]


def test_whoever_asked_is_recused(asking, asked, member):
    FundingRequest.objects.filter(pk=asked.pk).update(asked_by=member)
    assert recused_from([asking])[asking.pk][member.pk] == "Party to it"
    assert next(voter for voter in count_votes(asking).voters if voter.person == member).is_recused


def test_votes_carry_it_and_the_money_is_committed(asking, asked, voters, secretary):
    for person, choice in zip(voters, ("for", "for", "against"), strict=True):
        vote(asking, person, choice)
    decision = decide_item(asking, GO, actor=secretary)
    assert (decision.way, decision.amount, decision.in_meeting.agree) == ("meeting", 45_000, 2)
    assert decision.on_funding.request == asked
    asked.refresh_from_db()
    asking.refresh_from_db()
    assert not asked.is_open
    assert asking.result == "Approved, 2 for, 1 against, 0 abstained"
    assert funding_of([asked.initiative])[asked.initiative_id].released == 45_000


def test_the_form_offers_what_a_body_may_say_to_money(asking, chair, member):
    html = draw_decision(asking, chair, None)
    assert html.count('type="radio"') == 4
    assert "is free" in html
    assert "The chair and the secretary" in draw_decision(asking, member, None)


def test_the_form_records_part_of_the_sum(asking, asked, chair):
    settled = record_item(asking, actor=chair, data=sent(by_consent="on"))
    assert settled.result == "Approved, by consent of the 3 present"
    assert funding_of([asked.initiative])[asked.initiative_id].committed == 40_000


def test_what_is_in_the_way_is_refused(asking, asked, chair, member, business_owner, secretary):
    with pytest.raises(DomainError, match="Nobody has voted"):
        record_item(asking, actor=chair, data=sent())
    with pytest.raises(DomainError, match="at most"):
        record_item(asking, actor=chair, data=sent(by_consent="on", amount="50,000"))
    with pytest.raises(PermissionDenied):
        decide_item(asking, GO, actor=member, by_consent=True)
    decide_request(asked, actor=chair, outcome="approve", rationale="It could not wait.")
    with pytest.raises(DomainError, match="Carla Chair decided this"):
        record_item(asking, actor=secretary, data=sent(by_consent="on"))
    asking.refresh_from_db()
    assert "Decided before the meeting" in draw_decision(asking, secretary, None)
    assert record_item(asking, actor=secretary, data={"result": "Decided before"}).result == "Decided before"


def test_what_was_held_meanwhile_is_told_to_a_stale_form(asking, asked, chair, secretary):
    stale = sent(by_consent="on", seen="")
    assert 'name="seen"' in draw_decision(asking, secretary, None)
    held = decide_request(
        asked, actor=chair, outcome="hold", rationale="Not yet.", hold_until=clock.today() + timedelta(days=9)
    )
    with pytest.raises(DomainError, match=r"Carla Chair decided this on .*Not yet"):
        record_item(asking, actor=secretary, data=stale)
    body = {"item": asking.pk, "outcome": "approve", "rationale": "It pays.", "by_consent": True, "seen": None}
    problem(Script(make_api_token(secretary)[1]).post("meeting-decisions/", body), 409)
    assert f'name="seen" value="{held.pk}"' in draw_decision(asking, secretary, None)
    settled = record_item(asking, actor=secretary, data=sent(by_consent="on", seen=str(held.pk)))
    assert settled.result.startswith("Approved")


def test_over_the_api(asking, voters, chair, member):
    for person in voters:
        vote(asking, person)
    body = {"item": asking.pk, "outcome": "approve", "rationale": "It pays."}
    problem(Script(make_api_token(member)[1]).post("meeting-decisions/", body), 403)
    script = Script(make_api_token(chair)[1])
    problem(script.post("meeting-decisions/", body | {"outcome": "terminate"}), 422)
    assert script.post("meeting-decisions/", body).status_code == 201
    problem(script.post("meeting-decisions/", body), 409)
