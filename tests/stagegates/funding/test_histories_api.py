"""Histories of envelopes and functions over the API, as their pages show them."""

import pytest

from stagegates.actions.envelopes import change_envelope
from stagegates.actions.keep_functions import change_function
from stagegates.models import ReviewFunction
from tests.api.conftest import Script, kind, make_api_token

pytestmark = pytest.mark.django_db


def script(person) -> Script:
    return Script(make_api_token(person)[1])


def changes_of(told) -> list[dict]:
    return [change for entry in told.json()["results"] for line in entry["lines"] for change in line["changes"]]


def test_of_an_envelope(envelope, executive, finance_controller, stranger, tranches):
    change_envelope(envelope, actor=executive, amount=600_000, reason="A better year.")
    told = script(finance_controller).get(f"envelopes/{envelope.pk}/history/")
    changes = changes_of(told)
    assert ("Why", "A better year.") in {(each["field"], each["now"]) for each in changes}
    assert "Committed" not in {each["field"] for each in changes}
    assert script(stranger).get(f"envelopes/{envelope.pk}/history/").status_code == 404


def test_of_a_function(db, office_lead, office_member, auditor, stranger):
    legal = ReviewFunction.objects.get(slug="legal")
    change_function(legal, actor=office_lead, about="Contracts and law.")
    for person in (office_member, auditor):
        told = script(person).get("functions/legal/history/")
        assert "Contracts and law." in {each["now"] for each in changes_of(told)}
    assert kind(script(stranger).get("functions/legal/history/"), 403) == "forbidden"
