"""What no page of ours sends is turned away before anything reads it."""

import pytest

from aiso.accounts.models import User
from aiso.web.middleware import DecentRequestMiddleware


@pytest.mark.parametrize("path", ["/people/search/?q=%00", "/register/?q=a%00b", "/accounts/login/?next=%00"])
def test_a_nul_in_an_address(client, requester, path):
    client.force_login(requester)

    assert client.get(path).status_code == 400


@pytest.mark.parametrize("length", [DecentRequestMiddleware.LARGEST_BODY + 1, "nonsense", "-1"])
def test_a_body_beyond_any_upload(client, db, length):
    response = client.post("/accounts/login/", {"login": "a"}, headers={"Content-Length": str(length)})

    assert response.status_code == 413


def test_nobody_changes_their_own_address(client, requester):
    client.force_login(requester)

    for deed in ("action_add", "action_primary"):
        client.post("/accounts/email/", {deed: "", "email": "cfo@example.org"})

    assert not User.objects.filter(email="cfo@example.org").exists()
    assert not requester.emailaddress_set.exists()
