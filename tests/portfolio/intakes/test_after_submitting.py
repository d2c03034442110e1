"""What others do to a submitted request's initiative stays; what only the office may change, a reply does not."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from aiso.errors import DomainError
from portfolio.actions.answer_questions import answer_questions
from portfolio.actions.assign_owners import assign_owner
from portfolio.actions.intakes import (
    accept_intake,
    ask_requester,
    join_intake,
    reply_to_question,
    save_answers,
    submit_intake,
)
from portfolio.actions.keep_decisions import edit_decision_class
from portfolio.actions.measure_outcomes import edit_outcome_metric
from portfolio.models import Initiative, Tool
from portfolio.permissions import can_lower_lane
from tests.factories import make_initiative, make_person

from .test_submit_intake import METRIC

pytestmark = pytest.mark.django_db


@pytest.fixture
def corrected(ready, requester, office_member):
    """The office asked, and corrected what it knew better."""
    save_answers(ready, actor=requester, answers=METRIC)
    submitted = submit_intake(ready, actor=requester)
    ask_requester(submitted, actor=office_member, text="Which order book?")
    it = submitted.initiative
    answer_questions(it, actor=office_member, kind="risk_tier", answers={"decides-about-people": "decides"})
    edit_decision_class(it.decision_classes.get(), actor=office_member, is_regulated=True)
    edit_outcome_metric(it.outcome_metrics.get(), actor=office_member, baseline=Decimal("7.5"))
    return submitted


def test_a_reply_leaves_what_the_office_corrected(corrected, requester):
    save_answers(corrected, actor=requester, answers={"metric_name": "Days until a date"})

    reply_to_question(corrected, actor=requester, text="The ERP one.")

    it = Initiative.objects.get(pk=corrected.initiative_id)
    assert (it.risk_tier, it.lane, it.lane_decided_by) == ("critical", "full", "tier")
    assert it.decision_classes.get().is_regulated
    metric = it.outcome_metrics.get()
    assert (metric.name, metric.baseline) == ("Days until a date", Decimal("7.5"))


def test_a_decision_that_was_calibrated_stays_when_its_row_goes(corrected, requester):
    save_answers(
        corrected,
        actor=requester,
        answers={"decisions": [{"name": "Pick a date", "cost_of_error": "low", "reversibility": "easy"}]},
    )

    reply_to_question(corrected, actor=requester, text="Other decisions.")

    assert {*corrected.initiative.decision_classes.values_list("name", flat=True)} == {"Find the order", "Pick a date"}


@pytest.mark.parametrize(
    "changed", [{"unit": "999999"}, {"is_confidential": "on"}, {"business_owner": "x@example.org"}]
)
def test_what_the_office_keeps_is_frozen(client, asked, requester, changed):
    with pytest.raises(DomainError, match="The office changes this"):
        save_answers(asked, actor=requester, answers=changed)

    client.force_login(requester)
    page = client.get(f"{asked.get_absolute_url()}steps/case/").content.decode()
    assert page.count("disabled") == 3
    # Sending the step without the frozen answers, as a browser does, changes the others.
    assert client.post(f"{asked.get_absolute_url()}steps/case/", {"name": "Date replies"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.answers["name"], asked.answers["unit"]) == ("Date replies", str(asked.unit_id))


def test_others_read_what_was_handed_over(client, asked, requester, office_member):
    save_answers(asked, actor=requester, answers={"requested_amount": "99000000"})

    client.force_login(office_member)
    assert "99,000,000" not in client.get(asked.get_absolute_url()).content.decode()
    accept_intake(asked, actor=office_member)
    asked.refresh_from_db()
    assert asked.answers["requested_amount"] == "30k"
    assert "Decided without a reply." in client.get(asked.get_absolute_url()).content.decode()


def test_the_page_tells_the_registers_facts(client, submitted, office_member):
    it = submitted.initiative
    answer_questions(it, actor=office_member, kind="risk_tier", answers={"decides-about-people": "decides"})
    client.force_login(office_member)

    page = client.get(submitted.get_absolute_url()).content.decode()

    assert "Critical risk" in page
    assert "Full lane" in page


def test_a_prohibited_or_unsettled_use_is_not_accepted(client, submitted, office_member):
    it = submitted.initiative
    told = {"actor": office_member, "kind": "prohibited_use"}
    code = it.answers.filter(question__question_set__kind="prohibited_use").first().question.code
    answer_questions(it, answers={code: "not-sure"}, reasons={code: "Perhaps."}, **told)
    with pytest.raises(DomainError, match="Rule out"):
        accept_intake(submitted, actor=office_member)
    answer_questions(it, answers={code: "yes"}, reasons={code: "It does."}, **told)
    with pytest.raises(DomainError, match="prohibited use"):
        accept_intake(submitted, actor=office_member)
    answer_questions(it, answers={code: "no"}, reasons={code: "It does not."}, **told)

    accept_intake(submitted, actor=office_member)


def test_an_owner_does_not_decide_on_their_own(submitted, office_member, risk_reviewer):
    assign_owner(submitted.initiative, actor=office_member, kind="technical", person=office_member)
    with pytest.raises(PermissionDenied):
        accept_intake(submitted, actor=office_member)

    assert can_lower_lane(risk_reviewer, submitted.initiative)
    assign_owner(submitted.initiative, actor=office_member, kind="risk", person=risk_reviewer)
    assert not can_lower_lane(risk_reviewer, Initiative.objects.get(pk=submitted.initiative_id))


def test_a_confidential_name_does_not_leak_by_joining(client, submitted, office_member, requester, stranger):
    secret = make_initiative("Secret merger", is_confidential=True)
    join_intake(submitted, actor=office_member, to=secret)

    for person, sees in ((office_member, True), (requester, False), (stranger, False)):
        client.force_login(person)
        page = client.get(submitted.get_absolute_url()).content.decode()
        assert ("Secret merger" in page, secret.reference in page) == (sees, sees)


def test_a_number_that_is_none_breaks_no_page(client, ready, requester):
    rows = [{"name": "Find", "volume_per_week": "about 5", "cost_of_error": "low", "reversibility": "easy"}]
    save_answers(ready, actor=requester, answers={"decisions": rows})
    client.force_login(requester)

    page = client.get(f"{ready.get_absolute_url()}review/")

    assert page.status_code == 200
    assert "about 5" in page.content.decode()


def test_a_tool_that_the_list_lacks_takes_the_full_lane(ready, requester):
    Tool.objects.create(name="Known plug-in")
    save_answers(ready, actor=requester, answers={"other_tools": "Chat plug-in\nknown PLUG-IN\n"})

    it = submit_intake(ready, actor=requester).initiative

    assert {*it.tools.values_list("name", flat=True)} == {"Chat plug-in", "Known plug-in"}
    assert (it.lane, it.lane_decided_by) == ("full", "tools")


def test_a_refused_join_leads_back_to_the_draft(client, draft, requester):
    client.force_login(requester)

    response = client.post(f"{draft.get_absolute_url()}join/", {"to": "AI-999999"}, follow=True)

    assert "No initiative has this reference" in response.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_an_office_of_one_unit_sees_no_draft_that_was_withdrawn(client, ready, requester):
    ready.state = "withdrawn"
    ready.save()
    local = make_person("Local Member", "office_member", role_unit=ready.unit)
    client.force_login(local)

    assert client.get(ready.get_absolute_url()).status_code == 404


def test_its_money_is_for_those_whom_it_concerns(client, submitted, requester, office_member, stranger, executive):
    for person, sees in ((requester, True), (office_member, True), (executive, True), (stranger, False)):
        client.force_login(person)
        page = client.get(submitted.get_absolute_url()).content.decode()
        assert ("30,000" in page) == sees, person
