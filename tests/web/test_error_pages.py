import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client

from aiso.web import views


def test_not_found_inside_the_shell(client, requester):
    client.force_login(requester)
    answer = client.get("/nowhere/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "There is nothing here" in page
    assert "Sign out" in page


@pytest.mark.django_db
def test_not_found_for_a_stranger_is_a_card(client):
    page = client.get("/nowhere/").content.decode()
    assert "There is nothing here" in page
    assert "Sign out" not in page


def test_forbidden_says_why_and_who_can_grant_it(rf, requester, office_lead):
    request = rf.get("/somewhere/")
    request.user = requester
    answer = views.permission_denied(request, PermissionDenied("Only finance controllers confirm benefits."))
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Only finance controllers confirm benefits." in page
    assert office_lead.name in page


def test_broken_is_drawn_without_request_and_database(rf):
    answer = views.server_error(rf.get("/"))  # no database here: this test has no `db`
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()


@pytest.mark.django_db
def test_malformed(rf):
    answer = views.bad_request(rf.get("/"), SuspiciousOperation())
    assert answer.status_code == 400
    assert "could not be read" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_of_another_session():
    careful = Client(enforce_csrf_checks=True)
    answer = careful.post("/accounts/login/", {"login": "a@example.org", "password": "x"})
    assert answer.status_code == 403
    assert "Please send that again" in answer.content.decode()
