import pytest
from django.urls import reverse

from aiso.accounts.models import BusinessUnit, User
from aiso.accounts.tree import Tree
from tests.factories import make_initiative, make_person, make_unit

pytestmark = pytest.mark.django_db

UNITS = reverse("accounts:unit_list")


def address(name: str, *parts: object) -> str:
    return reverse(f"accounts:{name}", args=parts)


@pytest.fixture
def lead(client, office_lead) -> User:
    client.force_login(office_lead)
    return office_lead


def test_the_tree_adds_up_what_is_below(lead):
    top = make_unit("Top")
    middle = make_unit("Middle", parent=top)
    bottom = make_unit("Bottom", parent=middle)
    make_person(unit=bottom)
    make_person(unit=middle)
    make_person(unit=middle, is_active=False)
    make_initiative(unit=bottom)
    branches = {branch.unit.name: branch for branch in Tree(lead).branches}
    assert [(name, branch.depth, branch.people, branch.people_below) for name, branch in branches.items()] == [
        ("Top", 0, 0, 2),
        ("Middle", 1, 1, 2),
        ("Bottom", 2, 1, 1),
    ]
    assert [held.below for held in branches["Top"].held] == [1]


def test_a_confidential_initiative_is_not_counted_for_who_may_not_see_it(office_member, stranger):
    unit = make_unit()
    make_initiative(unit=unit, is_confidential=True)
    assert [held.below for held in Tree(office_member).branches[0].held] == [1]
    assert [held.below for held in Tree(stranger).branches[0].held] == [0]


def test_the_tree_costs_the_same_however_large(client, lead, django_assert_max_num_queries):
    for _ in range(5):
        top = make_unit()
        for _ in range(5):
            make_person(unit=make_unit(parent=top))
    client.get(UNITS)
    with django_assert_max_num_queries(7):
        page = client.get(UNITS).content.decode()
    assert page.count('class="tree-row') == 31


def test_an_empty_tree_offers_the_first_unit(client, lead):
    assert "Add the first unit" in client.get(UNITS).content.decode()


def test_the_unit_page_tells_people_roles_and_changes(client, lead, django_assert_max_num_queries):
    unit = make_unit("Claims")
    make_unit("Motor", parent=unit)
    person = make_person("Anna Berg", "requester", unit=unit, role_unit=unit)
    client.get(address("unit_detail", unit.pk))
    with django_assert_max_num_queries(15):
        page = client.get(address("unit_detail", unit.pk)).content.decode()
    for told in ("Claims", "Motor", person.name, "Requester in Claims", "Add below", "Retire", "Whole history"):
        assert told in page
    assert client.get(address("unit_history", unit.pk)).status_code == 200


def test_adding_renaming_moving(client, lead):
    top = make_unit("Top")
    assert f'value="{top.pk}" selected' in client.get(f"{address('unit_add')}?below={top.pk}").content.decode()
    answer = client.post(address("unit_add"), {"name": "Claims", "parent": top.pk})
    unit = BusinessUnit.objects.get(name="Claims")
    assert answer.url == address("unit_detail", unit.pk)
    assert client.post(address("unit_add"), {"name": "Claims", "parent": top.pk}).status_code == 422

    rename = address("unit_rename", unit.pk)
    sent = {"name": "Damage claims", "short_name": "DC", "initial-name": "Claims", "initial-short_name": ""}
    assert client.post(rename, sent).status_code == 302
    assert client.post(rename, sent | {"name": "Other"}).status_code == 409
    assert client.post(rename, {"name": ""}).status_code == 422

    move = address("unit_move", unit.pk)
    assert "What comes along" in client.get(move).content.decode()
    assert client.post(move, {"to": unit.pk}).status_code == 422
    assert client.post(move, {"to": "", "reason": "Reorganisation"}).status_code == 302
    assert client.post(move, {"to": ""}).status_code == 422
    unit.refresh_from_db()
    assert (unit.name, unit.parent) == ("Damage claims", None)
    history = client.get(address("unit_history", unit.pk)).content.decode()
    assert "Reorganisation" in history
    assert lead.name in history


def test_retiring_and_bringing_back(client, lead):
    top = make_unit("Top")
    unit = make_unit("Claims", parent=top)
    refused = client.post(address("unit_retire", top.pk))
    assert refused.status_code == 409
    assert "Move or retire those first" in refused.content.decode()
    assert client.post(address("unit_retire", unit.pk)).status_code == 302
    assert "Retired" in client.get(UNITS).content.decode()
    assert client.post(address("unit_bring_back", unit.pk)).status_code == 302
    assert client.post(address("unit_bring_back", unit.pk)).status_code == 409


@pytest.mark.parametrize("role", ["office_member", "auditor"])
def test_office_and_auditors_read_and_change_nothing(client, request, role):
    client.force_login(request.getfixturevalue(role))
    unit = make_unit()
    assert "Rename" not in client.get(address("unit_detail", unit.pk)).content.decode()
    assert client.get(address("unit_move", unit.pk)).status_code == 403
    assert client.post(address("unit_retire", unit.pk)).status_code == 403
