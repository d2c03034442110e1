"""Invented people, at least one a role, and colleagues who own things beside them. The addresses reach nobody."""

import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from aiso.accounts.models import BusinessUnit, Role, RoleAssignment, User

DOMAIN = "example.org"
# One that the portfolio brings along, with money in the ledger.
UNIT = "Department of the Interior"
PASSWORD_FILE = "demo_password"  # noqa: S105  # a file's name


@dataclass(frozen=True)
class Invented:
    """Somebody in the demonstration. `role` is empty for colleagues, who are not shown for signing in; with the name of
    a `unit` at the top of the company it reaches that unit alone.
    """

    address: str
    name: str
    job_title: str
    role: str = ""
    unit: str = ""

    @property
    def email(self) -> str:
        return f"{self.address}@{DOMAIN}"


LEAD = Invented("office-lead", "Amara Diallo", "Head of the AI Scaling Office", Role.OFFICE_LEAD)
MEMBER = Invented("office-member", "Noah Whitfield", "Portfolio manager", Role.OFFICE_MEMBER)
STAFF = [
    LEAD,
    MEMBER,
    Invented("requester", "Maya Lindqvist", "Team lead, case handling", Role.REQUESTER),
    Invented("business-owner", "Tobias Brandt", "Head of service operations", Role.BUSINESS_OWNER),
    Invented("technical-owner", "Priya Raman", "Lead engineer, machine learning", Role.TECHNICAL_OWNER),
    Invented("risk-owner", "Helen Okafor", "Operational risk manager", Role.RISK_OWNER),
    Invented("legal-reviewer", "Julien Moreau", "Counsel, technology", Role.LEGAL_REVIEWER),
    Invented("security-reviewer", "Sofia Petrov", "Security architect", Role.SECURITY_REVIEWER),
    Invented("risk-reviewer", "Daniel Osei", "Model risk analyst", Role.RISK_REVIEWER),
    Invented("procurement-reviewer", "Carmen Vidal", "Category manager, software", Role.PROCUREMENT_REVIEWER),
    Invented("data-reviewer", "Anselm Richter", "Data steward", Role.DATA_REVIEWER),
    Invented("privacy-reviewer", "Marta Silva", "Data protection officer", Role.PRIVACY_REVIEWER),
    Invented("employee-representative", "Pieter Vos", "Works council", Role.EMPLOYEE_REPRESENTATIVE),
    Invented("finance-controller", "Ingrid Solberg", "Finance controller", Role.FINANCE_CONTROLLER),
    Invented("executive", "Victor Hale", "Chief operating officer", Role.EXECUTIVE),
    Invented("unit-executive", "Nadia Castellan", "Deputy for programmes", Role.EXECUTIVE, UNIT),
    Invented("auditor", "Ruth Ellison", "Internal audit", Role.AUDITOR),
]
COLLEAGUES = [
    Invented("lucia.ferrante", "Lucia Ferrante", "Head of claims"),
    Invented("omar.haddad", "Omar Haddad", "Head of field services"),
    Invented("emma.kowalski", "Emma Kowalski", "Director of records"),
    Invented("jonas.weber", "Jonas Weber", "Data scientist"),
    Invented("grace.mbeki", "Grace Mbeki", "Platform engineer"),
    Invented("samir.joshi", "Samir Joshi", "Privacy and risk partner"),
]
PROGRAM = Invented("nightly-sync", "Nightly inventory sync", "", Role.SERVICE_ACCOUNT)


@transaction.atomic
def hire() -> None:
    """Make the accounts that are not there yet, all with this installation's demo password. Who is limited to a unit
    has the role once the unit is there.
    """
    password, is_new = demo_password()
    # Hashed once, and only where somebody is hired: it is slow on purpose.
    encoded = cache(lambda: make_password(password))
    for invented in (*STAFF, *COLLEAGUES, PROGRAM):
        is_program = invented is PROGRAM
        person, is_hired = User.objects.get_or_create(
            email=invented.email,
            defaults={
                "name": invented.name,
                "job_title": invented.job_title,
                "is_service_account": is_program,
                "password": (lambda: make_password(None)) if is_program else encoded,
            },
        )
        if is_hired and invented.role and not invented.unit:
            RoleAssignment.objects.create(person=person, role=invented.role)
        if invented.unit and not person.role_assignments.exists():
            units = BusinessUnit.objects.filter(name=invented.unit, parent=None)
            RoleAssignment.objects.bulk_create(
                RoleAssignment(person=person, role=invented.role, unit=unit) for unit in units
            )
    if is_new:
        emails = [invented.email for invented in (*STAFF, *COLLEAGUES)]
        User.objects.filter(email__in=emails).update(password=encoded())


def demo_password() -> tuple[str, bool]:
    """The password of all invented people here, and whether it was only just made up."""
    path = Path(settings.VAR_DIR) / PASSWORD_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip(), False
    password = f"demo-{secrets.token_hex(6)}"
    with os.fdopen(handle, "w") as file:
        file.write(password)
    return password, True


def hired() -> dict[str, User]:
    """The invented people by their address."""
    return {invented.address: User.objects.get(email=invented.email) for invented in STAFF + COLLEAGUES}


def are_hired() -> bool:
    return bool(User.objects.filter(email=LEAD.email).exists())
