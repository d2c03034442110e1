"""Tokens: who makes them, what is kept of them, and how they end."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from aiso import clock
from aiso.accounts.actions import deactivate_person, make_token, reactivate_person, revoke_token
from aiso.accounts.actions.keep_tokens import MOST
from aiso.accounts.models import ApiToken
from aiso.errors import DomainError
from aiso.events.models import Event
from tests.factories import make_person

pytestmark = pytest.mark.django_db

MAKE = reverse("accounts:token_make")


def test_a_person_makes_their_own_and_only_its_hash_is_kept(stranger):
    token, secret = make_token(stranger, actor=stranger, name=" Sync ")
    assert secret.startswith("aiso_")
    assert secret.startswith(token.hint)
    assert secret not in str(ApiToken.objects.values().get())
    assert (token.name, token.is_in_force, token.expires_at) == ("Sync", True, None)
    assert Event.objects.get(name="token.made").payload == {"person": stranger.pk, "token": token.pk}


def test_it_works_to_the_end_of_its_last_day(stranger):
    noon = datetime(2026, 11, 21, 12, tzinfo=timezone.get_default_timezone())
    with clock.fixed_at(noon):
        token, _ = make_token(stranger, actor=stranger, name="Sync", last_day=noon.date())
        assert token.is_in_force
    with clock.fixed_at(noon + timedelta(hours=13)):
        assert not token.is_in_force


def test_nobody_makes_one_for_another_person(office_lead, stranger, service_account):
    with pytest.raises(PermissionDenied):
        make_token(stranger, actor=office_lead, name="Sync")
    with pytest.raises(PermissionDenied):
        make_token(service_account, actor=stranger, name="Sync")
    with pytest.raises(PermissionDenied):
        make_token(service_account, actor=service_account, name="Sync")


def test_an_office_lead_keeps_those_of_service_accounts(office_lead, service_account):
    token, _ = make_token(service_account, actor=office_lead, name="Sync", is_read_only=True)
    assert (token.made_by, token.is_read_only) == (office_lead, True)
    assert revoke_token(token, actor=office_lead).revoked_at
    assert Event.objects.filter(name="token.revoked").exists()


def test_a_name_is_used_once_until_it_is_revoked(stranger):
    token, _ = make_token(stranger, actor=stranger, name="Sync")
    with pytest.raises(ValidationError):
        make_token(stranger, actor=stranger, name="sync")
    revoke_token(token, actor=stranger)
    make_token(stranger, actor=stranger, name="sync")


def test_what_cannot_be_made(stranger):
    with pytest.raises(DomainError, match="over"):
        make_token(stranger, actor=stranger, name="Sync", last_day=clock.today() - timedelta(days=1))
    for number in range(MOST):
        make_token(stranger, actor=stranger, name=f"Sync {number}")
    with pytest.raises(DomainError, match="Revoke one"):
        make_token(stranger, actor=stranger, name="One more")


def test_a_token_is_revoked_once(stranger):
    token, _ = make_token(stranger, actor=stranger, name="Sync")
    revoke_token(token, actor=stranger)
    with pytest.raises(DomainError, match="already"):
        revoke_token(token, actor=stranger)


def test_those_who_leave_have_none_even_when_they_come_back(office_lead, stranger):
    token, _ = make_token(stranger, actor=stranger, name="Sync")
    deactivate_person(stranger, actor=office_lead)
    reactivate_person(stranger, actor=office_lead)
    token.refresh_from_db()
    assert not token.is_in_force


def test_the_profile_shows_a_secret_once(client, stranger):
    client.force_login(stranger)
    answer = client.post(MAKE, {"name": "Sync", "lasts": "30", "is_read_only": "on"})
    token = stranger.tokens.get()
    assert answer.context["made"][1] in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert token.is_read_only
    assert token.expires_at
    again = client.get(reverse("accounts:profile")).content.decode()
    assert token.hint in again
    assert answer.context["made"][1] not in again


def test_a_wrong_token_form_comes_back(client, stranger):
    client.force_login(stranger)
    assert client.post(MAKE, {"name": ""}).status_code == 422
    client.post(MAKE, {"name": "Sync"})
    twice = client.post(MAKE, {"name": "Sync"})
    assert twice.status_code == 422
    assert "There is a token of this name" in twice.content.decode()


def test_revoking_from_the_profile(client, stranger):
    client.force_login(stranger)
    token, _ = make_token(stranger, actor=stranger, name="Sync")
    revoke = reverse("accounts:token_revoke", args=[token.pk])
    assert client.post(revoke).url == reverse("accounts:profile")
    assert client.post(revoke).status_code == 409
    client.force_login(make_person("Anna Berg"))
    assert client.post(revoke).status_code == 404


def test_an_office_lead_keeps_them_on_the_service_accounts_page(client, office_lead, office_member, service_account):
    client.force_login(office_lead)
    make = reverse("accounts:service_token_make", args=[service_account.pk])
    page = reverse("accounts:person_detail", args=[service_account.pk])
    assert "aiso_" in client.post(make, {"name": "Sync"}).content.decode()
    assert client.post(make, {"name": "Sync"}).status_code == 422
    assert "Sync" in client.get(page).content.decode()
    token = service_account.tokens.get()
    assert client.post(reverse("accounts:token_revoke", args=[token.pk])).url == page
    assert client.post(reverse("accounts:service_token_make", args=[office_lead.pk]), {"name": "x"}).status_code == 403
    history = client.get(reverse("accounts:person_history", args=[service_account.pk])).content.decode()
    assert "API token: Sync" in history
    client.force_login(office_member)
    assert client.post(make, {"name": "Mine"}).status_code == 403
    assert "API tokens" not in client.get(page).content.decode()
