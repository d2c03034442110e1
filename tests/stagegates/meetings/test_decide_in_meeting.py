"""Deciding a review in a meeting: quorum, votes, recusals, who records it, and that it stands."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.http import QueryDict

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event
from aiso.web.figures import day
from forums.actions.live import cast_item_vote, put_motion, put_to_vote, record_item
from forums.models import Forum
from portfolio.models import OwnerKind, Stage
from stagegates.actions.decide import OF_REVIEWS
from stagegates.actions.decide_in_meeting import decide_in_meeting, decide_item
from stagegates.actions.ruling import NewCondition, Ruling
from stagegates.agenda.decider import draw_decision
from stagegates.models import Closure, Decision, MeetingDecision, Requirement
from tests.api.conftest import Script, make_api_token, problem
from tests.factories import make_initiative, make_ownership, make_person

from ..decisions.conftest import approve, make_review, make_sign_off, seat
from .conftest import let_in, make_item, make_meeting, vote

pytestmark = pytest.mark.django_db
GO = Ruling("approve", "Accuracy holds.")


def all_vote(item, voters, *choices):
    for person, choice in zip(voters, choices or ["for"] * len(voters), strict=True):
        vote(item, person, choice)


def test_votes_carry_it_and_are_kept(item, review, voters, secretary):
    all_vote(item, voters, "for", "for", "against")
    decision = decide_item(item, GO, actor=secretary)
    kept = decision.in_meeting
    assert (kept.voting, kept.needed, kept.present) == (3, 3, 3)
    assert (kept.agree, kept.against, kept.abstain, kept.by_consent) == (2, 1, 0, False)
    assert {(each.person.name, each.choice) for each in kept.voices.all()} == {
        ("Carla Chair", "for"), ("Mario Vote", "for"), ("Thea Third", "against"),
    }  # fmt: skip
    assert (decision.way, decision.body, decision.decided_by, decision.is_urgent) == (
        "meeting", item.forum, secretary, False,
    )  # fmt: skip
    item.refresh_from_db()
    review.refresh_from_db()
    assert (item.state, item.result) == ("done", "Approved, 2 for, 1 against, 0 abstained")
    assert review.closed_at
    review.initiative.refresh_from_db()
    assert review.initiative.stage == Stage.LIMITED_ROLLOUT
    assert Event.objects.filter(name="decision.made").count() == 1


def test_votes_carry_only_what_was_put_to_the_vote(item, voters, secretary, member):
    with pytest.raises(DomainError, match="Nothing is put to the vote yet"):
        cast_item_vote(item, actor=member, choice="for")
    cast_item_vote(item, actor=member, choice="recused", reason="My brother builds it.")
    with pytest.raises(DomainError, match="Choose an outcome first"):
        put_to_vote(item, actor=secretary, data={})
    with pytest.raises(DomainError, match="until which day"):
        put_to_vote(item, actor=secretary, data={"outcome": "hold"})
    put_to_vote(item, actor=secretary, data={"outcome": "pause"})
    with pytest.raises(DomainError, match="Say which motion"):
        cast_item_vote(item, actor=member, choice="for")
    for person in voters:
        cast_item_vote(item, actor=person, choice="for", motion=1)
    with pytest.raises(DomainError, match=r"The members voted on “Pause”\. Record that, or put “Approve” to the vote"):
        decide_item(item, GO, actor=secretary)
    put_to_vote(item, actor=secretary, data={"outcome": "approve"})
    with pytest.raises(DomainError, match="Nobody has voted"):
        decide_item(item, GO, actor=secretary)
    with pytest.raises(DomainError, match="their votes decide it, not consent"):
        decide_item(item, GO, actor=secretary, by_consent=True)
    for person in voters:
        cast_item_vote(item, actor=person, choice="for", motion=2)
    assert decide_item(item, GO, actor=secretary).in_meeting.agree == 3


def test_a_motion_holds_all_that_is_decided_but_sums(item, review, voters, secretary, technical_owner):
    until = clock.today() + timedelta(days=9)
    asked = {"outcome": "conditions", "condition-0-text": "Prove the fallback", "condition-0-due_on": until.isoformat()}
    put = put_to_vote(item, actor=secretary, data=asked | {"condition-0-owner": technical_owner.email})
    assert put.motion == f"Approve with conditions:\nProve the fallback, by {day(until)}"
    for person in voters:
        cast_item_vote(item, actor=person, choice="for", motion=1)
    other = Ruling("conditions", "Fine.", [NewCondition("Prove nothing", technical_owner, until)])
    with pytest.raises(DomainError, match="Record that, or put"):
        decide_item(item, other, actor=secretary)
    same = Ruling("conditions", "Fine.", [NewCondition("Prove the fallback", technical_owner, until)])
    assert decide_item(item, same, actor=secretary).outcome == "conditions"


def test_who_waived_a_requirement_neither_votes_nor_records(item, review, voters, member, secretary):
    for person in (member, secretary):
        Requirement.objects.create(
            review=review, code=f"small-{person.pk}", text="Small", waived_by=person, waived_because="Small.",
        )  # fmt: skip
    put_motion(item, actor=voters[0], motion="Approve")
    with pytest.raises(DomainError, match="You do not vote on this: Waived a requirement of it"):
        cast_item_vote(item, actor=member, choice="for", motion=1)
    with pytest.raises(PermissionDenied):
        decide_item(item, GO, actor=secretary)


def test_general_consent_where_nobody_voted(item, chair):
    with pytest.raises(DomainError, match="Nobody has voted"):
        decide_in_meeting(item, GO, actor=chair)
    kept = decide_in_meeting(item, GO, actor=chair, by_consent=True).in_meeting
    assert (kept.by_consent, kept.agree, kept.present) == (True, 0, 3)
    assert {each.choice for each in kept.voices.all()} == {""}


def test_consent_does_not_stand_against_votes(item, chair, member):
    vote(item, member, "against", reason="Too early.")
    with pytest.raises(DomainError, match="their votes decide it, not consent"):
        decide_in_meeting(item, GO, actor=chair, by_consent=True)


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        (("for", "against", "against"), "do not carry it: 1 for, 2 against"),
        (("for", "against", "abstain"), "do not carry it: 1 for, 1 against"),
        (("abstain", "abstain", "abstain"), "do not carry it: 0 for"),
    ],
)
def test_what_the_majority_does_not_carry_is_not_recorded(item, voters, chair, choices, told):
    all_vote(item, voters, *choices)
    with pytest.raises(DomainError, match=told):
        decide_in_meeting(item, GO, actor=chair)
    assert not Decision.objects.exists()


def test_who_has_not_voted_keeps_the_quorum_from_being_met(item, chair, member):
    vote(item, chair)
    vote(item, member)
    with pytest.raises(DomainError, match=r"2 for.* 3 must take part"):
        decide_in_meeting(item, GO, actor=chair)


def test_no_quorum_of_those_present(item, chair, member):
    item.meeting.attendance.filter(person=member).update(left_at=clock.now())
    with pytest.raises(DomainError, match="No quorum: 2 can vote on it, and 3 of 3 must"):
        decide_in_meeting(item, GO, actor=chair, by_consent=True)


def test_a_proxy_counts_as_its_giver(item, chair, member, third):
    item.meeting.attendance.filter(person=third).update(left_at=clock.now())
    item.meeting.proxies.create(giver=third, holder=member, noted_by=chair)
    vote(item, chair)
    vote(item, member)
    vote(item, third, "against", by=member)
    kept = decide_in_meeting(item, GO, actor=chair).in_meeting
    assert (kept.agree, kept.against, kept.present) == (2, 1, 3)
    assert kept.voices.get(person=third).proxy == member


def test_a_party_is_recused_without_being_asked_and_never_counted(item, review, chair, member, third):
    make_ownership(review.initiative, member, OwnerKind.TECHNICAL, is_deputy=True)
    fourth = seat(make_person("Fay Fourth"), "portfolio-review")
    let_in(item.meeting, fourth)
    for person in (chair, member, third, fourth):
        vote(item, person, "against" if person == member else "for")
    kept = decide_in_meeting(item, GO, actor=chair).in_meeting
    assert (kept.agree, kept.against, kept.present, kept.voting) == (3, 0, 3, 4)
    recused = kept.voices.get(person=member)
    assert (recused.choice, recused.reason) == ("recused", "Party to it")


def test_a_party_makes_no_quorum_and_nobody_votes_for_one(item, review, chair, member, third):
    make_ownership(review.initiative, third, OwnerKind.RISK, is_deputy=True)
    item.meeting.attendance.filter(person=third).update(left_at=clock.now())
    item.meeting.proxies.create(giver=third, holder=member, noted_by=chair)
    vote(item, third, by=member)
    with pytest.raises(DomainError, match="No quorum: 2 can vote"):
        decide_in_meeting(item, GO, actor=chair, by_consent=True)


def test_who_recused_themselves_votes_for_nobody(item, chair, member, third):
    item.meeting.attendance.filter(person=third).update(left_at=clock.now())
    item.meeting.proxies.create(giver=third, holder=member, noted_by=chair)
    vote(item, member, "recused", reason="My brother builds it.")
    with pytest.raises(DomainError, match="No quorum: 1 can vote"):
        decide_in_meeting(item, GO, actor=chair, by_consent=True)


@pytest.mark.parametrize("who", ["member", "sponsor", "office_member", "office_lead", "stranger", "auditor"])
def test_only_chair_and_secretary_record(item, request, who):
    with pytest.raises(PermissionDenied):
        decide_in_meeting(item, GO, actor=request.getfixturevalue(who), by_consent=True)
    assert not Decision.objects.exists()


def test_a_party_records_nothing_even_as_the_chair(item, review, chair, secretary):
    seat(make_person("Fay Fourth"), "portfolio-review")
    make_ownership(review.initiative, chair, OwnerKind.TECHNICAL, is_deputy=True)
    with pytest.raises(PermissionDenied):
        decide_in_meeting(item, GO, actor=chair, by_consent=True)


def test_a_program_records_nothing(item, service_account):
    seat(service_account, "executive-sponsor", "chair")
    with pytest.raises(PermissionDenied):
        decide_in_meeting(item, GO, actor=service_account, by_consent=True)


def test_the_second_is_told_what_the_first_recorded(item, chair, secretary):
    decide_item(item, GO, actor=chair, by_consent=True)
    for ruling in (GO, Ruling("terminate", "Enough.")):
        with pytest.raises(DomainError, match=r"Carla Chair decided this .*approve. Accuracy holds."):
            decide_item(item, ruling, actor=secretary, by_consent=True)
    assert Decision.objects.count() == MeetingDecision.objects.count() == 1


def test_what_was_decided_between_meetings_is_told(item, review, chair, secretary):
    approve(review, chair)
    with pytest.raises(DomainError, match="Carla Chair decided this"):
        decide_in_meeting(item, GO, actor=secretary, by_consent=True)


def test_who_did_not_see_a_hold_is_told_of_it(item, review, secretary, chair):
    held = Ruling("hold", "Two answers are open.", hold_until=clock.today() + timedelta(days=20))
    decide_item(item, held, actor=chair, by_consent=True)
    again = make_item(item.meeting, review)
    with pytest.raises(DomainError, match=r"Carla Chair decided this .*hold"):
        decide_in_meeting(again, GO, actor=secretary, by_consent=True, seen=None)


@pytest.mark.parametrize(
    ("ruling", "told"),
    [
        (Ruling("approve", "  "), "Say why"),
        (Ruling("merge", "Same."), "Choose the initiative in which it goes on"),
        (Ruling("resume", "Same."), "Choose what is decided"),
        (Ruling("conditions", "Go."), "at least one condition"),
        (Ruling("hold", "Wait."), "Say until which day"),
        (Ruling("send_back", "Again."), "Choose the gate"),
        (Ruling("approve", "More.", amount=Decimal(70_000)), "More than the"),
    ],
)
def test_what_the_outcome_lacks_is_refused(item, chair, ruling, told):
    with pytest.raises(DomainError, match=told):
        decide_in_meeting(item, ruling, actor=chair, by_consent=True)
    assert not MeetingDecision.objects.exists()


def test_what_is_in_the_way_is_in_the_way_of_a_meeting_too(item, review, chair):
    make_sign_off(review, "legal", "object")
    with pytest.raises(DomainError, match="Legal objects"):
        decide_in_meeting(item, GO, actor=chair, by_consent=True)


def test_only_in_a_meeting_in_progress(review, voters, chair):
    item = make_item(make_meeting(live=False), review)
    with pytest.raises(DomainError, match="not in progress"):
        decide_in_meeting(item, GO, actor=chair, by_consent=True)


def test_a_lower_body_decides_nothing_of_a_higher_one(item, review, chair):
    review.body = Forum.objects.get(slug="executive-sponsor")
    review.save(update_fields=["body"])
    for outcome in ("approve", "terminate"):
        with pytest.raises(DomainError, match="Executive sponsor decides this"):
            decide_in_meeting(item, Ruling(outcome, "Enough."), actor=chair, by_consent=True)


def test_conditions_are_set_with_owner_and_day(item, review, chair, technical_owner):
    condition = NewCondition("Prove the fallback", technical_owner, clock.today() + timedelta(days=9))
    decide_item(item, Ruling("conditions", "Nearly.", [condition]), actor=chair, by_consent=True)
    assert review.initiative.conditions.get().owner == technical_owner


def test_an_initiative_without_a_review_is_paused(meeting, chair, owned_elsewhere):
    item = make_item(meeting, initiative=owned_elsewhere, source="stalled")
    decision = decide_in_meeting(item, Ruling("pause", "Nobody works on it."), actor=chair, by_consent=True)
    owned_elsewhere.refresh_from_db()
    assert (owned_elsewhere.stage, decision.review, decision.in_meeting.item) == (Stage.PAUSED, None, item)


@pytest.fixture
def owned_elsewhere(business_owner):
    return make_initiative(stage=Stage.PILOT, owner=business_owner, risk_tier="moderate")


def test_what_is_about_nothing_is_not_decided(meeting, chair):
    with pytest.raises(DomainError, match="about nothing that a body decides"):
        decide_in_meeting(make_item(meeting), GO, actor=chair, by_consent=True)


def test_how_it_was_decided_is_never_edited_or_deleted(item, chair):
    decide_in_meeting(item, GO, actor=chair, by_consent=True)
    for table in ("meetingdecision", "meetingvoice", "reviewitem"):
        for statement in (f"UPDATE stagegates_{table} SET id = id", f"DELETE FROM stagegates_{table}"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_the_database_holds_the_quorum(item, chair):
    decision = decide_in_meeting(item, GO, actor=chair, by_consent=True)
    told = {"decision": decision, "item": item, "majority": "simple", "voting": 3, "needed": 3}
    for votes in ({"present": 2, "by_consent": True}, {"present": 3, "agree": 2}, {"present": 3, "against": 3}):
        with pytest.raises(DatabaseError, match="has_its_quorum"), transaction.atomic():
            MeetingDecision.objects.create(**told | votes)


# The form of the live meeting


def sent(**fields):
    data = QueryDict(mutable=True)
    data.update({"outcome": "approve", "rationale": "Accuracy holds.", "seen": ""} | fields)
    return data


def test_the_form_offers_each_outcome_with_its_key(item, chair):
    html = draw_decision(item, chair, None)
    outcomes = [each.value for each in OF_REVIEWS]
    assert [f'value="{each}" data-key="{key}"' in html for key, each in enumerate(outcomes, 1)] == [True] * 7
    assert "By general consent" in html


def test_others_are_told_who_records(item, member, business_owner):
    for person in (member, business_owner):
        html = draw_decision(item, person, None)
        assert "radio" not in html
        assert "The chair and the secretary" in html


def test_the_form_records_and_settles(item, chair):
    settled = record_item(item, actor=chair, data=sent(by_consent="on"))
    assert (settled.state, settled.result) == ("done", "Approved, by consent of the 3 present")


def test_the_form_refuses_what_lacks(item, chair):
    with pytest.raises(ValidationError):
        record_item(item, actor=chair, data=sent(rationale=""))
    with pytest.raises(DomainError, match="Nobody has voted"):
        record_item(item, actor=chair, data=sent())
    assert "Say why" in draw_decision(item, chair, sent(rationale=""))


def test_the_form_asks_why_it_ends(item, chair, review):
    ends = {"outcome": "terminate", "by_consent": "on", "closing_reason": "risk"}
    with pytest.raises(ValidationError):
        record_item(item, actor=chair, data=sent(**ends))
    assert "Say what was learnt" in draw_decision(item, chair, sent(**ends))
    record_item(item, actor=chair, data=sent(**ends, lessons="Ask legal first."))
    closure = Closure.objects.get(initiative=review.initiative)
    assert (closure.reason, closure.lessons, closure.decision.way) == ("risk", "Ask legal first.", "meeting")


def test_the_form_tells_what_was_decided_meanwhile(item, review, chair, secretary):
    approve(review, chair)
    with pytest.raises(DomainError, match="Carla Chair decided this"):
        record_item(item, actor=secretary, data=sent(by_consent="on"))
    assert "Decided before the meeting" in draw_decision(item, secretary, None)
    assert record_item(item, actor=secretary, data={"result": "Decided before"}).result == "Decided before"


# Over the API


def script(person):
    return Script(make_api_token(person)[1])


def test_over_the_api(item, voters, chair, member, stranger):
    all_vote(item, voters)
    body = {"item": item.pk, "outcome": "approve", "rationale": "Accuracy holds."}
    problem(script(member).post("meeting-decisions/", body), 403)
    problem(script(chair).post("meeting-decisions/", body | {"outcome": "merge"}), 422)
    problem(script(chair).post("meeting-decisions/", body | {"item": 987654}), 422)
    made = script(chair).post("meeting-decisions/", body)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["agree"], told["item"], len(told["voices"])) == (3, item.pk, 3)
    assert script(stranger).get(made.headers["Location"]).json() == told
    assert "Carla Chair decided this" in problem(script(chair).post("meeting-decisions/", body), 409)["detail"]
    assert [each["id"] for each in script(stranger).get("meeting-decisions/").json()["results"]] == [told["id"]]


def test_a_confidential_one_is_not_there_for_strangers(item, review, chair, stranger):
    review.initiative.is_confidential = True
    review.initiative.save(update_fields=["is_confidential"])
    made = decide_item(item, GO, actor=chair, by_consent=True).in_meeting
    problem(script(stranger).get(f"meeting-decisions/{made.pk}/"), 404)
    assert script(stranger).get("meeting-decisions/").json()["results"] == []
    other = make_item(item.meeting, make_review(review.initiative))
    problem(
        script(stranger).post("meeting-decisions/", {"item": other.pk, "outcome": "approve", "rationale": "Go."}), 422
    )


def test_the_page_of_a_decision_tells_the_votes(client, item, voters, secretary, stranger):
    all_vote(item, voters, "for", "for", "against")
    decision = decide_in_meeting(item, GO, actor=secretary)
    client.force_login(stranger)
    page = client.get(decision.get_absolute_url()).content.decode()
    assert "2 for, 1 against, 0 abstained" in page
    assert "Thea Third" in page
