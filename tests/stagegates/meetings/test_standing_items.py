"""Items about an initiative without a review: decided in the meeting, or told of in words."""

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from aiso.errors import DomainError
from forums.actions.live import record_item
from forums.live import LivePage
from portfolio.models import Stage
from stagegates.actions.decide import decide_initiative
from stagegates.agenda.decider import draw_decision
from stagegates.models import Decision
from tests.factories import make_initiative, make_person

from .conftest import make_item, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def stalled(meeting):
    row = make_initiative(stage=Stage.PILOT, owner=make_person(), risk_tier="moderate")
    return make_item(meeting, initiative=row, source="stalled")


def sent(**fields):
    data = QueryDict(mutable=True)
    data.update({"outcome": "words", "rationale": "", "result": ""} | fields)
    return data


def test_the_form_offers_words_first(stalled, chair, member):
    html = draw_decision(stalled, chair, None)
    assert html.count('type="radio"') == 3
    assert html.index("Result in words") < html.index("Pause") < html.index("Terminate")
    assert draw_decision(stalled, member, None) == ""


def test_words_settle_it_and_decide_nothing(stalled, chair):
    with pytest.raises(ValidationError, match="Say in a few words"):
        record_item(stalled, actor=chair, data=sent())
    assert record_item(stalled, actor=chair, data=sent(result="Its owner  reports in May")).result == (
        "Its owner reports in May"
    )
    assert not Decision.objects.exists()


def test_a_pause_is_decided_with_votes(stalled, voters, chair):
    with pytest.raises(ValidationError, match="every decision has a rationale"):
        record_item(stalled, actor=chair, data=sent(outcome="pause"))
    for person in voters:
        vote(stalled, person, on="Pause")
    settled = record_item(stalled, actor=chair, data=sent(outcome="pause", rationale="Nobody works on it."))
    assert settled.result == "Paused, 3 for, 0 against, 0 abstained"
    stalled.initiative.refresh_from_db()
    assert stalled.initiative.stage == Stage.PAUSED


def test_what_was_decided_meanwhile_is_told_to_a_stale_form(stalled, chair, secretary):
    told = {"rationale": "Nobody works on it.", "by_consent": "on", "seen": ""}
    decide_initiative(stalled.initiative, actor=chair, outcome="pause", rationale="Its owner is away.")
    decided = decide_initiative(stalled.initiative, actor=chair, outcome="resume", rationale="Its owner is back.")
    with pytest.raises(DomainError, match=r"Carla Chair decided this on .*owner is back"):
        record_item(stalled, actor=secretary, data=sent(outcome="pause", **told))
    assert f'name="seen" value="{decided.pk}"' in draw_decision(stalled, secretary, None)
    settled = record_item(stalled, actor=secretary, data=sent(outcome="pause", **told | {"seen": str(decided.pk)}))
    assert settled.result.startswith("Paused")


def test_what_ended_and_what_is_no_initiative_is_told_in_words(meeting, chair):
    ended = make_item(meeting, initiative=make_initiative(stage="closed", owner=make_person()), source="stalled")
    bare = make_item(meeting)
    assert draw_decision(ended, chair, None) == draw_decision(bare, chair, None) == ""
    assert record_item(bare, actor=chair, data={"result": "Spoken of"}).result == "Spoken of"


def test_the_screen_asks_for_words_where_nothing_is_decided(client, meeting, chair):
    bare = make_item(meeting)
    meeting.current = bare
    meeting.save(update_fields=["current"])
    assert LivePage(meeting, chair, leads=True).decision == ""
    client.force_login(chair)
    html = client.get(f"/meetings/{meeting.pk}/live/").content.decode()
    assert "What came of it" in html
    assert "Record result" in html
