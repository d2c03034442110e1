"""The portfolio review runs on the published sample of 1,757 initiatives: filled, read, held and closed."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forums.actions.agenda import fill_agenda
from forums.actions.live import arrive, cast_item_vote, put_motion, show_item, start_meeting
from forums.actions.meetings import open_meeting
from forums.actions.minutes import close_meeting
from portfolio.management.commands.load_demo import SAMPLE
from portfolio.models import Initiative, Stage
from stagegates.actions.decide_in_meeting import decide_item, said_of
from stagegates.actions.ruling import Ruling
from tests.factories import make_person

from ..decisions.conftest import make_review, seat
from .conftest import make_meeting

pytestmark = pytest.mark.django_db
# Whatever the portfolio holds, an agenda is filled by about as many reads.
MOST_QUERIES = 250
GO = Ruling("approve", "Accuracy holds.")


@pytest.fixture
def portfolio(office_member, chair) -> list[Initiative]:
    """The sample, with two of its pilots ready to decide."""
    call_command("import_initiatives", SAMPLE, preset="omb-2024", by=office_member.email, verbosity=0)
    pilots = [*Initiative.objects.filter(stage=Stage.PILOT, is_confidential=False).order_by("pk")[:2]]
    for pilot in pilots:
        pilot.risk_tier = "moderate"
        pilot.save()
        make_review(pilot)
    return pilots


def test_a_review_on_the_sample(client, portfolio, chair, secretary):
    voters = [chair, *(seat(make_person(), "portfolio-review") for _ in range(2))]
    meeting = make_meeting(live=False)
    with CaptureQueriesContext(connection) as queries:
        fill_agenda(meeting, actor=secretary)
    assert len(queries) < MOST_QUERIES
    sources = {item.source for item in meeting.items.all()}
    assert sources >= {"ready_to_decide", "stalled"}
    client.force_login(chair)
    assert portfolio[0].reference in client.get(f"/meetings/{meeting.pk}/pre-read/").content.decode()

    open_meeting(meeting, actor=secretary)
    meeting = start_meeting(meeting, actor=chair)
    for person in voters[1:]:
        arrive(meeting, actor=person, person=person)
    item = meeting.items.get(initiative=portfolio[0], source="ready_to_decide")
    show_item(item, actor=secretary)
    item = put_motion(item, actor=secretary, motion=said_of(GO))
    for person in voters:
        cast_item_vote(item, actor=person, choice="for", motion=item.motion_number)
    decide_item(item, GO, actor=secretary)
    assert client.get(f"/meetings/{meeting.pk}/live/").status_code == 200
    minutes = close_meeting(meeting, actor=secretary)

    portfolio[0].refresh_from_db()
    assert portfolio[0].stage == Stage.LIMITED_ROLLOUT
    told = next(each for each in minutes.content["items"] if each["id"] == item.pk)
    assert (told["motion"], len(told["votes"])) == ("Approve", 3)
    page = client.get(f"/meetings/{meeting.pk}/minutes/").content.decode()
    assert "Put to the vote" in page
    assert portfolio[0].reference in page
