"""My work: reviews of one's own that lack something, and those that are ready to submit."""

from collections.abc import Iterator

from django.db.models import Q

from aiso.accounts.models import User
from aiso.web import figures
from aiso.web.work import WorkItem
from portfolio.models.initiative import OWNERS

from .models import GateReview
from .standing import Standing, standings_of

# Reviews that are looked through at once.
MOST = 50
# Requirements that a row names; the rest is counted.
NAMED = 2


def reviews_of(person: User) -> Iterator[WorkItem]:
    """A row for each open review of an initiative that the person owns, until it is submitted. A fixed number of
    queries.
    """
    own = Q(*[(f"initiative__{owner}", person) for owner in OWNERS], _connector=Q.OR)
    open_ones = GateReview.objects.visible_to(person).open().filter(own, submitted_at=None)
    reviews = [*open_ones.select_related("initiative", "gates_version").defer("initiative__search")[:MOST]]
    standings = standings_of(reviews) if reviews else {}
    for review in reviews:
        missing = [each for each in standings[review.pk] if not each.is_settled]
        yield _item(review, missing)


def _item(review: GateReview, missing: list[Standing]) -> WorkItem:
    title = review.title.lower()
    named = "; ".join(each.requirement.text for each in missing[:NAMED])
    more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
    lacking = f"{figures.plural(len(missing), 'requirement')} of {title} missing for"
    return WorkItem(
        what=lacking if missing else f"The review of {title} is ready to submit for",
        url=review.get_absolute_url(),
        verb="Complete" if missing else "Submit",
        icon="lock-open",
        note=f"{named}{more}",
        initiative=str(review.initiative),
        initiative_url=review.initiative.get_absolute_url(),
        since=figures.local_date(review.opened_at),
    )
