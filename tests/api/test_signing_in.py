"""Who asks: tokens and sessions, and how each is refused."""

from datetime import timedelta

import pytest
from django.test import Client

from aiso import clock
from aiso.accounts.models import ApiToken
from tests.factories import make_initiative

from .conftest import Script, at, kind, make_api_token, problem

pytestmark = pytest.mark.django_db


def test_a_token_says_whose_it_is(stranger):
    _, secret = make_api_token(stranger, "Sync", is_read_only=True)
    told = Script(secret).get("me/").json()
    assert told["person"]["email"] == stranger.email
    assert told["token"] == {"name": "Sync", "is_read_only": True, "expires_at": None}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Bearer aiso_x", "Token x", "Basic YTpi", "Bearer \x00é"])
def test_without_a_good_token_nobody_gets_in(header):
    answer = Client(headers={"Authorization": header}).get(at("me/"))
    assert kind(answer, 401) == "not-signed-in"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_ends(stranger):
    ended, secret = make_api_token(stranger, expires_at=clock.now() - timedelta(seconds=1))
    assert "expired" in problem(Script(secret).get("me/"), 401)["detail"]
    ApiToken.objects.filter(pk=ended.pk).update(expires_at=None, revoked_at=clock.now())
    assert "revoked" in problem(Script(secret).get("me/"), 401)["detail"]


def test_somebody_who_left_has_no_token(stranger):
    _, secret = make_api_token(stranger)
    assert Script(secret).get("me/").status_code == 200
    stranger.is_active, stranger.deactivated_at = False, clock.now()
    stranger.save()
    assert kind(Script(secret).get("me/"), 401) == "not-signed-in"


def test_the_last_use_is_noted_once_an_hour(stranger):
    token, secret = make_api_token(stranger)
    noted = []
    for minutes in (0, 30, 61):
        with clock.fixed_at(token.made_at + timedelta(minutes=minutes)):
            Script(secret).get("me/")
        token.refresh_from_db()
        noted.append(token.last_used_at - token.made_at)
    assert noted == [timedelta(0), timedelta(0), timedelta(minutes=61)]


def test_a_token_that_only_reads_changes_nothing(office_member):
    _, secret = make_api_token(office_member, is_read_only=True)
    script = Script(secret)
    assert script.get("initiatives/").status_code == 200
    for answer in (script.post("initiatives/", {}), script.patch("units/1/", {}), script.delete("imports/1/")):
        assert kind(answer, 403) == "read-only"


def test_a_session_reads_and_needs_its_csrf_token_to_change(client, office_member):
    initiative = make_initiative()
    address = at(f"initiatives/{initiative.reference}/comments/")
    session = Client(enforce_csrf_checks=True)
    session.force_login(office_member)
    assert session.get(address).status_code == 200
    assert kind(session.post(address, {"text": "Hi."}, "application/json"), 403) == "forbidden"
    session.get("/profile/")
    token = session.cookies["csrftoken"].value
    said = session.post(address, {"text": "Hi."}, "application/json", headers={"X-CSRFToken": token})
    assert said.status_code == 201


def test_a_service_account_does_what_its_role_allows_and_no_more(script, service_account):
    initiative, secret = make_initiative(), make_initiative(is_confidential=True)
    program = script(service_account)
    assert [row["id"] for row in program.get("initiatives/").json()["results"]] == [initiative.reference]
    assert program.get(f"initiatives/{secret.reference}/").status_code == 404
    assert program.patch(f"initiatives/{initiative.reference}/", {"name": "Mine"}).status_code == 403
    assert program.post("initiatives/", {"name": "x", "unit": initiative.unit_id}).status_code == 403


def test_too_many_requests_are_told_when_to_come_back(settings, office, nobody):
    settings.API_REQUESTS_A_MINUTE = 3
    answers = [office.get("me/") for _ in range(5)]
    # Should the minute turn meanwhile, the last ones are its first.
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert kind(refused[0], 429) == "too-many"
    assert 0 < int(refused[0].headers["Retry-After"]) <= 60
    assert nobody.get("me/").status_code == 200


def test_history_names_the_person_behind_a_token(office, office_member, initiative):
    office.patch(f"initiatives/{initiative.reference}/", {"summary": "Better.", "reason": "By script."})
    told = office.get(f"initiatives/{initiative.reference}/history/").json()["results"]
    by_script = [entry["person"] for entry in told if entry["reason"] == "By script."]
    assert by_script == [{"id": office_member.pk, "name": office_member.name}]
