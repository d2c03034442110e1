"""What is in the way of an approval and of a release, over the API, with the keys that name it."""

from datetime import timedelta

import pytest

from aiso import clock
from stagegates.actions.conditions import waive_condition
from tests.api.conftest import Script, make_api_token
from tests.stagegates.decisions.conftest import make_requirement, make_sign_off

pytestmark = pytest.mark.django_db
# After the day of the condition that the approval made.
LATER = timedelta(days=40)


def script(person) -> Script:
    return Script(make_api_token(person)[1])


def blocks_at(person, address: str):
    return script(person).get(f"{address}blocks/")


def test_of_a_review(review, stranger, service_account):
    make_requirement(review)
    objecting = make_sign_off(review, "legal", "object")
    for person in (stranger, service_account):
        told = blocks_at(person, f"reviews/{review.pk}/").json()["results"]
        assert [(each["kind"], each["key"]) for each in told] == [
            ("evidence", ""),
            ("objection", f"objection:{objecting.pk}"),
        ]
    review.initiative.is_confidential = True
    review.initiative.save(update_fields=["is_confidential"])
    assert blocks_at(stranger, f"reviews/{review.pk}/").status_code == 404


def test_of_a_release(tranches, chair, business_owner, finance_controller, stranger):
    released, withheld = tranches
    one = f"tranches/{withheld.pk}/"
    assert blocks_at(stranger, one).status_code == 404
    [block] = blocks_at(business_owner, one).json()["results"]
    # One that is not due is met or waived, never overridden.
    assert (block["kind"], block["key"], "Prove the fallback" in block["what"]) == ("unmet", "", True)
    with clock.fixed_at(clock.now() + LATER):
        [late] = blocks_at(finance_controller, one).json()["results"]
    assert (late["kind"], late["key"]) == ("condition", f"condition:{withheld.condition_id}")
    waive_condition(withheld.condition, actor=chair, reason="Shown.")
    assert blocks_at(finance_controller, one).json()["results"] == []
    assert blocks_at(finance_controller, f"tranches/{released.pk}/").json()["results"] == []


def test_of_money_and_of_growth_asked_outside_a_gate(tranches, technical_owner, stranger, office_lead):
    from stagegates.actions.ask_funding import ask_money

    initiative = tranches[0].initiative
    asked = ask_money(initiative, actor=technical_owner, amount=5_000, reason="More data.")
    one = f"funding-requests/{asked.pk}/"
    assert blocks_at(office_lead, one).json()["results"] == []
    with clock.fixed_at(clock.now() + LATER):
        [late] = blocks_at(office_lead, one).json()["results"]
    assert late["key"].startswith("condition:")
    assert blocks_at(stranger, one).status_code == 403
