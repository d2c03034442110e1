"""The demonstration shows sign-offs in every state that they can have."""

from io import StringIO

import pytest
from django.core.management import call_command

from aiso import clock
from portfolio.management.commands import load_demo
from stagegates.models import Requirement, SignOff, SignOffQuestion

pytestmark = pytest.mark.django_db
# Records of the sample that the test loads: enough for a review in each state.
RECORDS = 600


@pytest.fixture
def told(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    lines = load_demo.SAMPLE.read_text(encoding="utf-8-sig", errors="replace").splitlines(keepends=True)
    (tmp_path / "omb-2024.csv").write_text("".join(lines[: RECORDS + 1]), encoding="utf-8")
    monkeypatch.setattr(load_demo, "SAMPLE", tmp_path / "omb-2024.csv")
    call_command("load_demo", stdout=StringIO())


def test_each_state_of_a_sign_off_is_told(told):
    waiting = SignOff.objects.open()
    late = waiting.filter(due_on__lt=clock.today())
    states = {
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
    assert [name for name, rows in states.items() if not rows.exists()] == []
    reasons = [*Requirement.objects.exclude(waived_because="").values_list("waived_because", flat=True)]
    assert len({*reasons}) > 2
