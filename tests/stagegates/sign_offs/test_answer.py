"""Answering: page, API and action of one deed."""

import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.db.models import ProtectedError

from aiso import clock
from aiso.accounts.models import Role
from aiso.errors import DomainError
from aiso.events.models import Event
from aiso.web.forms import person_text
from stagegates.actions.answer_sign_off import Demand, answer_sign_off
from stagegates.models import Condition, GateReview, ReviewFunction, SignOff, SignOffAnswer
from stagegates.seals import seal_of
from tests.factories import make_person

from .factories import MONDAY, answered, assessment, make_review, sign_off_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(initiative, office_member):
    return make_review(initiative, office_member, "legal", "security")


def sent(sign_off, verdict="approve", reason="Nothing against it.", **fields):
    """What the form sends, by the names of its fields."""
    named = {"verdict": verdict, "reason": reason, **fields}
    return {f"answer-{sign_off.pk}-{name}": value for name, value in named.items()}


def test_an_answer_stands_sealed_and_stops_the_clock(review, legal_reviewer):
    answer = answered(review, "legal", legal_reviewer, minutes=25)

    legal = sign_off_of(review, "legal")
    assert (legal.state, legal.answer, legal.due_on) == (SignOff.State.ANSWERED, answer, None)
    assert (answer.minutes, answer.answered_at, answer.seal) == (25, MONDAY, seal_of(answer.copy))
    assert {"key": "case/summary", "label": "What it is to do", "value": "Finds pumps that will fail."} in answer.copy
    event = Event.objects.get(name="sign_off.answered")
    assert (event.payload["verdict"], event.actor) == ("approve", legal_reviewer)


def test_conditions_become_rows_with_owner_and_day(review, legal_reviewer, technical_owner):
    demand = Demand("Delete the logs after 30 days.", technical_owner, date(2027, 3, 1))

    answer = answered(review, "legal", legal_reviewer, verdict="conditions", conditions=[demand])

    condition = Condition.objects.get(sign_off_answer=answer)
    assert (condition.owner, condition.due_on, condition.set_by) == (technical_owner, date(2027, 3, 1), legal_reviewer)
    assert Event.objects.get(name="condition.set").payload["person"] == technical_owner.pk


def test_a_later_answer_takes_its_place_and_lifts_its_conditions(review, legal_reviewer, technical_owner):
    demand = Demand("Delete the logs.", technical_owner, date(2027, 3, 1))
    first = answered(review, "legal", legal_reviewer, verdict="conditions", conditions=[demand])

    second = answered(review, "legal", legal_reviewer, verdict="object", reason="On second thoughts.")

    assert sign_off_of(review, "legal").answer == second
    assert Condition.objects.get(sign_off_answer=first).waived_because == "Replaced by the later answer of Legal."
    assert sign_off_of(review, "legal").answers.count() == 2


def test_what_was_answered_is_never_edited_or_deleted(review, legal_reviewer):
    answer = answered(review, "legal", legal_reviewer)

    for change in ({"reason": "Other."}, {"copy": []}, {"groups": []}, {"seal": "0" * 64}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            SignOffAnswer.objects.filter(pk=answer.pk).update(**change)
    with pytest.raises(ProtectedError):
        answer.delete()


def test_not_applicable_of_a_required_function_is_a_recorded_deviation(review, legal_reviewer):
    answer = answered(review, "legal", legal_reviewer, verdict="not_applicable", reason="No contract.")

    assert answer.is_deviation
    assert answer.deviates_from == sign_off_of(review, "legal").asked_by
    assert Event.objects.get(name="sign_off.deviated").payload["rules"][0]["code"] == "production-fit"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"verdict": "maybe"}, "verdict"),
        ({"reason": "  "}, "reason"),
        ({"verdict": "conditions"}, "conditions"),
        ({"minutes": -1}, "minutes"),
    ],
)
def test_what_is_wrong_is_named(review, legal_reviewer, fields, field):
    with pytest.raises(DomainError) as refused:
        answered(review, "legal", legal_reviewer, **fields)

    assert refused.value.field == field


def test_conditions_belong_to_an_approval_and_lie_ahead(review, legal_reviewer, technical_owner, service_account):
    ahead = Demand("Do it.", technical_owner, date(2027, 3, 1))
    wrong = [
        ("approve", ahead),
        ("conditions", Demand("", technical_owner, date(2027, 3, 1))),
        ("conditions", Demand("Do it.", technical_owner, date(2027, 1, 31))),
        ("conditions", Demand("Do it.", service_account, date(2027, 3, 1))),
    ]
    for verdict, demand in wrong:
        with pytest.raises(DomainError):
            answered(review, "legal", legal_reviewer, verdict=verdict, conditions=[demand])


def test_nothing_is_answered_before_its_evidence_is_there(initiative, office_member, security_reviewer):
    review = make_review(
        initiative, office_member, "security", requirements=(assessment("security-assessment", "security"),)
    )

    with pytest.raises(DomainError, match="evidence"):
        answered(review, "security", security_reviewer)


def test_what_changed_since_it_was_opened_is_looked_at_again(review, initiative, legal_reviewer):
    with pytest.raises(DomainError, match="changed since you opened it"):
        answered(review, "legal", legal_reviewer, seen="0" * 64)


def test_whoever_has_not_read_the_answer_that_stands_does_not_replace_it(review, legal_reviewer):
    answered(review, "legal", legal_reviewer)

    with pytest.raises(DomainError, match="Lena Lex has answered: approve"):
        answered(review, "legal", make_person("Lex Two", Role.LEGAL_REVIEWER), replaces=None)


def test_a_closed_review_keeps_its_answers(review, legal_reviewer):
    review.closed_at = clock.now()
    review.save()

    with pytest.raises(DomainError, match="closed"):
        answered(review, "legal", legal_reviewer)


def test_a_role_of_another_unit_does_not_reach(review):
    from tests.factories import make_unit

    elsewhere = make_person("Lex Away", Role.LEGAL_REVIEWER, role_unit=make_unit())

    with pytest.raises(PermissionDenied):
        answered(review, "legal", elsewhere)


def test_two_members_at_once_and_one_wins(transactional_db, request):
    initiative, owner = request.getfixturevalue("initiative"), request.getfixturevalue("business_owner")
    with clock.fixed_at(MONDAY):
        review = make_review(initiative, owner, "legal")
    people = [make_person("Lex One", Role.LEGAL_REVIEWER), make_person("Lex Two", Role.LEGAL_REVIEWER)]
    together, told = threading.Barrier(2), []

    def answer(person, verdict):
        sign_off = sign_off_of(review, "legal")
        together.wait()
        try:
            answer_sign_off(sign_off, actor=person, verdict=verdict, reason="So I think.")
            told.append("answered")
        except DomainError as refused:
            told.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=each) for each in zip(people, ("approve", "object"), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(told) == "answered"
    assert "has answered" in min(told)
    assert SignOffAnswer.objects.count() == 1


def test_the_page_answers_with_conditions(client, review, legal_reviewer, technical_owner):
    client.force_login(legal_reviewer)
    legal = sign_off_of(review, "legal")
    page = client.get(legal.get_absolute_url())
    assert b"10 of 10 working days left" in page.content
    condition = {"text_1": "Delete the logs.", "owner_1": person_text(technical_owner), "due_1": "2027-03-01"}

    response = client.post(f"/sign-offs/{legal.pk}/answer/", sent(legal, "conditions", **condition))

    assert response.status_code == 302
    assert Condition.objects.get().text == "Delete the logs."
    assert "Approve with conditions" in client.get(legal.get_absolute_url()).content.decode()


def test_the_page_says_what_is_wrong_and_keeps_what_was_written(client, review, legal_reviewer):
    client.force_login(legal_reviewer)
    legal = sign_off_of(review, "legal")

    response = client.post(f"/sign-offs/{legal.pk}/answer/", sent(legal, "conditions", reason="Only if it is safe."))

    assert response.status_code == 422
    assert response.content.decode().count("Say what it demands.") == 2
    assert "Only if it is safe." in response.content.decode()


def test_a_fragment_for_htmx_tells_the_lists(client, review, legal_reviewer):
    client.force_login(legal_reviewer)
    legal = sign_off_of(review, "legal")

    response = client.post(f"/sign-offs/{legal.pk}/answer/", sent(legal), headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert "sign-off-changed" in response.headers["HX-Trigger"]
    assert response.content.decode().lstrip().startswith("<section")


def test_pages_refuse_the_wrong_person_and_hide_from_strangers(client, review, initiative, business_owner, stranger):
    legal = sign_off_of(review, "legal")
    client.force_login(business_owner)
    assert client.post(f"/sign-offs/{legal.pk}/answer/", sent(legal)).status_code == 403

    initiative.is_confidential = True
    initiative.save()
    client.force_login(stranger)
    assert client.get(legal.get_absolute_url()).status_code == 404
    assert client.post(f"/sign-offs/{legal.pk}/answer/", sent(legal)).status_code == 404


def test_the_api_answers_and_says_what_stands(script, review, legal_reviewer, technical_owner, business_owner):
    legal, lawyer = sign_off_of(review, "legal"), script(legal_reviewer)
    seen = lawyer.get(f"sign-offs/{legal.pk}/").json()["seen"]
    body = {
        "verdict": "conditions",
        "reason": "With one thing.",
        "minutes": 30,
        "conditions": [{"text": "Delete the logs.", "owner": technical_owner.pk, "due_on": "2027-03-01"}],
        "seen": seen,
    }

    told = lawyer.post(f"sign-offs/{legal.pk}/answer/", body)

    assert told.status_code == 201
    assert told.json()["answer"]["conditions"][0]["owner"]["name"] == "Tessa Owen"
    assert told.json()["answer"]["is_intact"] is True
    assert lawyer.post(f"sign-offs/{legal.pk}/answer/", body).status_code == 409
    body["replaces"] = told.json()["answer"]["id"]
    assert lawyer.post(f"sign-offs/{legal.pk}/answer/", body).status_code == 201
    assert script(business_owner).post(f"sign-offs/{legal.pk}/answer/", body).status_code == 403
    assert lawyer.post(f"sign-offs/{legal.pk}/answer/", {"verdict": "maybe"}).status_code == 422


def test_a_sealed_copy_is_read_beside_what_is_true_now(client, review, initiative, legal_reviewer, auditor):
    answer = answered(review, "legal", legal_reviewer)
    initiative.summary = "Finds pumps and valves that will fail."
    initiative.save()
    client.force_login(auditor)

    page = client.get(f"/sign-offs/answers/{answer.pk}/").content.decode()

    assert "Intact" in page
    assert "Finds pumps that will fail." in page
    assert "Finds pumps and valves that will fail." in page
    assert answer.seal in page


def test_money_is_withheld_from_those_who_may_not_see_it(
    client, script, initiative, office_member, finance_controller, stranger
):
    review = make_review(initiative, office_member, "finance", amount=120000)
    answer = answered(review, "finance", finance_controller)
    finance = sign_off_of(review, "finance")

    for person, sees in ((finance_controller, True), (stranger, False)):
        client.force_login(person)
        for address in (finance.get_absolute_url(), f"/sign-offs/answers/{answer.pk}/"):
            assert ("120,000" in client.get(address).content.decode()) is sees
        assert ("120,000" in script(person).get(f"sign-offs/{finance.pk}/").content.decode()) is sees
        # Whoever knows the rest could try sums against the hash.
        assert (answer.seal in script(person).get(f"sign-offs/{finance.pk}/").content.decode()) is sees
        assert (answer.seal in client.get(f"/sign-offs/answers/{answer.pk}/").content.decode()) is sees
        assert answer.seal not in client.get(finance.get_absolute_url()).content.decode()


def test_a_seal_without_a_sum_is_shown_to_everybody(script, initiative, office_member, security_reviewer, stranger):
    review = make_review(initiative, office_member, "security", amount=120000)
    answer = answered(review, "security", security_reviewer)

    told = script(stranger).get(f"sign-offs/{answer.sign_off_id}/").json()

    assert told["answer"]["seal"] == answer.seal


def test_who_is_withheld_the_sum_still_notices_that_it_changed(script, initiative, office_member, legal_reviewer):
    ReviewFunction.objects.filter(slug="legal").update(rests_on=[])
    review = make_review(initiative, office_member, "legal", amount=120000)
    legal = sign_off_of(review, "legal")
    lawyer = script(legal_reviewer)
    seen = lawyer.get(f"sign-offs/{legal.pk}/").json()["seen"]
    GateReview.objects.filter(pk=review.pk).update(amount=130000)

    body = {"verdict": "approve", "reason": "Fine.", "seen": seen}
    assert lawyer.post(f"sign-offs/{legal.pk}/answer/", body).status_code == 409
    body["seen"] = lawyer.get(f"sign-offs/{legal.pk}/").json()["seen"]
    told = lawyer.post(f"sign-offs/{legal.pk}/answer/", body)
    assert told.status_code == 201, told.content
    assert told.json()["answer"]["seal"] is None


def test_conditions_of_another_verdict_are_not_asked(client, review, legal_reviewer):
    """The page shows their room only with the verdict that takes them."""
    client.force_login(legal_reviewer)
    legal = sign_off_of(review, "legal")

    response = client.post(f"/sign-offs/{legal.pk}/answer/", sent(legal, "approve", text_1="Delete the logs."))

    assert response.status_code == 302
    assert not Condition.objects.exists()
    assert "Approves" in client.get(legal.get_absolute_url()).content.decode()
