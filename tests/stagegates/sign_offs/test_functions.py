"""The functions that sign off, kept by office leads."""

import pytest
from django.core.exceptions import PermissionDenied

from aiso.errors import DomainError
from aiso.events.models import Event
from aiso.web.forms import person_text
from stagegates.actions.keep_functions import add_function, add_function_member, change_function, end_function_member
from stagegates.models import ReviewFunction
from tests.factories import make_person, make_unit

from .factories import answered, make_review

pytestmark = pytest.mark.django_db
LEGAL = "/administration/functions/legal/"


@pytest.fixture
def legal(db):
    return ReviewFunction.objects.get(slug="legal")


def test_one_of_the_companys_own_is_added_with_people_by_name(initiative, requester, office_lead):
    council = add_function(actor=office_lead, name="Works council", about="Work and its rules.")
    member = make_person("Will Council")
    add_function_member(council, actor=office_lead, person=member)

    review = make_review(initiative, requester, council.slug)

    assert answered(review, "works-council", member).groups[:2] == ["case", "decisions"]
    assert Event.objects.filter(name__startswith="function.").count() == 2


def test_a_member_reviews_for_a_unit_and_those_below_it(initiative, requester, office_lead, legal):
    above = make_unit("Group")
    initiative.unit.parent = above
    initiative.unit.save()
    here, elsewhere = make_person("Here Lex"), make_person("Away Lex")
    add_function_member(legal, actor=office_lead, person=here, unit=above)
    add_function_member(legal, actor=office_lead, person=elsewhere, unit=make_unit())
    review = make_review(initiative, requester, "legal")

    with pytest.raises(PermissionDenied):
        answered(review, "legal", elsewhere)
    answered(review, "legal", here)


def test_nobody_names_themselves_or_the_same_twice_and_an_end_ends(office_lead, legal, stranger, auditor):
    with pytest.raises(PermissionDenied):
        add_function_member(legal, actor=office_lead, person=office_lead)
    with pytest.raises(DomainError):
        add_function_member(legal, actor=office_lead, person=auditor)
    member = add_function_member(legal, actor=office_lead, person=stranger)
    with pytest.raises(DomainError, match="already"):
        add_function_member(legal, actor=office_lead, person=stranger)
    end_function_member(member, actor=office_lead)
    with pytest.raises(DomainError, match="any more"):
        end_function_member(member, actor=office_lead)


@pytest.mark.parametrize("who", ["office_member", "legal_reviewer", "auditor", "stranger"])
def test_others_keep_nothing(request, legal, who):
    actor = request.getfixturevalue(who)
    for deed in (
        lambda: change_function(legal, actor=actor, name="Law"),
        lambda: add_function(actor=actor, name="Mine"),
        lambda: add_function_member(legal, actor=actor, person=actor),
    ):
        with pytest.raises(PermissionDenied):
            deed()


def test_pages_list_edit_retire_and_tell_the_history(client, office_lead, legal, executive):
    client.force_login(office_lead)
    assert b"Employee representation" in client.get("/administration/functions/").content
    form = client.get(f"{LEGAL}edit/").context["form"]
    sent = {name: field.value() for name, field in ((each.name, each) for each in form) if field.value() is not None}
    hidden = {each.html_initial_name: each.value() or "" for each in form if each.name != "rests_on"}
    sent |= hidden | {"initial-rests_on": ["case"], "escalates_to": person_text(executive), "rests_on": ["tools"]}

    assert client.post(f"{LEGAL}edit/", sent).status_code == 302

    legal.refresh_from_db()
    assert (legal.escalates_to, legal.rests_on) == (executive, ["tools"])
    page = client.get(LEGAL).content.decode()
    assert "Eva Chief" in page
    assert client.post(f"{LEGAL}retire/").status_code == 302
    legal.refresh_from_db()
    assert not legal.is_active
    client.post(f"{LEGAL}bring-back/")
    member = make_person("New Lex")
    client.post(f"{LEGAL}members/", {"person": person_text(member), "unit": ""})
    row = legal.memberships.get()
    assert b"New Lex" in client.get(LEGAL).content
    client.post(f"{LEGAL}members/{row.pk}/end/")
    row.refresh_from_db()
    assert row.ended_on is not None
    assert client.post("/administration/functions/add/", {"name": "Legal", "order": 5}).status_code == 422
    assert client.post("/administration/functions/add/", {"name": "Works council", "order": 90}).status_code == 302


def test_pages_are_for_the_office_and_auditors(client, auditor, stranger):
    client.force_login(auditor)
    assert client.get(LEGAL).status_code == 200
    assert client.post(f"{LEGAL}retire/").status_code == 403
    client.force_login(stranger)
    assert client.get(LEGAL).status_code == 403


def test_the_api_keeps_them(script, office_lead, stranger, legal_reviewer):
    lead = script(office_lead)
    assert [each["slug"] for each in lead.get("functions/").json()["results"]][:2] == ["legal", "security"]
    made = lead.post("functions/", {"name": "Works council"})
    assert (made.status_code, made.json()["slug"]) == (201, "works-council")
    changed = lead.patch("functions/works-council/", {"rests_on": ["employees"], "escalates_to": legal_reviewer.pk})
    assert changed.json()["rests_on"] == ["case", "employees"]
    member = lead.post("functions/works-council/members/", {"person": stranger.pk}).json()["members"][0]
    assert member["person"]["name"] == "Nobody Special"
    assert lead.post("functions/works-council/end-member/", {"member": member["id"]}).json()["members"] == []
    assert lead.patch("functions/works-council/", {"rests_on": ["moon"]}).status_code == 422
    assert lead.patch("functions/works-council/", {"is_active": False}).json()["is_active"] is False
    assert script(stranger).patch("functions/legal/", {"name": "Law"}).status_code == 403
    assert script(stranger).get("functions/legal/").status_code == 200
    assert lead.get("functions/moon/").status_code == 404
