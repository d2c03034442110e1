import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from aiso.accounts import tasks
from aiso.accounts.actions import add_service_account, invite_again, invite_person
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.models import Event
from tests.factories import make_person, make_unit

pytestmark = pytest.mark.django_db


def invited(actor: User, email: str = "New@Example.org") -> tuple[User, Event]:
    person = invite_person(actor=actor, email=email, name="Nora Newman", unit=make_unit())
    return person, Event.objects.get(name="person.invited", payload__person=person.pk)


def test_an_invited_person_chooses_a_password_by_mail_and_signs_in(client, office_lead):
    person, event = invited(office_lead)
    assert event.actor == office_lead
    assert event.relayed_at is None
    assert not person.has_usable_password()

    tasks.send_invitation(event.pk)
    (letter,) = mail.outbox
    assert letter.to == ["new@example.org"]
    link = re.search(r"http://\S+", str(letter.body))
    assert link
    path = re.sub(r"^http://[^/]+", "", link[0])
    form = client.get(path, follow=True)
    answer = client.post(form.redirect_chain[-1][0], {"password1": "corn-flower-57", "password2": "corn-flower-57"})
    assert answer.status_code == 302
    client.post(reverse("account_login"), {"login": "NEW@example.org", "password": "corn-flower-57"})
    assert client.session["_auth_user_id"] == str(person.pk)


def test_one_mail_however_often_the_task_runs(office_lead):
    _, event = invited(office_lead)
    tasks.send_invitation(event.pk)
    tasks.send_invitation(event.pk)
    assert len(mail.outbox) == 1


def test_inviting_again_sends_another_mail(office_lead):
    person, event = invited(office_lead)
    tasks.send_invitation(event.pk)
    invite_again(person, actor=office_lead)
    tasks.send_invitation(Event.objects.filter(name="person.invited").latest("pk").pk)
    assert len(mail.outbox) == 2


def test_nobody_who_left_gets_a_mail(office_lead):
    person, event = invited(office_lead)
    User.objects.filter(pk=person.pk).update(is_active=False, deactivated_at=event.happened_at)
    tasks.send_invitation(event.pk)
    assert mail.outbox == []
    with pytest.raises(DomainError, match="not active"):
        invite_again(person, actor=office_lead)


def test_no_second_mail_for_who_has_a_password_or_is_a_program(office_lead, service_account):
    person = make_person("Has Password", password="corn-flower-57")
    with pytest.raises(DomainError, match="has a password"):
        invite_again(person, actor=office_lead)
    with pytest.raises(DomainError, match="service account"):
        invite_again(service_account, actor=office_lead)


@pytest.mark.parametrize("role", ["office_member", "auditor", "requester", "service_account", "stranger"])
def test_only_office_leads_invite(request, role):
    actor = request.getfixturevalue(role)
    with pytest.raises(PermissionDenied):
        invite_person(actor=actor, email="new@example.org", name="Nora Newman")
    with pytest.raises(PermissionDenied):
        add_service_account(actor=actor, email="new@example.org", name="Sync")


def test_a_lead_of_one_unit_does_not_invite():
    lead = make_person("Lead Of Unit", "office_lead", role_unit=make_unit())
    with pytest.raises(PermissionDenied):
        invite_person(actor=lead, email="new@example.org", name="Nora Newman")


@pytest.mark.parametrize(
    ("email", "name", "field"),
    [("taken@example.org", "Nora", "email"), ("not an address", "Nora", "email"), ("new@example.org", " ", "name")],
)
def test_a_wrong_invitation_says_which_field(office_lead, email, name, field):
    make_person("Taken", email="taken@example.org")
    with pytest.raises(ValidationError) as refused:
        invite_person(actor=office_lead, email=email.upper(), name=name)
    assert [*refused.value.message_dict] == [field]
    assert not Event.objects.filter(name="person.invited").exists()


def test_a_service_account_has_its_one_role_and_no_password(client, office_lead):
    account = add_service_account(actor=office_lead, email="sync@example.org", name="Nightly sync")
    assert [*account.role_units] == ["service_account"]
    assert not account.has_usable_password()
    assert Event.objects.filter(name="person.service_account_added", payload__person=account.pk).exists()
    assert mail.outbox == []


def test_a_service_account_gets_no_reset_mail_and_cannot_sign_in(client, service_account):
    service_account.set_password("corn-flower-57")
    service_account.save()
    EmailAddress.objects.create(user=service_account, email=service_account.email, verified=True, primary=True)

    client.post(reverse("account_reset_password"), {"email": service_account.email})
    client.post(reverse("account_login"), {"login": service_account.email, "password": "corn-flower-57"})

    assert not any("reset/key" in str(letter.body) for letter in mail.outbox)
    assert "_auth_user_id" not in client.session
    client.force_login(service_account)
    assert client.get(reverse("web:home")).status_code == 302
