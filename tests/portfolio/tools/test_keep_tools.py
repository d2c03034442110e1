"""Adding, changing and retiring tools and suppliers: actions and pages."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from aiso.accounts.models import Role
from aiso.errors import ConflictError
from portfolio.actions.keep_tools import add_supplier, add_tool, edit_supplier, edit_tool
from portfolio.models import Supplier, Tool
from tests.factories import make_entry, make_person, make_unit
from tests.portfolio.initiative.forms import events, offered_undo, opened

pytestmark = pytest.mark.django_db
KINDS = [("tool", Tool, add_tool, edit_tool), ("supplier", Supplier, add_supplier, edit_supplier)]
each_kind = pytest.mark.parametrize(("kind", "model", "add", "edit"), KINDS, ids=["tool", "supplier"])


def address(name: str, *parts: object) -> str:
    return reverse(f"portfolio:{name}", args=parts)


@each_kind
@pytest.mark.parametrize("who", ["office_member", "procurement_reviewer"])
def test_the_office_and_procurement_add_one(request, kind, model, add, edit, who):
    entry = add(actor=request.getfixturevalue(who), name="Gateway")

    assert model.objects.get() == entry
    assert events(f"{kind}.added")[0].payload == {"entry": entry.pk}


@each_kind
def test_a_name_is_there_once_in_any_case(office_member, kind, model, add, edit):
    add(actor=office_member, name="Gateway")
    other = add(actor=office_member, name="Search")

    with pytest.raises(ValidationError):
        add(actor=office_member, name="GATEWAY")
    with pytest.raises(ValidationError):
        edit(other, actor=office_member, name="gateway")


@each_kind
@pytest.mark.parametrize("who", ["stranger", "auditor", "legal_reviewer", "business_owner"])
def test_nobody_else_keeps_the_register(request, kind, model, add, edit, who):
    actor = request.getfixturevalue(who)
    entry = make_entry(model, "Gateway")

    with pytest.raises(PermissionDenied):
        add(actor=actor, name="Search")
    with pytest.raises(PermissionDenied):
        edit(entry, actor=actor, name="Search")
    assert [each.name for each in model.objects.all()] == ["Gateway"]


@each_kind
@pytest.mark.parametrize("role", [Role.OFFICE_MEMBER, Role.PROCUREMENT_REVIEWER])
def test_a_role_in_one_unit_does_not_reach_it(kind, model, add, edit, role):
    actor = make_person("Local", role, role_unit=make_unit())

    with pytest.raises(PermissionDenied):
        add(actor=actor, name="Search")


@each_kind
def test_a_change_is_told_once_and_the_second_editor_asked(office_member, kind, model, add, edit):
    entry = make_entry(model, "Gateway")
    for _ in range(2):
        edit(entry, actor=office_member, name="Model gateway", seen={"name": "Gateway"})

    assert [event.payload["fields"] for event in events(f"{kind}.edited")] == [["name"]]
    with pytest.raises(ConflictError):
        edit(entry, actor=office_member, name="Language gateway", seen={"name": "Gateway"})


@each_kind
def test_the_pages_add_edit_retire_and_bring_back(client, procurement_reviewer, kind, model, add, edit):
    client.force_login(procurement_reviewer)

    assert client.post(address(f"{kind}_add"), {"name": ""}).status_code == 422
    assert client.post(address(f"{kind}_add"), {"name": "Gateway"}).status_code == 302
    entry = model.objects.get()
    refused = client.post(address(f"{kind}_add"), {"name": "gateway"})
    assert refused.status_code == 422
    assert "This name is there already" in refused.content.decode()
    change = address(f"{kind}_edit", entry.pk)
    sent = opened(client, change)
    assert client.post(change, sent | {"name": "Model gateway"}).status_code == 302
    assert client.post(change, sent | {"name": "Another"}).status_code == 409
    retired = client.post(address(f"{kind}_retire", entry.pk), follow=True)
    entry.refresh_from_db()
    assert (entry.name, entry.is_active) == ("Model gateway", False)
    client.post(offered_undo(retired))
    entry.refresh_from_db()
    assert entry.is_active
    client.post(address(f"{kind}_bring_back", entry.pk))
    assert len(events(f"{kind}.edited")) == 3


@each_kind
def test_pages_refuse_others_and_find_no_more_than_there_is(client, stranger, office_member, kind, model, add, edit):
    entry = make_entry(model, "Gateway")
    client.force_login(stranger)
    assert client.get(address(f"{kind}_list")).status_code == 200
    assert client.get(address(f"{kind}_detail", entry.pk)).status_code == 200
    for deed in ("edit", "retire", "bring_back"):
        assert client.post(address(f"{kind}_{deed}", entry.pk), {"name": "Mine"}).status_code == 403
    assert client.post(address(f"{kind}_add"), {"name": "Mine"}).status_code == 403
    client.force_login(office_member)
    for deed in ("detail", "edit"):
        assert client.get(address(f"{kind}_{deed}", 999_999)).status_code == 404
    assert client.post(address(f"{kind}_retire", 999_999)).status_code == 404


def test_a_supplier_shows_its_tools_and_whom_to_ask(client, stranger):
    supplier = make_entry(Supplier, "Kestrel", website="https://kestrel.example/", contact="Extension 4410")
    make_entry(Tool, "Search", supplier=supplier)
    make_entry(Tool, "Gateway")
    client.force_login(stranger)

    page = client.get(supplier.get_absolute_url()).content.decode()

    assert "Extension 4410" in page
    assert 'href="https://kestrel.example/" rel="noreferrer"' in page
    assert "Search" in page
    assert "Gateway" not in page


@pytest.mark.parametrize("website", ["javascript:alert(1)", "kestrel", "https://"])
def test_a_website_is_an_address(client, office_member, website):
    client.force_login(office_member)

    response = client.post(address("supplier_add"), {"name": "Kestrel", "website": website})

    assert response.status_code == 422
    assert not Supplier.objects.exists()


def test_a_tool_of_a_retired_supplier_keeps_it(client, office_member):
    supplier = make_entry(Supplier, "Kestrel", is_active=False)
    tool = make_entry(Tool, "Search", supplier=supplier)
    client.force_login(office_member)
    change = address("tool_edit", tool.pk)

    assert client.post(change, opened(client, change) | {"description": "Finds."}).status_code == 302

    tool.refresh_from_db()
    assert (tool.supplier, tool.description) == (supplier, "Finds.")
