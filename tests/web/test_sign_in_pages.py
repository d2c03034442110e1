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
