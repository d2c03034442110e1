"""Submitting: one initiative, with everything that was answered typed in once."""

from datetime import date
from decimal import Decimal
from threading import Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from portfolio.actions.edit_initiative import Change, edit_initiative
from portfolio.actions.intakes import reply_to_question, save_answers, submit_intake
from portfolio.models import Bucket, Initiative, Tool
from portfolio.tasks import notify_of_intake
from tests.factories import make_person

pytestmark = pytest.mark.django_db
METRIC = {
    "metric_name": "Days until an answer",
    "metric_unit": "days",
    "metric_direction": "down",
    "baseline": "3",
    "baseline_on": "2026-09-01",
    "baseline_source": "Ticket system",
    "target": "0.5",
}


def test_it_becomes_an_initiative(ready, requester, answers, unit):
    tool = Tool.objects.create(name="Language model")
    bucket = Bucket.objects.first()
    more = METRIC | {"tools": [str(tool.pk)], "bucket": str(bucket.pk), "is_confidential": "on"}
    save_answers(ready, actor=requester, answers=more)

    submitted = submit_intake(ready, actor=requester)

    it = submitted.initiative
    assert (submitted.state, it.name, it.unit, it.stage) == ("submitted", "Delivery date replies", unit, "intake")
    assert (it.stage_changes.get().source, it.created_by, it.business_owner) == ("intake", requester, requester)
    assert it.outcome == "Customers get a date on the same day."
    assert (it.requested_amount, it.bucket, it.is_confidential) == (Decimal(30_000), bucket, True)
    assert (it.is_customer_facing, it.is_safety_impacting, it.is_rights_impacting) == (False, False, False)
    assert [*it.tools.all()] == [tool]
    assert [*it.jurisdictions.values_list("name", flat=True)] == ["EU"]
    metric = it.outcome_metrics.get()
    assert (metric.name, metric.baseline, metric.baseline_on) == ("Days until an answer", 3, date(2026, 9, 1))
    decision = it.decision_classes.get()
    assert (decision.name, decision.autonomy) == ("Find the order", "surface")
    assert it.risk_tier == "low"
    # The tool is approved by nobody.
    assert (it.lane, it.lane_decided_by) == ("full", "tools")
    assert Event.objects.filter(name="intake.submitted", payload={"intake": submitted.pk}).exists()


def test_the_fast_lane(submitted):
    assert (submitted.initiative.lane, submitted.initiative.lane_decided_by) == ("fast", "")


def test_the_office_is_told_once(submitted, office_member, office_lead, stranger):
    event = Event.objects.get(name="intake.submitted")
    elsewhere = make_person("Far Member", "office_member", role_unit=make_unit_elsewhere())
    for _ in range(2):
        notify_of_intake(event.pk)

    told = Notification.objects.filter(event=event)
    assert {each.person for each in told} == {office_member, office_lead}
    assert elsewhere not in {each.person for each in told}
    assert told[0].text == f"New request: {submitted.reference} Delivery date replies"


def make_unit_elsewhere():
    from tests.factories import make_unit

    return make_unit("Elsewhere")


@pytest.mark.parametrize("left_out", ["name", "outcome", "decisions", "tier-safety", "requested_amount"])
def test_what_is_missing_stops_it(ready, requester, left_out):
    save_answers(ready, actor=requester, answers={left_out: [] if left_out == "decisions" else ""})

    with pytest.raises(DomainError, match="Some answers are missing"):
        submit_intake(ready, actor=requester)

    assert not Initiative.objects.exists()


def test_a_prohibited_answer_stops_it(ready, requester):
    save_answers(ready, actor=requester, answers={"tier-manipulates": "yes"})

    with pytest.raises(DomainError, match="prohibited use"):
        submit_intake(ready, actor=requester)


def test_only_its_requester_and_only_once(submitted, requester, office_lead):
    with pytest.raises(PermissionDenied):
        submit_intake(submitted, actor=office_lead)
    with pytest.raises(DomainError, match="submitted already"):
        submit_intake(submitted, actor=requester)


def test_two_at_once_make_one_initiative(transactional_db, ready, requester):
    refused = []

    def submit() -> None:
        try:
            submit_intake(ready, actor=requester)
        except DomainError as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [Thread(target=submit) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == ["This request was submitted already."]
    assert Initiative.objects.count() == 1


def test_the_page_submits(client, ready, requester):
    client.force_login(requester)
    review = f"{ready.get_absolute_url()}review/"
    assert "Submit for triage" in client.get(review).content.decode()

    assert client.post(review).headers["Location"] == ready.get_absolute_url()
    again = client.post(review)

    assert again.status_code == 422
    assert "submitted already" in again.content.decode()
    page = client.get(ready.get_absolute_url()).content.decode()
    assert "the office has it" in page


def test_a_reply_takes_over_what_changed_and_leaves_the_rest(asked, requester, office_member):
    it = asked.initiative
    bucket = Bucket.objects.first()
    edit_initiative(it, actor=office_member, changes={"bucket": Change(None, bucket)})
    changed = {
        "name": "Date replies",
        "requested_amount": "70k",
        "decisions": [{"name": "Pick a date", "cost_of_error": "low", "reversibility": "easy"}],
    }
    save_answers(asked, actor=requester, answers=changed)

    reply_to_question(asked, actor=requester, text="The ERP one.")

    it.refresh_from_db()
    asked.refresh_from_db()
    assert (it.name, it.requested_amount, it.bucket) == ("Date replies", Decimal(70_000), bucket)
    assert [*it.decision_classes.values_list("name", flat=True)] == ["Pick a date"]
    assert (it.lane, it.lane_decided_by) == ("full", "money")
    question = asked.questions.get()
    assert (asked.state, question.answer) == ("submitted", "The ERP one.")
    assert question.answered_at <= clock.now()
    assert Event.objects.filter(name="intake.replied").count() == 1


def test_a_reply_needs_words_and_a_question(client, asked, submitted, requester, stranger):
    client.force_login(requester)
    address = f"{asked.get_absolute_url()}reply/"
    assert client.post(address, {"text": " "}).status_code == 422
    with pytest.raises(DomainError, match="Write a reply"):
        reply_to_question(asked, actor=requester, text=" ")
    with pytest.raises(PermissionDenied):
        reply_to_question(asked, actor=stranger, text="Mine")

    assert client.post(address, {"text": "The ERP one."}).status_code == 302
    assert client.post(address, {"text": "Again"}).status_code == 422
