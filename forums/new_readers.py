"""Who would come to see a confidential initiative because a forum speaks of it (DESIGN §8)."""

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Initiative

from .models import Forum


def new_readers(forum: Forum, initiative: Initiative) -> list[User]:
    """Those with a seat in the forum who do not see a confidential initiative now, and would read an item about it.

    Nobody where it is ordinary, or stands on an agenda or in the backlog of that forum before. One query a seat.
    """
    if not initiative.is_confidential or forum.items.filter(initiative=initiative).exists():
        return []
    seats = forum.members_on(clock.today()).filter(person__is_active=True)
    return [seat.person for seat in seats if not _sees(seat.person, initiative)]


def _sees(person: User, initiative: Initiative) -> bool:
    return Initiative.objects.visible_to(person).filter(pk=initiative.pk).exists()
