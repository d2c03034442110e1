"""What waits for a person in checklists: those they began, and those of their initiatives that end."""

from collections.abc import Iterator

from django.db.models import Exists, Max, Model, OuterRef, Q
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from aiso.web import figures
from aiso.web.work import WorkItem
from portfolio.models import Initiative
from portfolio.models.initiative import OWNERS
from portfolio.models.stage import ENDED

from .models import ChecklistAnswer, ChecklistCompletion, OfInitiativeQuerySet

# Rows of one kind at most.
MOST = 100


def checklists_of(person: User) -> Iterator[WorkItem]:
    """A row for each checklist that the person began or vouched for and that is open, and for each that ends."""
    yield from _open(person)
    yield from _ending(person)


def _open(person: User) -> Iterator[WorkItem]:
    of_it = {"initiative": OuterRef("initiative"), "standard": OuterRef("standard")}
    closed = ChecklistCompletion.objects.current().filter(**of_it, reopened_at=None)
    begun = _running(person, ChecklistAnswer.objects.filter(answered_by=person, standard__is_active=True))
    rows = begun.exclude(Exists(closed)).values("initiative", "initiative__name", "standard__slug", "standard__title")
    for row in rows.annotate(since=Max("answered_at")).order_by("since")[:MOST]:
        initiative = Initiative(pk=row["initiative"], name=row["initiative__name"])
        since = figures.local_date(row["since"])
        yield _item(initiative, row["standard__slug"], f"{row['standard__title']} to complete", "Go on", since=since)


def _ending(person: User) -> Iterator[WorkItem]:
    own = Q(*[(f"initiative__{owner}", person) for owner in OWNERS], _connector=Q.OR) | Q(completed_by=person)
    rows = _running(person, ChecklistCompletion.objects.ending().filter(own, standard__is_active=True))
    for row in rows.select_related("standard", "initiative").order_by("expires_on")[:MOST]:
        end = row.expires_on
        assert end is not None  # one that holds for good does not end
        told = f"{'ended' if end < clock.today() else 'ends'} {figures.relative(end)}"
        yield _item(row.initiative, row.standard.slug, f"{row.standard} {told}", "Renew", due=end)


def _running[M: Model](person: User, rows: OfInitiativeQuerySet[M]) -> OfInitiativeQuerySet[M]:
    """Those of initiatives that the person sees and that have not ended."""
    seen = Initiative.objects.visible_to(person).on_register().exclude(stage__in=ENDED)
    return rows.filter(initiative__in=seen.values("pk"))


def _item(initiative: Initiative, slug: str, what: str, verb: str, **days: object) -> WorkItem:
    url = reverse("standards:checklist_answer", args=[initiative.reference, slug])
    place = {"initiative": str(initiative), "initiative_url": initiative.get_absolute_url()}
    return WorkItem(what, url, verb, icon="checklist", **place, **days)  # type: ignore[arg-type]
