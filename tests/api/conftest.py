"""A script with a token, for each person of a test."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client

from aiso import clock
from aiso.accounts.models import ApiToken, User
from aiso.accounts.models.token import HINT, digest_of, new_secret
from portfolio.models import Initiative
from tests.factories import make_initiative

_numbers = count(1)
PROBLEM = "application/problem+json"


class Script:
    """Asks the API as somebody, in JSON."""

    def __init__(self, secret: str = "", **options: Any) -> None:
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self.client = Client(headers=headers, **options)

    def get(self, address: str, query: Any = None, **headers: str) -> Any:
        return self.client.get(at(address), query, headers=named(headers))

    def post(self, address: str, body: Any = None, **headers: str) -> Any:
        return self.client.post(at(address), body or {}, "application/json", headers=named(headers))

    def patch(self, address: str, body: Any, **headers: str) -> Any:
        return self.client.patch(at(address), body, "application/json", headers=named(headers))

    def delete(self, address: str, **headers: str) -> Any:
        return self.client.delete(at(address), headers=named(headers))

    def upload(self, address: str, **parts: Any) -> Any:
        return self.client.post(at(address), parts)


def at(address: str) -> str:
    """Addresses in tests begin below the version; links are followed as they are."""
    return address if "/api/" in address else f"/api/v1/{address}"


def named(headers: dict[str, str]) -> dict[str, str]:
    """`if_match` as `If-Match`."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def make_api_token(person: User, name: str = "", **fields: Any) -> tuple[ApiToken, str]:
    """A token past the action and its permission, with its secret."""
    secret = new_secret()
    given = {"digest": digest_of(secret), "hint": secret[:HINT], "made_by": person} | fields
    return ApiToken.objects.create(person=person, name=name or f"Script {next(_numbers)}", **given), secret


def problem(response: Any, status: int) -> dict[str, Any]:
    """The body of an error, which is one in form and status."""
    assert response.status_code == status, (response.status_code, response.content)
    assert response.headers["Content-Type"] == PROBLEM
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["type"].startswith("/api/v1/docs/problems/#")
    return body


def kind(response: Any, status: int) -> str:
    """Which problem an error is."""
    return str(problem(response, status)["type"].rpartition("#")[2])


@pytest.fixture
def script() -> Callable[[User], Script]:
    def asks_as(person: User) -> Script:
        return Script(make_api_token(person)[1])

    return asks_as


@pytest.fixture
def office(script, office_member) -> Script:
    return script(office_member)


@pytest.fixture
def nobody(script, stranger) -> Script:
    """Somebody signed in without a role."""
    return script(stranger)


@pytest.fixture
def initiative(business_owner, technical_owner) -> Initiative:
    since = clock.today() - timedelta(days=74)
    return make_initiative(
        "Predictive maintenance", stage="pilot", since=since, owner=business_owner, technical_owner=technical_owner
    )


@pytest.fixture
def secret(initiative) -> Initiative:
    """The same initiative, which only its owners and the office see."""
    initiative.is_confidential = True
    initiative.save(update_fields=["is_confidential"])
    return initiative
