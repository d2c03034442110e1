"""Adoption where people work: critical workflows whose use nobody told of lately."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.urls import reverse

from aiso.accounts.models import User
from aiso.web.work import WorkItem
from portfolio.models import Initiative, OwnerKind, Ownership, Workflow
from portfolio.permissions import changes_nothing

from .models import AdoptionReading
from .weeks import last_weeks, week_name

# Weeks without a reading after which a business owner is asked.
PATIENCE_WEEKS = 2


def adoption_missing(person: User) -> Iterator[WorkItem]:
    """My work: one row for each critical workflow that the person, as business owner or their deputy, has an initiative
    in production for, and whose last two weeks nobody read.
    """
    if changes_nothing(person) or person.is_service_account:
        return
    owned = Ownership.objects.current().filter(person=person, kind=OwnerKind.BUSINESS).values("initiative")
    theirs = Initiative.objects.in_production().filter(pk__in=owned, workflow=OuterRef("pk"))
    weeks = last_weeks(PATIENCE_WEEKS)
    lately = AdoptionReading.objects.of_weeks(weeks).filter(workflow=OuterRef("pk"))
    rows = Workflow.objects.filter(Exists(theirs), ~Exists(lately), is_critical=True)
    for workflow in rows.order_by("name"):
        yield WorkItem(
            what=f"Say how many use “{workflow}”",
            url=reverse("value:adoption_record", args=[workflow.pk]),
            verb="Record",
            icon="users",
            note=f"a critical workflow; weeks {week_name(weeks[-1])} and {week_name(weeks[0])} are missing",
            since=weeks[-1],
        )
