"""The invented answers of the demonstration."""

import pytest

from portfolio.demo import staff
from standards.demo import tell
from standards.models import Standard
from standards.state import states_of
from tests.factories import make_initiative

pytestmark = pytest.mark.django_db


def test_the_demo_has_a_checklist_of_each_standing(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    staff.hire()
    people = staff.hired()
    tiers = ("low", "low", "low", "high", "moderate")
    rows = [make_initiative(owner=people["business-owner"], risk_tier=tier) for tier in tiers]
    tell(people)
    states = states_of(rows, Standard.objects.values_list("slug", flat=True))
    told = [
        (rows[0], "privacy-assessment", "complete"),
        (rows[1], "fallback-and-rollback", "complete"),
        (rows[2], "security-assessment", "begun"),
        (rows[3], "impact-assessment", "expired"),
        (rows[4], "model-evaluation", "reopened"),
    ]
    assert [(row, slug, states[row.pk, slug].status) for row, slug, _ in told] == told
