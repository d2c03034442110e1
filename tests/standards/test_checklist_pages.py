import json

import pytest
from django.urls import reverse

from aiso import clock
from standards.actions.answer_checklist import answer_checklist, complete_checklist
from standards.models import ChecklistAnswer, ChecklistCompletion, Standard
from tests.factories import make_initiative

from .conftest import ANSWERS, PRIVACY, answered, line, sheet, values

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "progress"}


@pytest.fixture
def address(initiative) -> str:
    return reverse("standards:checklist_answer", args=[initiative.reference, PRIVACY])


def sent(initiative, privacy, **answers: str) -> dict[str, str]:
    """What the form sends, with the answers as they are seen now."""
    found = sheet(initiative, privacy)
    seen = {each.item.code: [each.own, each.note, each.evidence] for each in found.lines}
    return {"seen": json.dumps(seen)} | {f"value-{code.replace('_', '-')}": text for code, text in answers.items()}


def test_answers_are_saved_as_one_goes(client, initiative, privacy, business_owner, address):
    client.force_login(business_owner)
    body = sent(initiative, privacy, in_prompts="no", retention="")
    response = client.post(f"{address}save/", body, headers=HTMX)
    assert response.status_code == 200
    page = response.content.decode()
    assert "3 of 6 questions answered" in page
    assert 'id="seen"' in page
    assert line(initiative, privacy, "in-prompts").value == "no"
    assert ChecklistAnswer.objects.count() == 1


def test_one_wrong_answer_keeps_no_other_from_being_saved(client, initiative, privacy, business_owner, address):
    client.force_login(business_owner)
    body = sent(initiative, privacy, in_prompts="no", retention="some")
    response = client.post(f"{address}save/", body, headers=HTMX)
    assert "Enter a number." in response.content.decode()
    assert line(initiative, privacy, "in-prompts").value == "no"
    response = client.post(address, body)
    assert response.status_code == 422
    assert 'value="some"' in response.content.decode()


def test_what_somebody_else_changed_is_shown_and_not_overwritten(
    client, initiative, privacy, business_owner, technical_owner, address
):
    opened = sent(initiative, privacy)
    answer_checklist(initiative, privacy, actor=technical_owner, answers=values(in_prompts="no", retention="30"))
    client.force_login(business_owner)
    body = opened | {"value-in-prompts": "yes", "value-retention": "", "value-purpose-fits": "yes"}
    page = client.post(f"{address}save/", body, headers=HTMX).content.decode()
    assert "Tessa Owen changed this meanwhile" in page
    assert "Yours, “Yes”, is not saved" in page
    assert 'id="q-retention" hx-swap-oob="true"' in page
    assert {code: line(initiative, privacy, code).value for code in ("in-prompts", "retention", "purpose-fits")} == {
        "in-prompts": "no",
        "retention": "30",
        "purpose-fits": "yes",
    }
    assert client.post(address, body | {"value-in-prompts": "yes"}).status_code == 409


def test_a_form_that_lost_what_it_saw_still_saves(client, initiative, privacy, business_owner, address):
    client.force_login(business_owner)
    for seen in ("", "[]", "{", '{"in-prompts": 3}'):
        value = "no" if line(initiative, privacy, "in-prompts").value == "yes" else "yes"
        assert client.post(address, {"seen": seen, "value-in-prompts": value}).status_code == 302
        assert line(initiative, privacy, "in-prompts").value == value


def test_completing_says_what_is_left_and_then_is_done(client, initiative, privacy, business_owner, address):
    client.force_login(business_owner)
    body = sent(initiative, privacy, in_prompts="no") | {"complete": "1"}
    response = client.post(address, body)
    assert response.status_code == 422
    assert "3 questions left" in response.content.decode()
    body = sent(initiative, privacy, **ANSWERS) | {"complete": "1"}
    response = client.post(address, body)
    assert response["Location"] == reverse("standards:initiative_standards", args=[initiative.reference])
    assert ChecklistCompletion.objects.get().completed_by == business_owner
    assert "Complete" in client.get(response["Location"]).content.decode()


def test_whoever_may_not_answer_reads(client, initiative, privacy, business_owner, stranger, address):
    answered(initiative, privacy, business_owner)
    client.force_login(stranger)
    page = client.get(address).content.decode()
    assert "90 days" in page
    assert "You may read this" in page
    assert 'id="answers"' not in page
    assert client.post(address, {}).status_code == 403
    assert client.post(f"{address}save/", {}).status_code == 403


def test_what_was_completed_can_be_read_after_it_changed(client, initiative, privacy, business_owner, auditor, address):
    answered(initiative, privacy, business_owner)
    complete_checklist(initiative, privacy, actor=business_owner)
    answer_checklist(initiative, privacy, actor=business_owner, answers=values(retention="30"))
    client.force_login(auditor)
    page = client.get(f"{address}read/").content.decode()
    assert "30 days" in page
    assert "As Boris Owen completed it" in page
    assert "90 days" in page


def test_what_is_not_there_is_not_found(client, initiative, office_lead, privacy, stranger):
    client.force_login(office_lead)
    assert client.get(f"/initiatives/{initiative.reference}/standards/nothing/").status_code == 404
    Standard.objects.filter(pk=privacy.pk).update(is_active=False)
    assert client.get(f"/initiatives/{initiative.reference}/standards/{PRIVACY}/").status_code == 404
    hidden = make_initiative("Hidden", is_confidential=True)
    client.force_login(stranger)
    assert client.get(f"/initiatives/{hidden.reference}/standards/").status_code == 404


def test_the_page_of_a_long_checklist_costs_as_much_as_a_short_one(
    client, django_assert_num_queries, initiative, privacy, business_owner, address
):
    answered(initiative, privacy, business_owner)
    client.force_login(business_owner)
    client.get(address)
    with django_assert_num_queries(10):
        client.get(address)
    open_tier = make_initiative("Open", owner=business_owner)
    answered(open_tier, privacy, business_owner, {"in-prompts": "no"})
    with django_assert_num_queries(10):
        client.get(reverse("standards:checklist_answer", args=[open_tier.reference, PRIVACY]))


def test_the_tab_reads_all_checklists_at_once(client, django_assert_num_queries, initiative, privacy, business_owner):
    """The first look after a change reads what the page keeps; the one after it is counted."""
    answered(initiative, privacy, business_owner, {"in-prompts": "no"})
    client.force_login(business_owner)
    address = reverse("standards:initiative_standards", args=[initiative.reference])
    client.get(address)
    with django_assert_num_queries(20):
        client.get(address)
    for standard in Standard.objects.all():
        found = sheet(initiative, standard)
        codes = {each.item.code: "no" for each in found.missing if each.item.answer_type == "yes_no"}
        answered(initiative, standard, business_owner, codes)
    client.get(address)
    with django_assert_num_queries(20):
        page = client.get(address).content.decode()
    assert page.count("Begun") == 5


def test_history_tells_who_answered_what(client, initiative, privacy, business_owner):
    answered(initiative, privacy, business_owner)
    complete_checklist(initiative, privacy, actor=business_owner)
    answer_checklist(initiative, privacy, actor=business_owner, answers=values(in_prompts="yes"))
    client.force_login(business_owner)
    page = client.get(reverse("portfolio:initiative_history", args=[initiative.reference])).content.decode()
    assert "Privacy assessment: in-prompts" in page
    assert "Privacy assessment, completed" in page
    assert "reopened" in page


def test_gaps_and_my_work_name_what_is_open(client, initiative, privacy, business_owner, legal_reviewer):
    from aiso.web.work import work_of

    def gap() -> str:
        return client.get(initiative.get_absolute_url()).content.decode()

    client.force_login(business_owner)
    answered(initiative, privacy, legal_reviewer, {"in-prompts": "no"})
    assert "begun, not completed" in gap()
    assert [item.what for item in work_of(legal_reviewer)] == ["Privacy assessment to complete"]
    answered(initiative, privacy, business_owner)
    done = complete_checklist(initiative, privacy, actor=business_owner)
    assert "begun, not completed" not in gap()
    assert work_of(legal_reviewer) == []
    with clock.fixed_at(clock.now().replace(year=done.expires_on.year, month=done.expires_on.month, day=1)):
        ending = [item for item in work_of(business_owner) if "Privacy assessment ends" in item.what]
        assert [item.due for item in ending] == [done.expires_on]
    answered(initiative, privacy, business_owner, {"in-prompts": "yes"})
    assert "an answer changed since it was completed" in gap()
    assert "Privacy assessment to complete" in [item.what for item in work_of(legal_reviewer) + work_of(business_owner)]
