"""Which version of a plan a decision approved (DESIGN §4)."""

from typing import Self

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models

from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from portfolio.models import Plan

from .decision import Decision


class ApprovedPlanQuerySet(models.QuerySet["ApprovedPlan"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(plan__in=Plan.objects.visible_to(user))

    def newest(self) -> Self:
        """What was approved last, of each initiative."""
        order = ("plan__initiative_id", "-decision__decided_at", "-decision_id")
        return self.order_by(*order).distinct("plan__initiative_id")


@pghistory.track(pghistory.InsertEvent())
class ApprovedPlan(models.Model):
    """The version that an approving decision froze, or found frozen and unchanged."""

    decision = models.OneToOneField(Decision, models.PROTECT, primary_key=True, related_name="approved_plan")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="approvals")

    objects = ApprovedPlanQuerySet.as_manager()

    class Meta:
        ordering = ["-decision_id"]
        triggers = [
            pgtrigger.Trigger(
                name="frozen_and_of_one_initiative",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM portfolio_plan plan
                        JOIN stagegates_decision decision ON decision.initiative_id = plan.initiative_id
                        WHERE plan.id = NEW.plan_id AND decision.id = NEW.decision_id AND plan.frozen_at IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'A decision approves a frozen plan of its own initiative.';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.plan} approved by {self.decision}"
