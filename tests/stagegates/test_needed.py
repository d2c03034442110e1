"""What a request will need, beside its answers."""

import pytest
from django.urls import reverse

from aiso import clock
from aiso.configuration.models import ConfigurationVersion
from portfolio.models import Intake, Jurisdiction
from stagegates.clocks import TIERS
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
    assert "Legal (7 working days)" in high["Sign-offs"]


def test_it_says_how_long_sign_offs_take():
    """Each as its clock for the tier says; side by side, so the longest is the whole."""
    version = ConfigurationVersion.objects.in_force("sign-off-clocks")
    rows = [{"function": "legal", "low": "1", "moderate": "2", "high": "12", "critical": "15", "remind_before": "1"}]
    version.content.update(other_days="4", clocks=rows)
    version.pk, version.number, version.published_at = None, version.number + 1, clock.now()
    version.save()
    told = needed(tier="high")
    assert "Legal (12 working days)" in told["Sign-offs"]
    assert "Security (4 working days)" in told["Sign-offs"]
    assert told["How long"] == ["Usually up to 12 working days at a gate, as all sign off at the same time"]


def test_while_the_tier_is_open_it_tells_the_longest_clock():
    content = ConfigurationVersion.objects.in_force("sign-off-clocks").content
    [finance] = [row for row in content["clocks"] if row["function"] == "finance"]
    days = max(int(finance[tier]) for tier in TIERS)
    assert f"Finance ({days} working days)" in needed(autonomy="surface")["Sign-offs"]


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
