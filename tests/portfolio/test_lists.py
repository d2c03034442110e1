import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from aiso.accounts.models import User
from aiso.errors import ConflictError
from aiso.events.models import Event
from portfolio.actions.keep_lists import add_entry, edit_entry
from portfolio.editable_lists import LISTS, PAGE
from portfolio.models import Bucket, Tag, Workflow
from tests.factories import make_entry, make_initiative, make_person, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client, office_member) -> User:
    client.force_login(office_member)
    return office_member


def address(name: str, *parts: object) -> str:
    return reverse(f"portfolio:list_{name}", args=parts)


def names_on(page) -> list[str]:
    return [entry.name for entry, _ in page.context["rows"]]


def test_an_entry_is_added_with_an_event(office_member):
    tag = add_entry(Tag, actor=office_member, name="fraud")
    assert Event.objects.get(name="list.entry_added").payload == {"list": "tag", "entry": tag.pk}
    with pytest.raises(ValidationError):
        add_entry(Tag, actor=office_member, name="FRAUD")


def test_an_entry_is_renamed_once_and_the_second_editor_told(office_member):
    tag = make_entry(Tag, "fraud")
    edit_entry(tag, actor=office_member, name="Fraud detection", seen={"name": "fraud"})
    edit_entry(tag, actor=office_member, name="Fraud detection", seen={"name": "fraud"})
    assert Event.objects.filter(name="list.entry_edited").count() == 1
    with pytest.raises(ConflictError):
        edit_entry(tag, actor=office_member, name="Fraud finding", seen={"name": "fraud"})


@pytest.mark.parametrize("role", ["auditor", "executive", "stranger", "service_account"])
def test_only_the_office_keeps_lists(request, role):
    actor = request.getfixturevalue(role)
    with pytest.raises(PermissionDenied):
        add_entry(Tag, actor=actor, name="fraud")
    with pytest.raises(PermissionDenied):
        edit_entry(make_entry(Tag), actor=actor, is_active=False)


def test_the_office_of_one_unit_keeps_no_list_of_all():
    actor = make_person("Local", "office_member", role_unit=make_unit())
    with pytest.raises(PermissionDenied):
        add_entry(Tag, actor=actor, name="fraud")


def test_every_list_has_its_page(client, member):
    assert client.get(address("index")).content.decode().count('href="/administration/lists/') >= len(LISTS)
    for slug in LISTS:
        assert client.get(address("detail", slug)).status_code == 200
    assert client.get(address("detail", "kings")).status_code == 404


def test_entries_show_who_carries_them_and_what_else_is_known(client, member):
    workflow = make_entry(Workflow, "Claims handling", is_critical=True, unit=make_unit("Claims"))
    make_initiative(workflow=workflow)
    page = client.get(address("detail", "workflows")).content.decode()
    for told in ("Claims handling", "Critical", "Claims", f"?workflow={workflow.pk}"):
        assert told in page


def test_adding_on_the_page(client, member):
    sent = {"name": "Claims handling", "is_critical": "on", "unit": make_unit().pk}
    assert client.post(address("detail", "workflows"), sent).status_code == 302
    assert Workflow.objects.get().is_critical
    twice = client.post(address("detail", "workflows"), sent | {"name": "claims HANDLING"})
    assert twice.status_code == 422
    assert client.post(address("detail", "tags"), {"name": " "}).status_code == 422


def test_changing_on_the_page(client, member):
    tag = make_entry(Tag, "stops")
    page = address("entry", "tags", tag.pk)
    sent = {"name": "pump stops", "initial-name": "stops"}
    assert client.post(page, sent).status_code == 302
    assert client.post(page, sent | {"name": "valve stops"}).status_code == 409
    assert client.post(page, {"name": ""}).status_code == 422
    told = client.get(page).content.decode()
    assert "pump stops" in told
    assert member.name in told


def test_retiring_and_bringing_back(client, member):
    bucket = Bucket.objects.first()
    assert bucket
    initiative = make_initiative(bucket=bucket)
    for _ in range(2):
        assert client.post(address("entry_retire", "buckets", bucket.pk)).status_code == 302
    assert Event.objects.filter(name="list.entry_edited").count() == 1
    assert "Retired" in client.get(address("detail", "buckets")).content.decode()
    initiative.refresh_from_db()
    assert initiative.bucket == bucket
    client.post(address("entry_bring_back", "buckets", bucket.pk))
    bucket.refresh_from_db()
    assert bucket.is_active


def test_an_entry_of_another_list_is_not_there(client, member):
    tag = make_entry(Tag)
    assert client.get(address("entry", "tools", tag.pk)).status_code == 404
    assert client.post(address("entry_retire", "tools", tag.pk)).status_code == 404


def test_long_lists_are_searched_and_paged_at_the_same_cost(client, member, django_assert_max_num_queries):
    for number in range(PAGE + 5):
        make_entry(Tag, f"word {number:03}")
    first = client.get(address("detail", "tags"))
    with django_assert_max_num_queries(7):
        first = client.get(address("detail", "tags"))
    assert len(names_on(first)) == PAGE
    assert len(names_on(client.get(address("detail", "tags"), {"after": first.context["page"].after}))) == 5
    assert names_on(client.get(address("detail", "tags"), {"q": "WORD 042"})) == ["word 042"]
    assert "Nothing is called that" in client.get(address("detail", "tags"), {"q": "xyz"}).content.decode()


def test_auditors_read_and_change_nothing(client, auditor):
    client.force_login(auditor)
    tag = make_entry(Tag, "fraud")
    page = client.get(address("detail", "tags")).content.decode()
    assert "fraud" in page
    assert "Add the tag" not in page
    assert client.post(address("detail", "tags"), {"name": "x"}).status_code == 403
    assert client.post(address("entry", "tags", tag.pk), {"name": "x"}).status_code == 403
    assert client.post(address("entry_retire", "tags", tag.pk)).status_code == 403


def test_the_person_page_lists_what_somebody_owns_as_far_as_one_may_see(client, office_lead, business_owner):
    seen = make_initiative("Open one", owner=business_owner)
    make_initiative("Confidential one", owner=business_owner, is_confidential=True)
    client.force_login(make_person("Local", "office_member", role_unit=make_unit()))
    page = client.get(reverse("accounts:person_detail", args=[business_owner.pk])).content.decode()
    assert seen.reference in page
    assert "Confidential one" not in page
    client.force_login(office_lead)
    deactivate = client.get(reverse("accounts:person_deactivate", args=[business_owner.pk])).content.decode()
    assert "Confidential one" in deactivate


def test_a_workflow_is_made_critical_and_moved_to_a_unit(client, member):
    workflow, unit = make_entry(Workflow, "Claims handling"), make_unit("Claims")
    page = address("entry", "workflows", workflow.pk)
    seen = {"initial-name": "Claims handling", "initial-unit": "", "initial-is_critical": "False"}
    assert (
        client.post(page, seen | {"name": "Claims handling", "unit": unit.pk, "is_critical": "on"}).status_code == 302
    )
    workflow.refresh_from_db()
    assert (workflow.is_critical, workflow.unit) == (True, unit)
    # The second editor saw neither and touched neither: only the name is theirs.
    late = client.post(page, seen | {"name": "Claims handling, all", "is_critical": "", "unit": ""})
    assert late.status_code == 302
    workflow.refresh_from_db()
    assert (workflow.is_critical, workflow.unit, workflow.name) == (True, unit, "Claims handling, all")
