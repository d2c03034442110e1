"""The pages of a review and a ballot name one body, mark what is not possible, and show what it rests on."""

from datetime import timedelta

import pytest

from aiso import clock
from forums.models import Forum
from stagegates.actions.ballots import cast_vote, open_ballot
from tests.factories import make_person

from .conftest import approve, make_sign_off, seat

pytestmark = pytest.mark.django_db
RATIONALE = "Accuracy holds at 94 %."


def body_of(response):
    return " ".join(response.content.decode().split())


def test_an_objection_is_for_one_body_and_the_others_cannot_approve(client, review, chair, sponsor):
    objecting = make_sign_off(review, "legal", "object")
    review.higher_body = Forum.objects.get(slug="executive-sponsor")
    review.save(update_fields=["higher_body"])
    client.force_login(chair)
    page = body_of(client.get(review.get_absolute_url()))
    assert objecting.review_id == review.pk
    assert "Executive sponsor decides" in page
    assert "Portfolio review decides" not in page
    assert "not for you: Executive sponsor alone approves it now" in page
    client.force_login(sponsor)
    assert "not for you" not in body_of(client.get(review.get_absolute_url()))


def test_a_refused_approval_stands_on_the_whole_review(client, review, chair):
    make_sign_off(review, "data", due_on=clock.today())
    client.force_login(chair)
    sent = {"outcome": "approve", "rationale": RATIONALE, "how": "alone", "amount": "60,000"}
    refused = client.post(f"/reviews/{review.pk}/decide/", sent)
    page = body_of(refused)
    assert refused.status_code == 422
    assert "It was not recorded." in page
    assert "another look" not in page
    assert 'id="checklist-title"' in page
    assert 'id="sign-offs"' in page
    assert RATIONALE in page


def test_money_is_written_as_people_write_it(client, review, chair):
    client.force_login(chair)
    page = body_of(client.get(f"/reviews/{review.pk}/decide/"))
    assert 'value="60,000"' in page
    assert "60000.00" not in page
    assert 'Votes count until <span class="req">' not in page


def test_a_ballot_names_its_case_its_evidence_and_who_has_not_voted(client, review, chair, member):
    third = seat(make_person("Tara Third"), "portfolio-review")
    closes_on = clock.today() + timedelta(days=5)
    ballot = open_ballot(review, actor=chair, outcome="approve", rationale=RATIONALE, closes_on=closes_on)
    cast_vote(ballot, actor=chair, choice="for", reason="")
    client.force_login(member)
    page = body_of(client.get(ballot.get_absolute_url()))
    assert f"{review.title}, in writing</h1>" in page
    assert review.initiative.name in page.partition("<h1>")[2].partition("</h1>")[0]
    assert f'<a href="{review.get_absolute_url()}">{review.title} of' in page
    assert 'id="sign-offs"' in page
    waiting = page.partition("Still to vote: ")[2].partition(".")[0]
    assert {member.name, third.name} <= {*waiting.split(", ")}
    assert chair.name not in waiting


def test_the_first_line_of_decisions_says_what_was_decided(client, review, chair, office_lead, stranger):
    approve(review, chair)
    told = {}
    for person in (office_lead, stranger):
        client.force_login(person)
        told[person] = body_of(client.get("/decisions/")).partition('class="answer">')[2].partition("<")[0]
    assert told[office_lead].startswith("1 decision: 1 approved; 60")
    assert told[stranger] == "1 decision: 1 approved; 1 between meetings."
