import pytest
from django.urls import reverse

SAVE = "/preferences/"


@pytest.mark.django_db
def test_the_theme_stands_in_the_first_byte(client):
    assert 'data-bs-theme="auto"' in client.get(reverse("account_login")).content.decode()
    answer = client.post(SAVE, {"theme": "dark", "next": reverse("account_login")})
    assert answer.status_code == 302
    assert answer.url == reverse("account_login")
    cookie = answer.cookies["theme"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert 'data-bs-theme="dark"' in client.get(reverse("account_login")).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["", "purple", '"><script>'])
def test_an_unknown_theme_is_not_taken(client, value):
    assert "theme" not in client.post(SAVE, {"theme": value}).cookies
    client.cookies["theme"] = value
    assert 'data-bs-theme="auto"' in client.get(reverse("account_login")).content.decode()


def test_single_keys_can_be_switched_off(client, requester):
    client.force_login(requester)
    assert "data-single-keys" not in client.get("/").content.decode()
    client.post(SAVE, {"shortcuts": "off"})
    assert 'data-single-keys="off"' in client.get("/").content.decode()
    client.post(SAVE, {"shortcuts": "on"})
    assert "data-single-keys" not in client.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("away", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_the_way_back_stays_here(client, away):
    assert client.post(SAVE, {"theme": "dark", "next": away}).url == "/"


@pytest.mark.django_db
def test_only_by_post(client):
    assert client.get(SAVE).status_code == 405
