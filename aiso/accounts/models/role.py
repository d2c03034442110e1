from typing import TYPE_CHECKING, Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from .unit import BusinessUnit

if TYPE_CHECKING:
    from .person import User


class Role(models.TextChoices):
    """What a person is to the office. What each may do stands in the apps' permissions.py."""

    REQUESTER = "requester", "Requester"
    BUSINESS_OWNER = "business_owner", "Business owner"
    TECHNICAL_OWNER = "technical_owner", "Technical owner"
    RISK_OWNER = "risk_owner", "Risk owner"
    LEGAL_REVIEWER = "legal_reviewer", "Legal reviewer"
    SECURITY_REVIEWER = "security_reviewer", "Security reviewer"
    RISK_REVIEWER = "risk_reviewer", "Risk reviewer"
    PROCUREMENT_REVIEWER = "procurement_reviewer", "Procurement reviewer"
    DATA_REVIEWER = "data_reviewer", "Data reviewer"
    PRIVACY_REVIEWER = "privacy_reviewer", "Privacy reviewer"
    EMPLOYEE_REPRESENTATIVE = "employee_representative", "Employee representative"
    FINANCE_CONTROLLER = "finance_controller", "Finance controller"
    OFFICE_MEMBER = "office_member", "Office member"
    OFFICE_LEAD = "office_lead", "Office lead"
    EXECUTIVE = "executive", "Executive"
    AUDITOR = "auditor", "Auditor"
    SERVICE_ACCOUNT = "service_account", "Service account"


OFFICE = (Role.OFFICE_MEMBER, Role.OFFICE_LEAD)
REVIEWERS = (
    Role.LEGAL_REVIEWER,
    Role.SECURITY_REVIEWER,
    Role.RISK_REVIEWER,
    Role.PROCUREMENT_REVIEWER,
    Role.DATA_REVIEWER,
    Role.PRIVACY_REVIEWER,
    Role.EMPLOYEE_REPRESENTATIVE,
)


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Who holds which role is no secret inside the company."""
        return self if user.is_authenticated else self.none()


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class RoleAssignment(models.Model):
    """One person's role, everywhere or in one business unit and those below it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="role_assignments")
    role = models.CharField(max_length=30, choices=Role)
    unit = models.ForeignKey(BusinessUnit, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["role", "unit__name"]
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "unit"], name="role_once_a_unit", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}{f' in {self.unit}' if self.unit else ''}"
