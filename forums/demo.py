"""Who sits where in a demonstration, when they meet, and what waits for them."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Initiative

from .actions.agenda import put_in_backlog, put_on_agenda
from .actions.keep_forums import add_member
from .actions.meetings import call_meeting, cancel_meeting, make_meetings
from .models import Cadence, Forum, Meeting, Membership

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


# What stands on the next agenda of the portfolio review by hand: whether it is about an initiative, what is asked and
# the minutes planned.
ASKED = (
    ("", "Money for the third quarter: how much do we hold back?", 15),
    ("initiative", "The two pilots want the same call centre. Which one goes first?", 10),
)
WAITING = (
    ("", "One supplier stands behind a third of what runs. Do we want a second one?", 20),
    ("initiative", "Its owner changes in spring. Who takes it over?", 10),
)
# The same of the other forums.
ASKED_OF_OTHERS = {
    "standards-review": (
        ("Which two checklists do we shorten first?", 15),
        ("Who writes the playbook for the service desk?", 10),
    ),
    "value-and-risk-review": (
        ("Which claims of the first half still wait for a baseline?", 20),
        ("How do we count hours that free nobody’s budget?", 15),
    ),
}
CANCELLED = "Too few could come; what was urgent was decided in writing."


@transaction.atomic
def tell_of_meetings(people: Mapping[str, User]) -> None:
    """Make the meetings of the months ahead, one that was called and cancelled, a few items and a backlog."""
    if Meeting.objects.exists():
        return
    for cadence in Cadence.objects.select_related("forum"):
        make_meetings(cadence)
    review, secretary = Forum.objects.get(slug="portfolio-review"), people["office-member"]
    _call_and_cancel(review, secretary)
    owned = [*Initiative.objects.exclude(business_owner=None).filter(is_confidential=False).order_by("pk")[:4]]
    meeting = review.meetings.coming().first()
    for place, (about, why, minutes) in enumerate((*ASKED, *WAITING)):
        told = {"initiative": owned[place]} if about and place < len(owned) else {"title": why}
        why = why if "initiative" in told else ""
        if place < len(ASKED) and meeting:
            put_on_agenda(meeting, actor=secretary, why=why, minutes=minutes, **told)
        else:
            put_in_backlog(review, actor=secretary, why=why, minutes=minutes, **told)
    for slug, asked in ASKED_OF_OTHERS.items():
        if coming := Forum.objects.get(slug=slug).meetings.coming().first():
            for title, minutes in asked:
                put_on_agenda(coming, actor=secretary, title=title, minutes=minutes)


def _call_and_cancel(forum: Forum, actor: User) -> None:
    """Six weeks ago, on a Thursday, for a fortnight later."""
    then = clock.today() - timedelta(days=42 + (clock.today().weekday() - 3) % 7)
    with clock.fixed_at(timezone.make_aware(datetime.combine(then, time(9)))):
        moment = timezone.make_aware(datetime.combine(then + timedelta(days=14), time(15)))
        cancel_meeting(
            call_meeting(forum, actor=actor, starts_at=moment, minutes_planned=45), actor=actor, reason=CANCELLED
        )
