"""Expansions on agendas: put there, read, and decided by a meeting."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import Error
from django.http import QueryDict

from aiso import clock
from aiso.errors import DomainError
from forums.actions.agenda import fill_agenda, put_off
from forums.actions.live import record_item
from forums.item_page import sections_of
from forums.models import Forum
from forums.recusals import recused_from
from portfolio.models import Stage
from stagegates.actions.ask_funding import decide_request, withdraw_request
from stagegates.actions.decide_in_meeting import decide_item
from stagegates.actions.expand import ask_expansion
from stagegates.actions.ruling import Ruling
from stagegates.agenda import SOURCES
from stagegates.agenda.decider import draw_decision
from stagegates.models import Expansion
from stagegates.money import funding_of
from tests.api.conftest import Script, make_api_token, problem
from tests.factories import fund, make_decision, make_initiative

from .conftest import vote

pytestmark = pytest.mark.django_db
GO = Ruling("approve", "The readings hold.")


def proposed(forum="portfolio-review"):
    source = next(each for each in SOURCES if each.name == "expansion_asks")
    return [*source.find(Forum.objects.get(slug=forum), clock.today())]


@pytest.fixture
def grows(business_owner):
    return make_initiative("Sort claims", stage=Stage.SCALE, owner=business_owner, risk_tier="moderate")


@pytest.fixture
def asked(grows, business_owner) -> Expansion:
    fund(grows, 100_000)
    return ask_expansion(
        grows,
        actor=business_owner,
        step="adjacent",
        what="Letters that come with claims",
        reason="The same desk reads them.",
        skip_because="One class is all there is of it.",
        amount=Decimal(30_000),
    )


@pytest.fixture
def asking(asked, meeting):
    """Its item in the meeting under way, put there by its source."""
    meeting.state = "draft"
    meeting.save(update_fields=["state"])
    fill_agenda(meeting)
    meeting.state = "in_progress"
    meeting.save(update_fields=["state"])
    return meeting.items.select_related("meeting__forum", "forum", "initiative").get(source="expansion_asks")


def test_it_comes_to_the_body_that_decides_it(asked):
    [found] = proposed()
    assert (found.key, found.initiative_id) == (f"expansion-{asked.pk}", asked.initiative_id)
    assert "an exception: it skips a step" in found.why
    assert "30" not in found.title + found.why
    assert proposed("executive-sponsor") == []
    withdraw_request(asked, actor=asked.asked_by)
    assert proposed() == []


def test_its_page_tells_the_step_and_the_exception(asking, chair, stranger):
    html = sections_of([asking], chair)[asking.pk]
    told = {each.name: each.html for each in html}
    assert "Letters that come with claims" in told["asked"]
    assert "One class is all there is of it." in told["asked"]
    assert "30,000" in told["asked"]
    unseen = "".join(each.html for each in sections_of([asking], stranger)[asking.pk])
    assert "30,000" not in unseen


def test_votes_carry_it(asking, asked, voters, secretary):
    for person in voters:
        vote(asking, person)
    decision = decide_item(asking, GO, actor=secretary)
    assert (decision.way, decision.amount, decision.on_expansion.request) == ("meeting", 30_000, asked)
    assert [each["key"] for each in decision.overrides] == ["step:volume"]
    asked.refresh_from_db()
    assert not asked.is_open
    assert funding_of([asked.initiative])[asked.initiative_id].released == 30_000
    with pytest.raises(DomainError, match="decided this"):
        decide_item(asking, GO, actor=secretary)


def test_only_chair_and_secretary_record_it(asking, member, business_owner):
    for person in (member, business_owner):
        with pytest.raises(PermissionDenied):
            decide_item(asking, GO, actor=person, by_consent=True)


def test_whoever_asked_is_recused(asking, asked, member):
    Expansion.objects.filter(pk=asked.pk).update(asked_by=member)
    assert recused_from([asking])[asking.pk][member.pk] == "Party to it"


def test_the_form_asks_for_money_only_where_money_is_asked(asking, asked, grows, business_owner, meeting, chair):
    assert 'name="amount"' in draw_decision(asking, chair, None)
    withdraw_request(asked, actor=business_owner)
    grown = make_decision(grows, "Which desk", volume_per_week=400)
    told = {"what": "All claims", "reason": "It holds.", "decision_class": grown, "volume_after": 900}
    later = ask_expansion(grows, actor=business_owner, step="volume", **told)
    meeting.state = "draft"
    meeting.save(update_fields=["state"])
    fill_agenda(meeting)
    meeting.state = "in_progress"
    meeting.save(update_fields=["state"])
    item = meeting.items.select_related("meeting__forum", "forum").get(expansion_item__request=later)
    html = draw_decision(item, chair, None)
    assert 'name="amount"' not in html
    assert html.count('type="radio"') == 4
    data = QueryDict(mutable=True)
    data.update({"outcome": "approve", "rationale": "It holds.", "by_consent": "on"})
    assert record_item(item, actor=chair, data=data).result == "Approved, by consent of the 3 present"


def test_it_stays_tied_when_it_is_put_off(asking, asked, secretary):
    assert put_off(asking, actor=secretary).expansion_item.request == asked
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM stagegates_expansionitem")


def test_what_was_held_meanwhile_is_told_to_a_stale_form(asking, asked, chair, secretary):
    until = clock.today() + timedelta(days=9)
    held = decide_request(asked, actor=chair, outcome="hold", rationale="Not yet.", hold_until=until)
    data = QueryDict(mutable=True)
    data.update({"outcome": "approve", "rationale": "It holds.", "by_consent": "on", "seen": ""})
    with pytest.raises(DomainError, match=r"Carla Chair decided this on .*Not yet"):
        record_item(asking, actor=secretary, data=data)
    assert f'name="seen" value="{held.pk}"' in draw_decision(asking, secretary, None)


def test_over_the_api(asking, voters, chair, member):
    for person in voters:
        vote(asking, person)
    body = {"item": asking.pk, "outcome": "approve", "rationale": "It holds."}
    problem(Script(make_api_token(member)[1]).post("meeting-decisions/", body), 403)
    script = Script(make_api_token(chair)[1])
    assert script.post("meeting-decisions/", body).status_code == 201
    problem(script.post("meeting-decisions/", body), 409)
