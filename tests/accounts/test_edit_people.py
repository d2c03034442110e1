import threading

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse

from aiso.accounts.actions import deactivate_person, edit_person, reactivate_person
from aiso.accounts.models import User
from aiso.errors import ConflictError, DomainError
from aiso.events.models import Event
from portfolio.history import history_of_initiative
from portfolio.tasks import end_ownerships
from tests.factories import make_initiative, make_person, make_unit


def event(name: str) -> Event:
    return Event.objects.get(name=name)


def test_edit_changes_the_account_and_tells_which_fields(office_lead, requester):
    unit = make_unit()
    edit_person(requester, actor=office_lead, name=requester.name, job_title="Clerk", unit=unit)

    requester.refresh_from_db()
    assert (requester.job_title, requester.unit) == ("Clerk", unit)
    assert event("person.edited").payload == {"person": requester.pk, "fields": ["job_title", "unit"]}


def test_edit_that_changes_nothing_leaves_no_event(office_lead, requester):
    edit_person(requester, actor=office_lead, name=requester.name)
    assert not Event.objects.exists()


def test_a_new_address_takes_the_old_one_out_of_use(client, office_lead):
    person = make_person("Rita Quest", email="old@example.org", password="corn-flower-57")
    EmailAddress.objects.create(user=person, email="old@example.org", verified=True, primary=True)
    edit_person(person, actor=office_lead, email="NEW@example.org")

    client.post(reverse("account_login"), {"login": "old@example.org", "password": "corn-flower-57"})
    assert "_auth_user_id" not in client.session
    client.post(reverse("account_login"), {"login": "new@example.org", "password": "corn-flower-57"})
    assert "_auth_user_id" in client.session


def test_the_second_of_two_editors_is_told_what_the_first_did(office_lead, requester):
    edit_person(requester, actor=office_lead, job_title="Clerk", seen={"job_title": ""})
    with pytest.raises(ConflictError) as conflict:
        edit_person(requester, actor=office_lead, job_title="Buyer", seen={"job_title": ""})
    difference = conflict.value.changes["job_title"]
    assert (difference.was, difference.now, difference.yours) == ("", "Clerk", "Buyer")
    requester.refresh_from_db()
    assert requester.job_title == "Clerk"


def test_edit_refuses_wrong_values_and_other_fields(office_lead, requester, auditor):
    with pytest.raises(ValidationError, match="Somebody has this address"):
        edit_person(requester, actor=office_lead, email=auditor.email)
    with pytest.raises(DomainError, match="not changed here"):
        edit_person(requester, actor=office_lead, is_service_account=True)


def test_deactivation_signs_out_frees_what_is_owned_and_stays_in_history(client, office_lead, business_owner):
    client.force_login(business_owner)
    initiative = make_initiative(owner=business_owner)
    assert client.get(reverse("web:home")).status_code == 200

    deactivate_person(business_owner, actor=office_lead, reason="Left the company.")
    end_ownerships(event("person.deactivated").pk)

    business_owner.refresh_from_db()
    initiative.refresh_from_db()
    assert not business_owner.is_active
    assert business_owner.deactivated_at
    assert initiative.business_owner is None
    assert client.get(reverse("web:home")).status_code == 302
    recorded = User.pgh_event_model.objects.filter(pgh_obj=business_owner).latest("pgh_id")  # type: ignore[attr-defined]
    assert recorded.pgh_context.metadata["reason"] == "Left the company."
    ended = history_of_initiative(initiative).entries[0]
    assert (ended.person, ended.reason) == (office_lead, "Left the company.")


def test_a_session_does_not_come_back_with_the_account(client, office_lead, requester):
    client.force_login(requester)
    deactivate_person(requester, actor=office_lead)
    reactivate_person(requester, actor=office_lead)

    assert client.get(reverse("web:home")).status_code == 302
    assert event("person.reactivated").payload == {"person": requester.pk}
    assert event("person.invited").payload == {"person": requester.pk}


def test_a_service_account_is_switched_on_without_a_mail(office_lead, service_account):
    deactivate_person(service_account, actor=office_lead)
    reactivate_person(service_account, actor=office_lead)
    assert not Event.objects.filter(name="person.invited").exists()


def test_done_twice_says_so(office_lead, requester):
    with pytest.raises(DomainError, match="active already"):
        reactivate_person(requester, actor=office_lead)
    deactivate_person(requester, actor=office_lead)
    with pytest.raises(DomainError, match="deactivated already"):
        deactivate_person(requester, actor=office_lead)


def test_nobody_deactivates_oneself(office_lead):
    make_person("Second Lead", "office_lead")
    with pytest.raises(DomainError, match="yourself"):
        deactivate_person(office_lead, actor=office_lead)


def test_the_only_active_lead_for_the_company_stays(office_lead):
    make_person("Lead Of Unit", "office_lead", role_unit=make_unit())
    make_person("Former Lead", "office_lead", is_active=False)
    second = make_person("Second Lead", "office_lead")
    deactivate_person(second, actor=office_lead)

    second.refresh_from_db()
    with pytest.raises(PermissionDenied):
        deactivate_person(office_lead, actor=second)


@pytest.mark.parametrize("role", ["office_member", "auditor", "executive", "stranger"])
def test_only_office_leads_edit_and_deactivate(request, role, requester):
    actor = request.getfixturevalue(role)
    for deed in (edit_person, deactivate_person, reactivate_person):
        with pytest.raises(PermissionDenied):
            deed(requester, actor=actor)
    requester.refresh_from_db()
    assert requester.is_active


def test_two_leads_cannot_remove_each_other_at_once(transactional_db):
    leads = [make_person("First Lead", "office_lead"), make_person("Second Lead", "office_lead")]
    together = threading.Barrier(2)
    refused = []

    def remove(actor: User, person: User) -> None:
        together.wait()
        try:
            deactivate_person(person, actor=actor)
        except (DomainError, PermissionDenied) as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=pair) for pair in (leads, leads[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert User.objects.active().count() == 1
