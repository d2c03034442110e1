"""What a request will need, beside its answers."""

import pytest
from django.urls import reverse

from portfolio.models import Intake, Jurisdiction
from stagegates.matrix import Situation
from stagegates.needed import needed_in
from tests.factories import make_initiative

pytestmark = pytest.mark.django_db
DECISION = {"name": "Pay", "cost_of_error": "low", "reversibility": "easy"}


def needed(**situation) -> dict[str, list[str]]:
    return {each.label: each.names for each in needed_in(Situation(**situation))}


def test_it_adds_up_with_the_answers():
    low, high = needed(tier="low"), needed(tier="high")
    assert low["Assessment"] == ["Model evaluation", "Fallback and rollback plan"]
    assert set(high["Assessment"]) == {*low["Assessment"], "Impact assessment", "Security assessment"}
    assert high["Decided by at least"] == ["Portfolio review"]
    assert "Decided by at least" not in low
    assert "Legal" in high["Sign-offs"]


def page_of(client, intake: Intake) -> str:
    return client.get(reverse("portfolio:intake_step", args=[intake.reference, "work"])).content.decode()


def test_the_step_shows_it_from_the_answers_so_far(client, requester):
    client.force_login(requester)
    intake = Intake.objects.create(requester=requester)
    assert "What will be needed" not in page_of(client, intake)
    intake.answers = {"decisions": [DECISION]}
    intake.save()
    page = page_of(client, intake)
    assert "What will be needed" in page
    assert "the risk answers add to it" in page


def test_what_was_handed_over_is_read_from_the_register(client, requester, office_lead):
    initiative = make_initiative(risk_tier="critical")
    initiative.jurisdictions.set(Jurisdiction.objects.filter(name="EU"))
    intake = Intake.objects.create(
        requester=requester, state="accepted", submitted_answers={}, initiative=initiative, unit=initiative.unit
    )
    client.force_login(office_lead)
    page = client.get(intake.get_absolute_url()).content.decode()
    for told in ("Technical documentation", "Executive sponsor", "by today’s rules"):
        assert told in page


def test_a_request_that_ended_needs_nothing(client, requester):
    client.force_login(requester)
    intake = Intake.objects.create(requester=requester, state="withdrawn", answers={"decisions": [DECISION]})
    assert "What will be needed" not in client.get(intake.get_absolute_url()).content.decode()
