import re

import pytest
from django.urls import reverse

ENTRANCE = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_inactive",
]
OWN = ["account_change_password", "mfa_index"]
# Words of the library's own pages, which ours replace.
FOREIGN = re.compile(r"Sign In|Sign Up|Two-Factor|Menu:|Are you sure")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ENTRANCE)
def test_entrance_pages_are_ours(client, name):
    answer = client.get(reverse(name))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="card-in"' in page
    assert not FOREIGN.search(page)


@pytest.mark.parametrize("name", OWN)
def test_own_pages_are_ours(client, requester, name):
    requester.set_password("correct horse battery")
    requester.save()
    client.force_login(requester)
    page = client.get(reverse(name)).content.decode()
    assert 'aria-label="Account"' in page
    assert not FOREIGN.search(page)


def test_changing_the_second_step_asks_for_the_password(client, requester):
    requester.set_password("correct horse battery")
    requester.save()
    client.force_login(requester)
    asked = client.get(reverse("mfa_activate_totp"), follow=True)
    assert "Confirm that it is you" in asked.content.decode()
    page = client.post(asked.redirect_chain[-1][0], {"password": "correct horse battery"}, follow=True).content.decode()
    assert "Set up the authenticator app" in page
    assert 'class="qr"' in page


@pytest.mark.django_db
def test_a_stale_link_says_what_to_do(client):
    page = client.get("/accounts/password/reset/key/1-abc-def/").content.decode()
    assert "This link no longer works" in page


@pytest.mark.django_db
def test_nobody_signs_up_alone(client):
    assert "by invitation" in client.get(reverse("account_signup")).content.decode()


def test_a_new_password_by_mail(client, requester, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": requester.email})
    message = mailoutbox[-1]
    assert message.subject == "AI Scaling Office: A new password"
    link = re.search(r"https?://testserver(/\S+)", message.body)
    assert link
    page = client.get(link[1], follow=True)
    assert "Choose a password" in page.content.decode()
    chosen = {"password1": "a longer horse battery", "password2": "a longer horse battery"}
    saved = client.post(page.redirect_chain[-1][0], chosen, follow=True)
    assert "Your new password is saved" in saved.content.decode()
    requester.refresh_from_db()
    assert requester.check_password("a longer horse battery")


@pytest.mark.django_db
def test_an_unknown_address_gets_no_hint_on_the_page(client, mailoutbox):
    page = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"}, follow=True)
    assert "Look in your mail" in page.content.decode()
    assert "There is no account with this address" in mailoutbox[-1].body
