"""The demonstration shows sign-offs in every state that they can have."""

import pytest

from aiso import clock
from stagegates.models import Requirement, SignOff, SignOffQuestion
from tests.portfolio.demo.test_load_demo import _small_portfolio, run

pytestmark = pytest.mark.django_db
small = _small_portfolio


def test_each_state_of_a_sign_off_is_told():
    run("load_demo")
    waiting = SignOff.objects.open()
    late = waiting.filter(due_on__lt=clock.today())
    told = {
        "open": waiting.exclude(pk__in=late),
        "late": late,
        "asked": SignOffQuestion.objects.open(),
        "conditional": SignOff.objects.filter(answer__verdict="conditions"),
        "objected": SignOff.objects.filter(answer__verdict="object"),
        "outdated": SignOff.objects.filter(state=SignOff.State.OUTDATED),
        "passed on": SignOff.objects.exclude(assigned_to=None),
        "legal": waiting.filter(function__slug="legal")[1:],
        "security": waiting.filter(function__slug="security")[1:],
    }
    assert [name for name, rows in told.items() if not rows.exists()] == []
    reasons = [*Requirement.objects.exclude(waived_because="").values_list("waived_because", flat=True)]
    assert len({*reasons}) > 2
