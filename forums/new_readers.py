"""Who would come to see a confidential initiative because a forum speaks of it (DESIGN §8)."""

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from portfolio.models import Initiative
from portfolio.permissions import sees

from .models import Forum

# New readers who are named; the others are counted.
NAMED = 5


def new_readers(forum: Forum, initiative: Initiative) -> list[User]:
    """Those with a seat in the forum who do not see a confidential initiative now, and would read an item about it.

    Nobody where it is ordinary, or stands on an agenda or in the backlog of that forum before. One query a seat.
    """
    if not initiative.is_confidential or forum.items.filter(initiative=initiative).exists():
        return []
    seats = forum.members_on(clock.today()).filter(person__is_active=True)
    return [seat.person for seat in seats if not sees(seat.person, initiative)]


def refuse_new_readers(forum: Forum, initiative: Initiative | None) -> None:
    """Raise DomainError at `let_see` where people come to see what they do not see now: it names them."""
    if initiative is not None and (readers := new_readers(forum, initiative)):
        raise DomainError(_warning(forum, readers), field="let_see")


def _warning(forum: Forum, readers: list[User]) -> str:
    names = ", ".join(map(str, readers[:NAMED]))
    more = f" and {len(readers) - NAMED} more" if len(readers) > NAMED else ""
    do = "does" if len(readers) == 1 else "do"
    return (
        f"{names}{more} of the {forum} {do} not see it now and will read this item: its name, its owners, what is "
        "asked and its evidence. Say that they may, and send it again."
    )
