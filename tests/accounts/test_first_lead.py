"""The account from which all others follow is made at the server's shell, once."""

import pytest
from django.core.management import CommandError, call_command

from aiso.accounts.models import Role, User
from aiso.accounts.permissions import can_manage_people
from aiso.events.models import Event

COMMAND = "aiso.accounts.management.commands.add_first_lead"


@pytest.fixture(autouse=True)
def _typed_password(monkeypatch):
    monkeypatch.setattr(f"{COMMAND}.getpass", lambda prompt: "a long enough sentence")


def test_the_first_lead_can_manage_people(db, capsys):
    call_command("add_first_lead", "Lead@Example.org", "Lena Head")

    lead = User.objects.get(email="lead@example.org")
    assert can_manage_people(lead)
    assert lead.check_password("a long enough sentence")
    assert Event.objects.filter(name="person.first_lead_added").exists()
    assert "lead@example.org" in capsys.readouterr().out


def test_there_is_no_second_first_lead(office_lead):
    with pytest.raises(CommandError, match="already"):
        call_command("add_first_lead", "other@example.org", "Other")

    assert not User.objects.filter(email="other@example.org").exists()
    assert office_lead.has_role(Role.OFFICE_LEAD)


@pytest.mark.parametrize(("email", "password"), [("no address", "a long enough sentence"), ("a@example.org", "short")])
def test_bad_input_makes_nobody(db, monkeypatch, email, password):
    monkeypatch.setattr(f"{COMMAND}.getpass", lambda prompt: password)

    with pytest.raises(CommandError):
        call_command("add_first_lead", email, "Lena Head")

    assert not User.objects.exists()
