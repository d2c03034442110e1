"""Tools, what each function says of them, and their suppliers."""

from datetime import timedelta

import pytest

from aiso import clock
from aiso.accounts.models import Role
from aiso.events.models import Event
from portfolio.models import Clearance, Initiative, Supplier, Tool
from tests.factories import make_clearance, make_entry, make_initiative, make_person, make_tool, make_unit

from .conftest import kind, problem

pytestmark = pytest.mark.django_db

FUNCTIONS = ("legal", "procurement", "security")


@pytest.fixture
def supplier(db) -> Supplier:
    return make_entry(Supplier, "Northwind", contact="Ada, +49 30 555")


@pytest.fixture
def tool(supplier) -> Tool:
    return make_tool("Mistral Large", approved=False, supplier=supplier)


@pytest.fixture
def approved(tool, office_member) -> Tool:
    for function in FUNCTIONS:
        make_clearance(tool, function, recorded_by=office_member)
    return tool


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


def test_tools_are_read_by_everybody_and_filtered(nobody, approved, supplier):
    make_entry(Tool, "Old OCR", is_active=False)
    make_entry(Tool, "New model")
    assert names(nobody.get("tools/")) == ["Mistral Large", "New model", "Old OCR"]
    assert names(nobody.get("tools/", {"approved": "true"})) == ["Mistral Large"]
    assert names(nobody.get("tools/", {"approved": "false", "is_active": "true"})) == ["New model"]
    assert names(nobody.get("tools/", {"supplier": supplier.pk})) == ["Mistral Large"]
    assert names(nobody.get("tools/", {"q": "ocr"})) == ["Old OCR"]
    assert kind(nobody.get("tools/", {"supplier": 10**9}), 400) == "parameter"


def test_a_tool_tells_what_each_function_says(nobody, approved, office_member, supplier):
    approved.clearances.filter(function="security").update(status="in_review")
    told = nobody.get(f"tools/{approved.pk}/").json()
    assert told["supplier"] == {"id": supplier.pk, "name": "Northwind"}
    assert [each["function"] for each in told["clearances"]] == [*FUNCTIONS]
    assert [each["is_current"] for each in told["clearances"]] == [True, True, False]
    assert told["is_approved"] is False
    assert told["clearances"][0]["recorded_by"] == {"id": office_member.pk, "name": office_member.name}


def test_a_function_that_nobody_asked_says_nothing(nobody, tool):
    told = nobody.get(f"tools/{tool.pk}/clearances/legal/").json()
    assert (told["status"], told["is_current"], told["recorded_by"]) == (None, False, None)
    assert kind(nobody.get(f"tools/{tool.pk}/clearances/finance/"), 404) == "not-found"
    assert kind(nobody.get("tools/999999/clearances/legal/"), 404) == "not-found"


def test_tools_take_few_queries_however_many(nobody, django_assert_num_queries):
    for number in range(20):
        make_tool(f"Tool {number}", supplier=make_entry(Supplier))
    nobody.get("tools/")
    # The token with its person, the tools with their suppliers, and what is said of them.
    with django_assert_num_queries(3):
        assert len(names(nobody.get("tools/"))) == 20


def test_the_office_and_procurement_keep_tools(script, office, nobody, procurement_reviewer, supplier):
    body = {"name": "Mistral Large", "supplier": supplier.pk, "description": "Drafts replies."}
    assert kind(nobody.post("tools/", body), 403) == "forbidden"
    added = script(procurement_reviewer).post("tools/", body)
    address = added.headers["Location"]
    assert (added.status_code, added.json()["supplier"]["id"]) == (201, supplier.pk)
    assert kind(office.post("tools/", {"name": "MISTRAL large"}), 422) == "invalid"
    assert kind(nobody.patch(address, {"is_active": False}), 403) == "forbidden"
    assert office.patch(address, {"is_active": False}).json()["is_active"] is False
    assert office.patch(address, {"supplier": None}).json()["supplier"] is None
    done = Event.objects.filter(name__startswith="tool.").order_by("pk").values_list("name", flat=True)
    assert [*done] == ["tool.added", "tool.edited", "tool.edited"]


def test_an_office_of_one_unit_keeps_no_tools(script, tool):
    elsewhere = script(make_person("Ola Member", Role.OFFICE_MEMBER, role_unit=make_unit("Plant")))
    assert kind(elsewhere.post("tools/", {"name": "Mine"}), 403) == "forbidden"
    assert kind(elsewhere.patch(f"tools/{tool.pk}/clearances/legal/", {"status": "approved"}), 403) == "forbidden"


def test_two_who_change_a_tool(office, tool):
    address = f"tools/{tool.pk}/"
    stale = office.get(address).headers["ETag"]
    office.patch(address, {"description": "Theirs."})
    assert kind(office.patch(address, {"description": "Late."}, if_match=stale), 412) == "stale"
    late = problem(office.patch(address, {"description": "Mine.", "was": {"description": ""}}), 409)
    assert late["changes"]["description"] == {"was": None, "now": "Theirs.", "yours": "Mine."}


def test_its_reviewers_say_what_a_function_says(script, nobody, legal_reviewer, security_reviewer, tool):
    address, until = f"tools/{tool.pk}/clearances/legal/", (clock.today() + timedelta(days=90)).isoformat()
    word = {"status": "approved", "expires_on": until, "note": "In the EU alone."}
    for person in (nobody, script(security_reviewer)):
        assert kind(person.patch(address, word), 403) == "forbidden"
    told = script(legal_reviewer).patch(address, word).json()
    assert (told["status"], told["expires_on"], told["is_current"]) == ("approved", until, True)
    assert told["decided_on"] == clock.today().isoformat()
    assert nobody.get(address).json() == told
    event = Event.objects.get(name="tool.cleared")
    assert (event.actor, event.payload["function"]) == (legal_reviewer, "legal")


def test_a_new_word_begins_anew_and_a_change_of_its_end_does_not(office, approved):
    address = f"tools/{approved.pk}/clearances/legal/"
    since = clock.today() - timedelta(days=30)
    approved.clearances.filter(function="legal").update(decided_on=since, note="In the EU alone.")
    until = (clock.today() + timedelta(days=90)).isoformat()
    told = office.patch(address, {"expires_on": until}).json()
    assert (told["status"], told["decided_on"], told["note"]) == ("approved", since.isoformat(), "In the EU alone.")
    told = office.patch(address, {"status": "in_review"}).json()
    assert (told["decided_on"], told["expires_on"], told["note"]) == (clock.today().isoformat(), None, "")


def test_words_that_cannot_be_right(office, tool):
    address = f"tools/{tool.pk}/clearances/legal/"
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    for body, pointer in (
        ({"note": "Fine."}, "/status"),
        ({"status": "maybe"}, "/status"),
        ({"status": "refused"}, "/note"),
        ({"status": "approved", "decided_on": tomorrow}, "/decided_on"),
    ):
        errors = problem(office.patch(address, body), 422)["errors"]
        assert [error["pointer"] for error in errors] == [pointer], body
    late = office.patch(address, {"status": "approved", "expires_on": yesterday})
    assert [error["pointer"] for error in problem(late, 422)["errors"]] == ["/expires_on"]
    assert not Clearance.objects.exists()


def test_a_stale_word_is_refused(office, script, legal_reviewer, tool):
    address = f"tools/{tool.pk}/clearances/legal/"
    stale = office.get(address).headers["ETag"]
    script(legal_reviewer).patch(address, {"status": "refused", "note": "No contract."})
    assert kind(office.patch(address, {"status": "approved"}, if_match=stale), 412) == "stale"
    late = problem(office.patch(address, {"status": "approved", "was": {"status": "in_review"}}), 409)
    assert late["changes"]["status"] == {"was": "in_review", "now": "refused", "yours": "approved"}
    assert office.get(address).json()["status"] == "refused"


def test_a_retired_supplier_is_chosen_nowhere_anew(office, tool, supplier):
    gone = make_entry(Supplier, "Gone", is_active=False)
    for answer in (
        office.post("tools/", {"name": "New", "supplier": gone.pk}),
        office.patch(f"tools/{tool.pk}/", {"supplier": gone.pk}),
    ):
        assert [error["pointer"] for error in problem(answer, 422)["errors"]] == ["/supplier"]
    supplier.is_active = False
    supplier.save()
    assert office.patch(f"tools/{tool.pk}/", {"supplier": supplier.pk, "description": "x"}).status_code == 200


def test_suppliers_are_kept(office, nobody, script, procurement_reviewer, supplier):
    assert names(nobody.get("suppliers/", {"q": "north"})) == ["Northwind"]
    assert kind(nobody.post("suppliers/", {"name": "Contoso"}), 403) == "forbidden"
    added = script(procurement_reviewer).post("suppliers/", {"name": "Contoso", "website": "https://contoso.example"})
    address = added.headers["Location"]
    assert added.status_code == 201
    assert kind(office.post("suppliers/", {"name": "contoso"}), 422) == "invalid"
    assert kind(office.patch(address, {"website": "nowhere"}), 422) == "invalid"
    stale = office.get(address).headers["ETag"]
    assert office.patch(address, {"contact": "Cleo"}).json()["contact"] == "Cleo"
    assert kind(office.patch(address, {"contact": "Late"}, if_match=stale), 412) == "stale"
    assert kind(nobody.patch(address, {"contact": "Me"}), 403) == "forbidden"
    assert office.patch(address, {"is_active": False}).json()["is_active"] is False
    assert names(nobody.get("suppliers/", {"is_active": "true"})) == ["Northwind"]
    assert kind(nobody.get("suppliers/999999/"), 404) == "not-found"
    events = Event.objects.filter(name__startswith="supplier.")
    assert {*events.values_list("name", flat=True)} == {"supplier.added", "supplier.edited"}


def test_the_same_key_adds_a_tool_once(office):
    first = office.post("tools/", {"name": "Once"}, idempotency_key="k-1")
    again = office.post("tools/", {"name": "Once"}, idempotency_key="k-1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Tool.objects.filter(name="Once").count() == 1


def test_an_initiative_is_found_by_its_tool(nobody, tool):
    using = make_initiative("Replies")
    using.tools.add(tool)
    assert names(nobody.get("initiatives/", {"tool": tool.pk})) == [Initiative.objects.get().name]
