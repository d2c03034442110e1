import pytest
from django.urls import reverse

from aiso.accounts.models import Role, User
from aiso.accounts.people import PAGE
from aiso.events.models import Event
from tests.factories import grant, make_person, make_unit

pytestmark = pytest.mark.django_db

PEOPLE = reverse("accounts:people_list")


def names_on(page) -> list[str]:
    return [person.name for person in page.context["page"].rows]


def address(name: str, *parts: object) -> str:
    return reverse(f"accounts:{name}", args=parts)


@pytest.fixture
def lead(client, office_lead) -> User:
    client.force_login(office_lead)
    return office_lead


def test_the_list_shows_active_people_by_name(client, lead, service_account):
    make_person("anna berg")
    make_person("Zoe Zand")
    make_person("Gone Long", is_active=False)
    assert names_on(client.get(PEOPLE)) == ["anna berg", lead.name, "Zoe Zand"]


def test_filters_choose_by_words_role_unit_and_state(client, lead, service_account):
    unit = make_unit("Claims")
    below = make_person("Anna Berg", Role.REQUESTER, unit=make_unit("Motor", parent=unit))
    gone = make_person("Gone Long", is_active=False)
    assert names_on(client.get(PEOPLE, {"q": "berg ANN"})) == [below.name]
    assert names_on(client.get(PEOPLE, {"role": "requester"})) == [below.name]
    assert names_on(client.get(PEOPLE, {"unit": unit.pk})) == [below.name]
    assert names_on(client.get(PEOPLE, {"state": "inactive"})) == [gone.name]
    assert names_on(client.get(PEOPLE, {"state": "programs"})) == [service_account.name]
    empty = client.get(PEOPLE, {"q": "nobody at all"})
    assert names_on(empty) == []
    assert "Nobody fits" in empty.content.decode()


def test_filters_that_make_no_sense_are_left_out(client, lead):
    answer = client.get(PEOPLE, {"role": "king", "unit": "x", "state": "?", "after": "!!"})
    assert names_on(answer) == [lead.name]


def test_pages_follow_each_other(client, lead):
    for number in range(PAGE + 5):
        make_person(f"Person {number:03}")
    first = client.get(PEOPLE, {"q": "Person"})
    second = client.get(PEOPLE, {"q": "Person", "after": first.context["page"].after})
    assert [len(names_on(page)) for page in (first, second)] == [PAGE, 5]
    assert "q=Person" in first.content.decode()
    back = client.get(PEOPLE, {"q": "Person", "before": second.context["page"].before})
    assert names_on(back) == names_on(first)


def test_the_list_costs_the_same_however_long(client, lead, django_assert_max_num_queries):
    for number in range(30):
        person = make_person(f"Person {number:03}", Role.REQUESTER, unit=make_unit())
        grant(person, Role.EXECUTIVE, unit=person.unit)
    client.get(PEOPLE)
    with django_assert_max_num_queries(8):
        client.get(PEOPLE)


def test_htmx_gets_the_rows_alone(client, lead):
    answer = client.get(PEOPLE, headers={"HX-Request": "true"})
    assert answer.content.decode().strip().startswith('<section id="people"')


def test_inviting_makes_the_account_with_its_first_role(client, lead):
    unit = make_unit()
    sent = {"name": "Nora Newman", "email": "Nora@example.org", "role": "requester", "role_unit": unit.pk}
    answer = client.post(address("person_invite"), sent)
    person = User.objects.get(email="nora@example.org")
    assert answer.url == address("person_detail", person.pk)
    assert person.role_units == {"requester": frozenset({unit.pk})}
    assert "is invited" in client.get(answer.url).content.decode()


def test_a_wrong_invitation_comes_back_with_its_reason(client, lead):
    answer = client.post(address("person_invite"), {"name": "Nora", "email": lead.email.upper()})
    assert answer.status_code == 422
    assert "Somebody has this address already." in answer.content.decode()
    assert client.post(address("person_invite"), {}).status_code == 422


def test_a_service_account_is_added(client, lead):
    answer = client.post(address("service_account_add"), {"name": "Sync", "email": "sync@example.org"})
    page = client.get(answer.url).content.decode()
    assert "A service account" in page
    assert "Give a role" not in page


def test_the_person_page_tells_roles_and_latest_changes(client, lead):
    person = make_person("Anna Berg", Role.REQUESTER, job_title="Clerk", role_unit=make_unit("Claims"))
    page = client.get(address("person_detail", person.pk)).content.decode()
    for told in ("Clerk", "Requester", "Claims", "and below", "Give a role", "Deactivate", "Whole history"):
        assert told in page


def test_the_person_page_keeps_its_budget(client, lead, django_assert_max_num_queries):
    person = make_person("Anna Berg")
    for role in Role:
        grant(person, role, unit=make_unit())
    with django_assert_max_num_queries(16):
        client.get(address("person_detail", person.pk))


def test_editing_saves_and_a_second_editor_is_asked(client, lead):
    person = make_person("Anna Berg")
    edit = address("person_edit", person.pk)
    sent = {"name": "Anna Bergmann", "email": person.email, "job_title": "Clerk"}
    seen = {"initial-name": "Anna Berg", "initial-email": person.email, "initial-job_title": "", "initial-unit": ""}
    assert client.post(edit, sent | seen).status_code == 302

    late = client.post(edit, sent | seen | {"name": "Anna B."})
    page = late.content.decode()
    assert late.status_code == 409
    assert "“Anna Bergmann”" in page
    assert 'name="initial-name" value="Anna Bergmann"' in page
    person.refresh_from_db()
    assert person.name == "Anna Bergmann"
    # Who has seen both and saves again has chosen.
    again = client.post(
        edit, sent | seen | {"name": "Anna B.", "initial-name": "Anna Bergmann", "initial-job_title": "Clerk"}
    )
    assert again.status_code == 302


def test_a_wrong_edit_comes_back(client, lead):
    person = make_person("Anna Berg")
    answer = client.post(address("person_edit", person.pk), {"name": "", "email": lead.email})
    assert answer.status_code == 422


def test_deactivating_tells_what_happens_first(client, lead):
    person = make_person("Anna Berg")
    deactivate = address("person_deactivate", person.pk)
    assert "signed out everywhere" in client.get(deactivate).content.decode()
    assert client.post(deactivate, {"reason": "Left."}).status_code == 302
    assert client.post(deactivate, {}).status_code == 422
    assert client.post(address("person_reactivate", person.pk)).status_code == 302
    twice = client.post(address("person_reactivate", person.pk))
    assert twice.status_code == 409
    assert "active already" in twice.content.decode()


def test_one_cannot_deactivate_oneself(client, lead):
    answer = client.post(address("person_deactivate", lead.pk), {})
    assert answer.status_code == 422
    assert "You cannot deactivate yourself" in answer.content.decode()


def test_inviting_again(client, lead):
    person = make_person("Anna Berg")
    assert client.post(address("person_invite_again", person.pk)).status_code == 302
    assert Event.objects.filter(name="person.invited", payload__person=person.pk).exists()
    person.set_password("corn-flower-57")
    person.save()
    assert client.post(address("person_invite_again", person.pk)).status_code == 409


def test_roles_are_given_and_taken(client, lead):
    person = make_person("Anna Berg")
    grant_address = address("role_grant", person.pk)
    assert client.post(grant_address, {"role": "executive"}).status_code == 302
    assert client.post(grant_address, {"role": "executive"}).status_code == 422
    assert client.post(grant_address, {"role": ""}).status_code == 422
    role = person.role_assignments.get()
    assert client.post(address("role_revoke", person.pk, role.pk)).status_code == 302
    assert client.post(address("role_revoke", person.pk, role.pk)).status_code == 404


def test_the_last_lead_keeps_the_role_and_is_told_why(client, lead):
    answer = client.post(address("role_revoke", lead.pk, lead.role_assignments.get().pk))
    assert answer.status_code == 409
    assert "only office lead" in answer.content.decode()


def test_anothers_role_is_not_taken_through_a_person(client, lead, requester):
    assert client.post(address("role_revoke", lead.pk, requester.role_assignments.get().pk)).status_code == 404


def test_history_names_who_gave_a_role(client, lead):
    person = make_person("Anna Berg")
    client.post(address("role_grant", person.pk), {"role": "executive"})
    page = client.get(address("person_history", person.pk)).content.decode()
    assert "Executive" in page
    assert lead.name in page


@pytest.mark.parametrize("role", ["office_member", "auditor"])
def test_office_and_auditors_read_and_change_nothing(client, request, role, requester):
    client.force_login(request.getfixturevalue(role))
    page = client.get(address("person_detail", requester.pk)).content.decode()
    assert "Give a role" not in page
    assert "Deactivate" not in page
    assert client.get(address("person_edit", requester.pk)).status_code == 403


def test_the_picker_finds_active_people_by_any_part(client, requester, service_account):
    client.force_login(requester)
    make_person("Berta Annas", job_title="Clerk", unit=make_unit("Claims"))
    make_person("Anna Berg")
    make_person("Anna Gone", is_active=False)
    found = client.get(reverse("accounts:person_search"), {"q": "anna"}).json()["results"]
    assert found == [
        {"value": "Anna Berg <anna.berg@example.org>", "label": "Anna Berg", "note": ""},
        {"value": "Berta Annas <berta.annas@example.org>", "label": "Berta Annas", "note": "Clerk, Claims"},
    ]


def test_everybody_has_a_profile(client, stranger, requester, office_lead, django_assert_max_num_queries):
    client.force_login(stranger)
    assert "no role yet" in client.get(reverse("accounts:profile")).content.decode()
    client.force_login(requester)
    client.get(reverse("accounts:profile"))
    with django_assert_max_num_queries(8):
        page = client.get(reverse("accounts:profile")).content.decode()
    assert "You are requester." in page
    assert office_lead.name in page
