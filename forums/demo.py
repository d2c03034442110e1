"""Who sits where in a demonstration."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction

from aiso import clock
from aiso.accounts.models import User

from .actions.keep_forums import add_member
from .models import Forum, Membership

# The seats of each forum: the address of an invented person, and their part.
SEATS = {
    "executive-sponsor": (("executive", "sponsor"),),
    "portfolio-review": (
        ("executive", "chair"),
        ("lucia.ferrante", "member"),
        ("omar.haddad", "member"),
        ("finance-controller", "member"),
        ("office-member", "secretary"),
    ),
    "standards-review": (
        ("emma.kowalski", "chair"),
        ("grace.mbeki", "member"),
        ("security-reviewer", "member"),
        ("office-member", "secretary"),
    ),
    "value-and-risk-review": (
        ("finance-controller", "chair"),
        ("risk-reviewer", "member"),
        ("samir.joshi", "member"),
        ("office-member", "secretary"),
    ),
    "fast-lane-delegate": (("office-member", "member"),),
}
DAYS_AGO = 200


@transaction.atomic
def seat_people(people: Mapping[str, User]) -> None:
    """Give the invented people their seats, unless somebody sits there already."""
    if Membership.objects.exists():
        return
    since = clock.today() - timedelta(days=DAYS_AGO)
    for slug, seats in SEATS.items():
        forum = Forum.objects.get(slug=slug)
        for address, role in seats:
            add_member(forum, actor=people["office-lead"], person=people[address], role=role, started_on=since)
