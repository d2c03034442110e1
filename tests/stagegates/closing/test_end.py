"""Ending an initiative asks why, what was learnt and what can be used again, wherever it is decided."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.history import history_of_initiative
from portfolio.models import Stage
from stagegates.actions.ask_funding import ask_money, decide_request
from stagegates.actions.ballots import cast_vote, open_ballot
from stagegates.actions.close import add_lesson
from stagegates.actions.decide import decide_initiative, decide_review
from stagegates.actions.expand import ask_expansion
from stagegates.actions.funding import reverse_spend
from stagegates.actions.ruling import Closing
from stagegates.models import Closure, Decision, DecommissioningTask, LaterLesson
from tests.api.conftest import Script, make_api_token
from tests.factories import LEARNT, fund, learnt, make_initiative, make_person
from tests.stagegates.decisions.conftest import seat
from tests.stagegates.funding.factories import spend

from .conftest import end

pytestmark = pytest.mark.django_db
SENT = {"outcome": "terminate", "rationale": "No value path.", "closing_reason": "cost", "lessons": "Price it first."}
LACKING = ("Choose why it is closed.", "Say what was learnt.")


def page_of(response):
    return " ".join(response.content.decode().split())


def test_an_end_says_why_and_what_was_learnt(review, chair, initiative):
    told = {"outcome": "terminate", "rationale": "No value path."} | learnt()
    decision = decide_review(review, actor=chair, **told)

    closure = Closure.objects.get()
    assert (closure.decision, closure.initiative) == (decision, initiative)
    assert (closure.reason, closure.lessons, closure.reusable) == (LEARNT.reason, LEARNT.lessons, LEARNT.reusable)
    assert (closure.from_stage, closure.was_in_production) == (Stage.PILOT, False)
    assert not DecommissioningTask.objects.exists()
    event = Event.objects.get(name="initiative.closed")
    assert event.payload == {"initiative": initiative.pk, "closure": closure.pk}


@pytest.mark.parametrize(
    ("closing", "field"),
    [
        (None, "closing_reason"),
        (Closing("", "Ask first."), "closing_reason"),
        (Closing("boredom", "Ask first."), "closing_reason"),
        (Closing("cost", "  "), "lessons"),
    ],
)
def test_what_is_lacking_ends_nothing(review, chair, in_use, closing, field):
    for deed in (
        lambda: decide_review(review, actor=chair, outcome="terminate", rationale="So.", closing=closing),
        lambda: decide_initiative(in_use, actor=chair, outcome="terminate", rationale="So.", closing=closing),
    ):
        with pytest.raises(DomainError) as refused, transaction.atomic():
            deed()
        assert refused.value.field == field
    assert not Decision.objects.exists()
    in_use.refresh_from_db()
    assert in_use.stage == Stage.SCALE


def test_other_outcomes_say_nothing_of_an_end(review, chair):
    until = clock.today() + timedelta(days=9)
    decide_review(review, actor=chair, outcome="hold", rationale="Wait.", hold_until=until, closing=LEARNT)
    assert not Closure.objects.exists()


def test_a_pause_counts_as_the_stage_before_it(in_use, chair):
    decide_initiative(in_use, actor=chair, outcome="pause", rationale="Wait.")
    closure = end(in_use, chair)
    assert closure.was_in_production
    assert closure.tasks.exists()


def test_members_vote_in_writing_on_the_end_as_it_was_put(review, chair, member, secretary, client):
    third = seat(make_person(), "portfolio-review")
    told = {"outcome": "terminate", "rationale": "No value path.", "closes_on": clock.today()}
    with pytest.raises(DomainError, match="Choose why"), transaction.atomic():
        open_ballot(review, actor=secretary, **told)
    ballot = open_ballot(review, actor=secretary, **told, **learnt())
    client.force_login(member)
    page = page_of(client.get(ballot.get_absolute_url()))
    assert "Closed because: no value path" in page
    assert LEARNT.lessons in page
    drawn = Script(make_api_token(member)[1]).get(f"ballots/{ballot.pk}/").json()
    assert drawn["closing"] == {"reason": LEARNT.reason, "lessons": LEARNT.lessons, "reusable": LEARNT.reusable}
    for person in (chair, member, third):
        if ballot.is_open:
            ballot = cast_vote(ballot, actor=person, choice="for")
    assert ballot.state == "carried"
    assert ballot.decision.closure.lessons == LEARNT.lessons
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE stagegates_writtenballot SET closing = '{}'")


def test_the_pages_ask_it(client, chair, review, in_use):
    client.force_login(chair)
    for address in (f"/reviews/{review.pk}/decide/", f"/initiatives/{in_use.reference}/decide/"):
        assert "What was learnt" in page_of(client.get(address))
        lacking = client.post(address, {"outcome": "terminate", "rationale": "So.", "how": "alone"})
        assert lacking.status_code == 422
        for told in LACKING:
            assert told in page_of(lacking)
        assert client.post(address, SENT | {"how": "alone"}).status_code == 302
    assert {*Closure.objects.values_list("reason", "lessons")} == {("cost", "Price it first.")}
    assert "starts its decommissioning" in page_of(client.get(f"/initiatives/{make_scaled().reference}/decide/"))


def make_scaled():
    return make_initiative(stage=Stage.SCALE, risk_tier="low")


def test_the_api_asks_it(chair, review, in_use):
    script = Script(make_api_token(chair)[1])
    closing = {"reason": "risk", "lessons": "Ask legal first."}
    for address, told in (
        ("decisions/", {"review": review.pk}),
        (f"initiatives/{in_use.reference}/standing-decision/", {}),
    ):
        body = told | {"outcome": "terminate", "rationale": "So."}
        assert script.post(address, body).status_code in (409, 422)
        assert script.post(address, body | {"closing": closing | {"reason": "boredom"}}).status_code == 422
        assert script.post(address, body | {"closing": closing | {"lessons": ""}}).status_code == 422
        assert script.post(address, body | {"closing": closing}).status_code == 201
    assert {*Closure.objects.values_list("reason", "lessons", "reusable")} == {("risk", "Ask legal first.", "")}


def test_what_it_asks_for_outside_gates_ends_with_it(in_use, chair, business_owner):
    fund(in_use)
    request = ask_money(in_use, actor=business_owner, amount=Decimal(900), reason="A second region.")
    grows = ask_expansion(
        in_use, actor=business_owner, step="adjacent", what="Letters", reason="It holds.", skip_because="One class."
    )
    end(in_use, chair)
    for asked in (request, grows):
        asked.refresh_from_db()
        assert asked.was_withdrawn
        with pytest.raises(DomainError, match="This request was withdrawn"):
            decide_request(asked, actor=chair, outcome="approve", rationale="Go.")
    told = Event.objects.filter(name__in=["funding.withdrawn", "expansion.withdrawn"])
    assert {*told.values_list("payload__request", flat=True)} == {request.pk, grows.pk}
    assert told.count() == 2


def test_what_came_back_is_told_from_the_entries(tranches, chair, finance_controller):
    entry = spend(tranches[0], finance_controller, 5_000)
    closure = end(tranches[0].initiative, chair)
    found = Closure.objects.with_handed_back().get()
    assert found.handed_back == Decimal(55_000)
    reverse_spend(entry, actor=finance_controller, reason="Wrong project.")
    assert Closure.objects.with_handed_back().get(pk=closure.pk).handed_back == Decimal(60_000)


def test_it_stands_and_lessons_are_added_below_it(ended, business_owner, office_member, stranger, auditor):
    add_lesson(ended, actor=business_owner, text=" Tell the users twice. ")
    for person in (stranger, auditor):
        with pytest.raises(PermissionDenied, match="Its owners and the office"):
            add_lesson(ended, actor=person, text="Mine.")
    with pytest.raises(DomainError, match="Say what was learnt"):
        add_lesson(ended, actor=office_member, text="  ")
    assert [*LaterLesson.objects.values_list("text", "added_by")] == [("Tell the users twice.", business_owner.pk)]
    assert Event.objects.filter(name="closure.lesson_added").count() == 1
    for statement in (
        "UPDATE stagegates_closure SET lessons = 'None'",
        "DELETE FROM stagegates_laterlesson",
        "UPDATE stagegates_laterlesson SET text = 'None'",
        "UPDATE stagegates_decommissioningtask SET what = 'Nothing'",
        "DELETE FROM stagegates_decommissioningtask",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_its_history_tells_the_end(ended):
    said = [line.what for entry in history_of_initiative(ended.initiative).entries for line in entry.lines]
    assert "Closed: No value path" in said
    assert any(each.startswith("To decommission: Revoke") for each in said)
