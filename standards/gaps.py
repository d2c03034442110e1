"""Checklists that were begun and are not whole, as gaps of an initiative."""

from collections.abc import Iterator
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse

from aiso import clock
from aiso.web import figures
from portfolio.gaps import Gap
from portfolio.models import Initiative

from .models import ChecklistAnswer, ChecklistCompletion, Standard

FACT = "begun_checklists"


def begun_checklists() -> ArraySubquery:
    """Of an initiative, the checklists that it began, with what became of them."""
    of_it = {"initiative": OuterRef(OuterRef("pk")), "standard": OuterRef("pk")}
    done = ChecklistCompletion.objects.current().filter(**of_it).order_by()
    rows = Standard.objects.active().filter(
        Exists(ChecklistAnswer.objects.filter(**of_it)) | Exists(ChecklistCompletion.objects.filter(**of_it))
    )
    told = rows.annotate(
        done_at=done.values("completed_at"), open_at=done.values("reopened_at"), ends=done.values("expires_on")
    )
    return ArraySubquery(
        told.order_by("title").values(
            told=JSONObject(slug=F("slug"), title=F("title"), done=F("done_at"), reopened=F("open_at"), ends=F("ends"))
        )
    )


def checklist_gaps(initiative: Initiative) -> Iterator[Gap]:
    for each in getattr(initiative, FACT):
        if found := _why(each):
            why, verb, icon = found
            url = reverse("standards:checklist_answer", args=[initiative.reference, each["slug"]])
            yield Gap(each["title"], why, verb, url, icon)


def _why(each: dict[str, str | None]) -> tuple[str, str, str] | None:
    """Why it is not whole, the deed that mends it, and an icon; nothing where it is whole."""
    if not each["done"]:
        return "begun, not completed", "Go on", "checklist"
    if each["reopened"]:
        return "an answer changed since it was completed", "Look again", "refresh-alert"
    ends = date.fromisoformat(each["ends"]) if each["ends"] else None
    if ends and ends < clock.today():
        return f"ended {figures.relative(ends)}", "Renew", "clock-exclamation"
    return None
