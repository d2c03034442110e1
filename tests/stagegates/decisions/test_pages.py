"""The pages on which reviews are decided and what follows is settled."""

from datetime import timedelta

import pytest

from aiso import clock
from stagegates.actions.ballots import open_ballot
from stagegates.actions.conditions import meet_condition
from stagegates.models import Condition, Decision, FastLaneAudit, WrittenBallot
from tests.factories import make_person

from .conftest import approve, make_condition, make_review, make_sign_off, seat

pytestmark = pytest.mark.django_db
RATIONALE = "Accuracy holds at 94 %."


def sent(outcome, **more):
    return {"outcome": outcome, "rationale": RATIONALE, "how": "alone", "amount": "60000"} | more


@pytest.fixture
def address(review):
    return f"/reviews/{review.pk}/decide/"


def body_of(response):
    return " ".join(response.content.decode().split())


def test_outcomes_stand_side_by_side_with_what_they_lead_to(client, chair, address):
    client.force_login(chair)
    page = body_of(client.get(address))
    for text in (
        "to limited rollout; approves 60",
        "closes the initiative",
        "from pilot to paused",
        "to one of 4 gates",
    ):
        assert text in page
    assert page.count('class="out"') == 7
    assert "“Low and moderate risk” (version 1) of decision rights" in page
    assert "Record the decision" in page


def test_a_decision_is_recorded_from_the_page(client, chair, address, review):
    client.force_login(chair)
    answer = client.post(address, sent("approve", amount="50k"))
    decision = Decision.objects.get()
    assert answer.headers["Location"] == f"/decisions/{decision.pk}/"
    assert (decision.outcome, decision.amount, decision.rationale) == ("approve", 50_000, RATIONALE)
    assert body_of(client.get(answer.headers["Location"])).count(RATIONALE) == 1


def test_conditions_from_the_rows(client, chair, address, technical_owner):
    client.force_login(chair)
    due = (clock.today() + timedelta(days=9)).isoformat()
    rows = {"condition-0-text": "Prove it", "condition-0-owner": technical_owner.email, "condition-0-due_on": due}
    lacking = client.post(address, sent("conditions", **rows, **{"condition-1-text": "And this"}))
    assert lacking.status_code == 422
    assert "Say who sees to it." in body_of(lacking)
    assert client.post(address, sent("conditions", **rows)).status_code == 302
    assert Condition.objects.get().owner == technical_owner


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"outcome": "approve", "rationale": ""}, "Say why: every decision has a rationale."),
        ({"rationale": RATIONALE}, "Choose what is decided."),
        (sent("conditions"), "Say what it demands."),
        (sent("hold"), "Say until which day it is held"),
        (sent("send_back"), "Choose the gate that it goes back to."),
        (sent("approve", amount="70k"), "that was asked for"),
        (sent("approve", how="writing"), "Say until when members vote."),
    ],
)
def test_what_is_lacking_is_told_beside_its_field(client, chair, address, form, told):
    client.force_login(chair)
    answer = client.post(address, form)
    assert answer.status_code == 422
    assert told in body_of(answer)
    assert not Decision.objects.exists()


def test_the_second_sees_the_first(client, chair, sponsor, address, review):
    client.force_login(sponsor)
    client.get(address)
    approve(review, chair)
    answer = client.post(address, sent("terminate"))
    assert answer.status_code == 409
    page = body_of(answer)
    assert "Accuracy holds." in page
    assert "Record the decision" not in page


def test_what_is_in_the_way_is_listed_and_overridden_by_a_higher_body(client, chair, sponsor, address, review):
    sign_off = make_sign_off(review, "legal", "object")
    client.force_login(chair)
    page = body_of(client.get(address))
    assert "Legal objects: Looked at." in page
    assert "blocked by 1 thing" in page
    assert f"override-objection:{sign_off.pk}" not in page
    client.force_login(sponsor)
    assert f"override-objection:{sign_off.pk}" in body_of(client.get(address))
    assert client.post(address, sent("approve")).status_code == 422
    done = client.post(address, sent("approve", **{f"override-objection:{sign_off.pk}": "Carried."}))
    assert done.status_code == 302
    assert "Carried." in body_of(client.get(done.headers["Location"]))


def test_who_may_not_decide_sees_and_does_not(client, address, business_owner, stranger, auditor, member):
    for person in (business_owner, stranger, auditor):
        client.force_login(person)
        assert "Record the decision" not in body_of(client.get(address))
        assert client.post(address, sent("approve")).status_code == 403
    client.force_login(member)
    page = body_of(client.get(address))
    assert "Record the decision" not in page
    assert "Ask for votes" in page
    assert client.post(address, sent("approve")).status_code == 403


def test_a_stranger_finds_no_confidential_review(client, address, review, stranger):
    review.initiative.is_confidential = True
    review.initiative.save()
    client.force_login(stranger)
    assert client.get(address).status_code == 404


def test_members_vote_in_writing(client, chair, member, address, review):
    third = seat(make_person("Third Vote"), "portfolio-review")
    client.force_login(member)
    until = (clock.today() + timedelta(days=3)).isoformat()
    opened = client.post(address, sent("approve", how="writing", closes_on=until))
    ballot = WrittenBallot.objects.get()
    assert opened.headers["Location"] == f"/ballots/{ballot.pk}/#votes"
    for person in (member, chair):
        client.force_login(person)
        assert client.post(f"/ballots/{ballot.pk}/", {"choice": "for"}).status_code == 302
    page = body_of(client.get(address))
    assert "2 for, 0 against, 0 abstained, 1 open. 3 must take part, 2 have." in page
    assert client.post(f"/ballots/{ballot.pk}/", {"choice": "for"}).status_code == 422
    client.force_login(third)
    assert client.post(f"/ballots/{ballot.pk}/", {"choice": "against"}).status_code == 422
    client.post(f"/ballots/{ballot.pk}/", {"choice": "abstain"})
    assert Decision.objects.get().way == "writing"
    assert "carried" in body_of(client.get(f"/ballots/{ballot.pk}/"))


def test_a_ballot_is_taken_back(client, chair, member, review):
    seat(make_person("Third Vote"), "portfolio-review")
    told = {"outcome": "approve", "rationale": "Go.", "closes_on": clock.today()}
    ballot = open_ballot(review, actor=member, **told)
    client.force_login(make_person())
    assert client.post(f"/ballots/{ballot.pk}/withdraw/", {"reason": "No."}).status_code == 403
    client.force_login(chair)
    assert client.post(f"/ballots/{ballot.pk}/withdraw/", {"reason": ""}).status_code == 422
    assert client.post(f"/ballots/{ballot.pk}/withdraw/", {"reason": "A meeting is near."}).status_code == 302
    assert "A meeting is near." in body_of(client.get(f"/ballots/{ballot.pk}/"))


def test_the_list_of_decisions_its_filters_and_its_files(client, chair, sponsor, review, initiative, office_member):
    decision = approve(review, chair)
    client.force_login(office_member)
    assert "1 decision: " in body_of(client.get("/decisions/"))
    assert "Predictive maintenance" in body_of(client.get("/decisions/?urgent=1&body=portfolio-review"))
    assert "No decision fits" in body_of(client.get("/decisions/?outcome=terminate"))
    text = b"".join(client.get("/decisions/export/?format=csv").streaming_content).decode()
    assert decision.rationale in text
    assert "60000" in text
    assert client.get("/decisions/export/").status_code == 200
    client.force_login(make_person())
    assert "60000" not in b"".join(client.get("/decisions/export/?format=csv").streaming_content).decode()
    assert "60" not in body_of(client.get(f"/decisions/{decision.pk}/")).partition("Money approved")[2][:40]


def test_lists_cost_the_same_for_many_rows(client, chair, office_member, django_assert_num_queries, business_owner):
    def cost(address):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    from tests.factories import make_initiative

    def add():
        review = make_review(make_initiative(stage="pilot", owner=business_owner, risk_tier="low"), attempt=2)
        decision = approve(review, chair)
        make_condition(decision, business_owner)

    add()
    client.force_login(office_member)
    addresses = ("/decisions/", "/conditions/", "/fast-lane/audits/")
    before = [cost(address) for address in addresses]
    for _ in range(4):
        add()
    assert [cost(address) for address in addresses] == before


def test_a_condition_from_claim_to_confirmation(client, chair, sponsor, review, technical_owner, stranger):
    condition = make_condition(approve(review, chair), technical_owner)
    address = f"/conditions/{condition.pk}/"
    for person in (stranger, chair):
        client.force_login(person)
        assert client.post(f"{address}meet/", {"note": "Done."}).status_code == 403
    client.force_login(technical_owner)
    assert client.post(f"{address}meet/", {"note": ""}).status_code == 422
    assert client.post(f"{address}meet/", {"note": "Drill passed."}).status_code == 302
    assert client.post(f"{address}confirm/").status_code == 403
    client.force_login(chair)
    page = body_of(client.get(address))
    assert "Drill passed." in page
    assert client.post(f"{address}refuse/", {"reason": "Only one depot."}).status_code == 302
    client.force_login(technical_owner)
    client.post(f"{address}meet/", {"note": "All depots."})
    client.force_login(chair)
    assert client.post(f"{address}confirm/").status_code == 302
    assert "Met" in body_of(client.get("/conditions/?state=settled"))
    assert client.post(f"{address}waive/", {"reason": "x"}).status_code == 422


def test_the_tier_is_confirmed_from_its_page(client, risk_reviewer, business_owner, quick, delegate):
    fast = make_review(quick, gates=("workflow-fit", "data-fit", "autonomy-fit"), amount=1000)
    client.force_login(delegate)
    assert "The risk function has not confirmed the risk tier" in body_of(client.get(f"/reviews/{fast.pk}/decide/"))
    client.force_login(business_owner)
    assert client.get(f"/reviews/{fast.pk}/confirm-tier/").status_code == 403
    client.force_login(risk_reviewer)
    assert client.post(f"/reviews/{fast.pk}/confirm-tier/", {"seen": "low"}).status_code == 302
    assert "Tier confirmed" in body_of(client.get(f"/reviews/{fast.pk}/decide/"))


def test_the_sponsor_names_who_decides(client, sponsor, review, business_owner, executive):
    seat(business_owner, "portfolio-review")
    client.force_login(business_owner)
    assert client.get(f"/reviews/{review.pk}/name-decider/").status_code == 403
    client.force_login(sponsor)
    assert "Name who decides" in body_of(client.get(f"/reviews/{review.pk}/decide/"))
    form = {"person": executive.email, "reason": "Knows the plant."}
    assert client.post(f"/reviews/{review.pk}/name-decider/", form).status_code == 302
    client.force_login(executive)
    assert "Record the decision" in body_of(client.get(f"/reviews/{review.pk}/decide/"))


def test_an_initiative_is_paused_and_resumed_from_its_page(client, chair, initiative, stranger):
    address = f"/initiatives/{initiative.reference}/decide/"
    client.force_login(stranger)
    assert client.get(address).status_code == 403
    client.force_login(chair)
    page = body_of(client.get(address))
    assert "Terminate" in page
    assert "Resume" not in page
    assert client.post(address, {"outcome": "pause", "rationale": "No staff."}).status_code == 302
    assert client.post(address, {"outcome": "pause", "rationale": "Again."}).status_code == 422
    assert client.post(address, {"outcome": "resume", "rationale": "Staff."}).status_code == 302


def test_an_audit_is_recorded_from_its_page(client, fast, delegate, office_member):
    approve(fast, delegate)
    audit = FastLaneAudit.objects.get()
    client.force_login(office_member)
    assert "First of the requester" in body_of(client.get("/fast-lane/audits/"))
    address = f"/fast-lane/audits/{audit.pk}/"
    assert client.post(address, {"finding": "wrong"}).status_code == 422
    assert client.post(address, {"finding": "in_order"}).status_code == 302
    client.force_login(delegate)
    assert client.get(address).status_code == 403


def test_a_member_who_votes_sees_the_money_and_no_button_to_decide_alone(client, member, review):
    client.force_login(member)
    page = body_of(client.get(review.get_absolute_url()))
    assert "Not shown to you" not in page
    assert "Record the decision" not in page
    assert "Ask Portfolio review to vote in writing" in page


def test_what_is_in_the_way_ends_in_one_full_stop(client, chair, address, review):
    make_sign_off(review, "legal", verdict="object")
    client.force_login(chair)
    assert ".. " not in body_of(client.post(address, sent("approve"))).replace("...", "")


def test_the_ways_to_settle_a_condition_have_labels_of_their_own(client, chair, address, technical_owner):
    client.force_login(chair)
    due = (clock.today() + timedelta(days=9)).isoformat()
    row = {"condition-0-text": "Prove it", "condition-0-owner": technical_owner.email, "condition-0-due_on": due}
    client.post(address, sent("conditions", **row))
    condition = Condition.objects.get()
    meet_condition(condition, actor=technical_owner, note="Proved.")
    page = body_of(client.get(condition.get_absolute_url()))
    assert page.count('id="refuse-reason"') == page.count('id="waive-reason"') == 1
