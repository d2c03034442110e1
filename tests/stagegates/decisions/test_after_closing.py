"""What holds after a review was decided or withdrawn: sight, conditions, objections and seals."""

from datetime import timedelta

import pytest

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.actions.record_releases import mark_released
from portfolio.models import Initiative, Stage
from stagegates.actions.answer_sign_off import Demand, answer_sign_off
from stagegates.actions.conditions import meet_condition
from stagegates.actions.ruling import NewCondition
from stagegates.actions.submit_review import withdraw_review
from stagegates.models import Condition, GateReview, SignOff, SignOffAnswer
from stagegates.permissions import can_settle_condition
from stagegates.sign_off_tasks import refresh_all, tell_of_sign_off
from tests.api.conftest import Script, make_api_token, problem
from tests.factories import make_initiative, make_person, make_release, move_stage

from .conftest import approve, make_condition, make_review, make_sign_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden(review):
    Initiative.objects.filter(pk=review.initiative_id).update(is_confidential=True)
    return GateReview.objects.get(pk=review.pk)


def script(person):
    return Script(make_api_token(person)[1])


def test_the_body_that_set_a_condition_sees_the_initiative_until_it_is_settled(
    client, hidden, chair, member, technical_owner, stranger
):
    client.force_login(chair)
    due = (clock.today() + timedelta(days=9)).isoformat()
    row = {"condition-0-text": "Prove it", "condition-0-owner": technical_owner.email, "condition-0-due_on": due}
    sent = {"outcome": "conditions", "rationale": "Nearly.", "how": "alone", "amount": "60000"} | row
    answer = client.post(f"/reviews/{hidden.pk}/decide/", sent)
    assert client.get(answer.headers["Location"]).status_code == 200
    condition = Condition.objects.get()
    meet_condition(condition, actor=technical_owner, note="Drill passed.")

    # The next review is before another body: what is open is still theirs.
    GateReview.objects.filter(pk=make_review(hidden.initiative, gates=("value-fit",)).pk).update(body=None)
    assert script(member).get(f"conditions/{condition.pk}/").status_code == 200
    assert script(stranger).get(f"conditions/{condition.pk}/").status_code == 404
    assert script(chair).post(f"conditions/{condition.pk}/confirm/").status_code == 200
    assert script(chair).get(f"conditions/{condition.pk}/").status_code == 404


def test_a_reviewer_sees_it_after_the_end_of_the_review(hidden, chair, stranger):
    expert = make_person("Ex Pert")
    sign_off = make_sign_off(hidden, "legal", "approve", assigned_to=expert)
    assert script(expert).get(f"sign-offs/{sign_off.pk}/").status_code == 200
    approve(hidden, chair)
    assert script(expert).get(f"sign-offs/{sign_off.pk}/").status_code == 200
    assert script(sign_off.answer.answered_by).get(f"sign-offs/{sign_off.pk}/").status_code == 200
    assert script(stranger).get(f"sign-offs/{sign_off.pk}/").status_code == 404
    make_review(hidden.initiative, gates=("value-fit",))
    assert script(expert).get(f"sign-offs/{sign_off.pk}/").status_code == 404


def test_no_condition_for_whoever_does_not_see_it(client, hidden, chair, business_owner):
    outsider, expert = make_person("Out Sider"), make_person("Ex Pert")
    day = clock.today() + timedelta(days=9)
    with pytest.raises(DomainError, match="Out Sider does not see this initiative"):
        approve_with(hidden, chair, outsider)
    sent = {"text": "Prove it", "owner": outsider.pk, "due_on": day.isoformat()}
    told = {"review": hidden.pk, "outcome": "conditions", "rationale": "Nearly.", "conditions": [sent]}
    assert "does not see" in str(script(chair).post("decisions/", told).json())

    sign_off = make_sign_off(hidden, "legal", assigned_to=expert)
    demands = {"verdict": "conditions", "reason": "Nearly.", "conditions": [Demand("Prove it", outsider, day)]}
    with pytest.raises(DomainError, match="Out Sider does not see this initiative"):
        answer_sign_off(sign_off, actor=expert, **demands)
    assert not Condition.objects.exists()


def approve_with(review, chair, owner):
    from stagegates.actions.decide import decide_review

    wanted = [NewCondition("Prove it", owner, clock.today() + timedelta(days=9))]
    return decide_review(review, actor=chair, outcome="conditions", rationale="Nearly.", conditions=wanted)


def test_whom_a_sign_off_was_passed_to_settles_its_conditions(review, business_owner):
    expert, lawyer = make_person("Ex Pert"), make_person("Lex")
    sign_off = make_sign_off(review, "legal", "conditions", assigned_to=expert)
    condition = make_condition_of(sign_off, business_owner)
    assert can_settle_condition(expert, condition)
    assert not can_settle_condition(lawyer, condition)
    answer = script(expert).post(f"conditions/{condition.pk}/waive/", {"reason": "Proven elsewhere."})
    assert answer.status_code == 200


def make_condition_of(sign_off, owner):
    day = clock.today() + timedelta(days=9)
    told = {"text": "Prove it", "due_on": day, "set_by": sign_off.answer.answered_by, "owner": owner}
    return Condition.objects.create(initiative=sign_off.review.initiative, sign_off_answer=sign_off.answer, **told)


def test_withdrawing_the_review_takes_no_objection_back(client, review, initiative, business_owner, legal_reviewer):
    release = make_release(initiative, business_owner, "2.1")
    sign_off = make_sign_off(review, "legal", "object")
    withdraw_review(review, actor=business_owner, reason="Not now.")
    address = f"initiatives/{initiative.reference}/releases/{release.pk}/release/"
    assert "Legal objects: Looked at." in problem(script(business_owner).post(address), 409)["detail"]

    client.force_login(legal_reviewer)
    assert "Answer anew" in client.get(f"/sign-offs/{sign_off.pk}/").content.decode()
    anew = {"verdict": "approve", "reason": "Settled.", "replaces": sign_off.answer_id}
    assert script(legal_reviewer).post(f"sign-offs/{sign_off.pk}/answer/", anew).status_code in (200, 201)
    assert script(business_owner).post(address).status_code == 200


def test_a_higher_body_passes_over_an_earlier_objection(review, initiative, business_owner, chair, sponsor):
    release = make_release(initiative, business_owner, "2.1")
    sign_off = make_sign_off(review, "legal", "object")
    withdraw_review(review, actor=business_owner, reason="Not now.")
    again = make_review(Initiative.objects.get(pk=initiative.pk))
    with pytest.raises(DomainError, match="Legal objected on an earlier review"):
        approve(again, chair)
    approve(again, sponsor, overrides={f"objection:{sign_off.pk}": "Carried."})
    assert mark_released(release, actor=business_owner).is_out


@pytest.mark.parametrize("stage", ["intake", "discovery", "build"])
def test_nothing_goes_out_before_the_pilot(client, business_owner, stage):
    early = make_initiative(stage=stage, owner=business_owner)
    release = make_release(early, business_owner, "0.1")
    with pytest.raises(DomainError, match="nothing goes out to users before the pilot"):
        mark_released(release, actor=business_owner)
    client.force_login(business_owner)
    page = client.get(f"{early.get_absolute_url()}releases/{release.pk}/out/").content.decode()
    assert "nothing goes out to users before the pilot" in page
    move_stage(early, Stage.PILOT)
    release.initiative.refresh_from_db()
    assert mark_released(release, actor=business_owner).is_out


def test_a_change_after_the_approval_holds_releases_until_the_function_looks_again(
    client, review, initiative, business_owner, chair, legal_reviewer
):
    release = make_release(initiative, business_owner, "2.1")
    sign_off = make_sign_off(review, "legal", "approve")
    approve(review, chair)
    refused = script(legal_reviewer).post(
        f"sign-offs/{sign_off.pk}/answer/", {"verdict": "object", "reason": "No.", "replaces": sign_off.answer_id}
    )
    assert refused.status_code == 409
    Initiative.objects.filter(pk=initiative.pk).update(summary="Something else.")
    release.refresh_from_db()
    with pytest.raises(DomainError, match="Legal’s sign-off is outdated; changed since: What it is to do"):
        mark_released(release, actor=business_owner)

    client.force_login(legal_reviewer)
    assert "Answer anew" in client.get(f"/sign-offs/{sign_off.pk}/").content.decode()
    anew = {"verdict": "approve", "reason": "Still well.", "replaces": SignOff.objects.get().answer_id}
    assert script(legal_reviewer).post(f"sign-offs/{sign_off.pk}/answer/", anew).status_code in (200, 201)
    assert mark_released(release, actor=business_owner).is_out


def test_who_answers_anew_is_told_of_a_change_after_the_approval(
    review, initiative, business_owner, chair, legal_reviewer, stranger
):
    sign_off = make_sign_off(review, "legal", "approve")
    approve(review, chair)
    refresh_all([initiative.pk])
    assert not Event.objects.filter(name="sign_off.outdated").exists()
    Initiative.objects.filter(pk=initiative.pk).update(summary="Something else.")

    for _ in range(2):
        refresh_all([initiative.pk])

    event = Event.objects.get(name="sign_off.outdated")
    tell_of_sign_off(event.pk)
    told = {each.person: each for each in event.notifications.all()}
    assert told.keys() >= {legal_reviewer, business_owner, sign_off.answer.answered_by}
    assert stranger not in told
    assert (told[legal_reviewer].kind, told[business_owner].kind) == ("request", "news")
    assert told[legal_reviewer].text.endswith(
        "is outdated: What it is to do changed; releases wait for it to be answered anew"
    )
    sign_off.refresh_from_db()
    assert (sign_off.state, sign_off.answer.is_outdated) == ("answered", True)

    Initiative.objects.filter(pk=initiative.pk).update(summary=initiative.summary)
    for _ in range(2):
        refresh_all([initiative.pk])
    assert Event.objects.filter(name="sign_off.stands_again").count() == 1
    assert not SignOffAnswer.objects.get().is_outdated


def test_nobody_is_told_where_no_release_rests_on_it(review, initiative, chair, business_owner):
    early = make_review(make_initiative(stage="discovery", owner=business_owner), gates=("data-fit",))
    make_sign_off(early, "legal", "approve")
    withdraw_review(early, actor=business_owner, reason="Not now.")
    make_sign_off(review, "legal", "approve")
    approve(review, chair)
    # The next review asks the function, which then is told in the ordinary way.
    make_sign_off(make_review(initiative, gates=("value-fit",)), "legal")
    Initiative.objects.update(summary="Something else.")
    refresh_all([initiative.pk, early.initiative_id])
    assert not Event.objects.filter(name="sign_off.outdated").exists()


def test_an_overdue_condition_stays_with_its_body(hidden, chair, business_owner):
    condition = make_condition(approve(hidden, chair), business_owner, due_on=clock.today() - timedelta(days=1))
    assert script(chair).get(f"conditions/{condition.pk}/").status_code == 200
