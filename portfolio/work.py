"""What waits for a person in the register: gaps in what they own, mentions, and the office's upkeep."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from aiso.accounts.models import User
from aiso.events.models import Notification
from aiso.web import figures
from aiso.web.work import WorkItem

from .counts import Counts
from .facts import lowered
from .gaps import Gap, gaps_of, with_gap_facts
from .models import ImportJob, Initiative, ValueMapEntry
from .models.initiative import OWNERS
from .models.stage import ENDED
from .permissions import can_edit_value_maps, can_register

# More of one's own than this is looked through in the register.
MOST = 100
# Gaps that a row names; the rest is counted.
NAMED = 3


def gaps_of_own(person: User) -> Iterator[WorkItem]:
    """A row for each initiative that the person owns and that lacks something they can mend."""
    own = Q(*[(owner, person) for owner in OWNERS], _connector=Q.OR)
    rows = with_gap_facts(Initiative.objects.visible_to(person).on_register()).exclude(stage__in=ENDED).filter(own)
    for initiative in rows.select_related("business_owner").defer("search").order_by("-changed_at")[:MOST]:
        gaps = [gap for gap in gaps_of(initiative) if gap.by == "editors"]
        if gaps:
            yield _item(initiative, gaps)


def mentions_of(person: User) -> Iterator[WorkItem]:
    """A row for each unread mention in a discussion."""
    mentions = Notification.objects.visible_to(person).unread().filter(event__name__startswith="comment.")
    for mention in mentions.order_by("created_at")[:MOST]:
        yield WorkItem(mention.text, mention.path, "Read", icon="at", since=figures.local_date(mention.created_at))


def upkeep_of(person: User) -> Iterator[WorkItem]:
    """For the office: what keeps the register from being whole, as one row each."""
    if can_register(person) and (unstable := Counts(person).summary()["unstable"]):
        what = f"{figures.plural(unstable, 'initiative')} without a stable owner"
        yield WorkItem(what, f"{reverse('portfolio:register')}?stable=no", "Name owners", icon="user-question")
    if can_edit_value_maps(person) and (unknown := ValueMapEntry.objects.visible_to(person).unmapped().count()):
        what = f"{figures.plural(unknown, 'spelling')} in imported files not understood"
        yield WorkItem(what, reverse("portfolio:value_map_index"), "Explain", icon="replace")
    unchecked = ImportJob.objects.visible_to(person).filter(uploaded_by=person, state=ImportJob.State.MAPPING)
    for job in unchecked.order_by("uploaded_at")[:MOST]:
        since = figures.local_date(job.uploaded_at)
        what = f"Columns of {job.file_name} to check"
        yield WorkItem(what, job.get_absolute_url(), "Check", icon="file-import", since=since)


def _item(initiative: Initiative, gaps: list[Gap]) -> WorkItem:
    named = ", ".join(lowered(gap.what) for gap in gaps[:NAMED])
    more = f" and {len(gaps) - NAMED} more" if len(gaps) > NAMED else ""
    return WorkItem(
        what=f"{figures.plural(len(gaps), 'gap')} in",
        url=f"{reverse('portfolio:initiative_detail', args=[initiative.reference])}#missing",
        verb="Complete",
        icon="list-check",
        note=f"{named}{more}",
        initiative=str(initiative),
        initiative_url=initiative.get_absolute_url(),
    )
