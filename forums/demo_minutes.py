"""A meeting of the demonstration that is over: its minutes, an addendum, and actions in every state."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from aiso import clock
from aiso.accounts.models import User
from aiso.web import figures
from portfolio.models import Initiative

from .actions.action_items import drop_action, finish_action, give_action, move_action
from .actions.agenda import put_on_agenda
from .actions.live import arrive, cast_item_vote, go_on, leave, put_to_vote, settle_item, start_meeting, write_note
from .actions.meetings import call_meeting, open_meeting
from .actions.minutes import close_meeting, sign_addendum, write_addendum
from .models import Forum, Meeting, Minutes, VoteChoice

DAYS_AGO = 45
# What was asked, what came of it, and what the minutes say; the last was not reached.
SPOKEN = (
    (
        "Does this pilot go on after its first quarter?",
        "It goes on; measured again in eight weeks",
        "Overrides fell from 21 to 12 %. The plant asks for a second line.\nFinance confirms the baseline first.",
    ),
    (
        "Two teams build the same search. Which one goes on?",
        "One search, owned by customer service",
        "The second team brings its test set along.",
    ),
    (
        "Do we take this supplier’s offer?",
        "Spoken of; decided by the sponsor",
        "The offer was compared with our own cost.",
    ),
    ("Which suppliers do we want to look at next year?", "", ""),
)
ADDENDUM = "On the second item: the test set moves over by the end of the quarter, not of the month."


@transaction.atomic
def tell_of_minutes(people: Mapping[str, User]) -> None:
    """Hold a meeting of the portfolio review some weeks ago, unless one was closed already."""
    if Minutes.objects.exists():
        return
    chair, secretary = people["executive"], people["office-member"]
    forum = Forum.objects.get(slug="portfolio-review")
    began = timezone.make_aware(datetime.combine(clock.today() - timedelta(days=DAYS_AGO), time(9)))
    with clock.fixed_at(began - timedelta(days=9)):
        meeting = call_meeting(forum, actor=secretary, starts_at=began, minutes_planned=60, place="Room 2")
        _put_items(meeting, secretary)
        open_meeting(meeting, actor=secretary)
    minutes = _hold(meeting, people, began)
    with clock.fixed_at(began + timedelta(days=1)):
        addendum = write_addendum(minutes, actor=secretary, text=ADDENDUM)
    with clock.fixed_at(began + timedelta(days=2)):
        sign_addendum(addendum, actor=chair)
    _follow_up(meeting, people, began)


def _put_items(meeting: Meeting, actor: User) -> None:
    open_ones = Initiative.objects.filter(is_confidential=False).exclude(business_owner=None).order_by("pk")[4:6]
    secret = Initiative.objects.filter(is_confidential=True).visible_to(actor).order_by("pk")[:1]
    about: list[Initiative | None] = [*open_ones, *secret]
    about += [None] * (len(SPOKEN) - len(about))
    for (asked, _, _), initiative in zip(SPOKEN, about, strict=True):
        told = {"initiative": initiative, "why": asked} if initiative else {"title": asked}
        put_on_agenda(meeting, actor=actor, minutes=15, let_see=True, **told)


def _hold(meeting: Meeting, people: Mapping[str, User], began: datetime) -> Minutes:
    """Each item takes a quarter of an hour; one member leaves early."""
    chair, secretary = people["executive"], people["office-member"]
    there = [people[name] for name in ("lucia.ferrante", "omar.haddad", "office-member")]
    with clock.fixed_at(began):
        start_meeting(meeting, actor=chair)
        for person in there:
            arrive(meeting, actor=chair, person=person)
    for number, (item, (_, result, note)) in enumerate(zip(meeting.items.all(), SPOKEN, strict=True), start=1):
        with clock.fixed_at(began + timedelta(minutes=14 * number)):
            if not result:
                return close_meeting(meeting, actor=chair)
            write_note(item, actor=secretary, note=note)
            if number == 1:
                number = put_to_vote(item, actor=secretary, data={"result": result}).motion_number
                cast_item_vote(item, actor=chair, choice=VoteChoice.FOR, motion=number)
                cast_item_vote(item, actor=there[0], choice=VoteChoice.FOR, motion=number)
                why = "The baseline first."
                cast_item_vote(item, actor=there[1], choice=VoteChoice.AGAINST, motion=number, reason=why)
                give_action(
                    meeting.forum,
                    actor=secretary,
                    meeting=meeting,
                    item=item,
                    text="Have the baseline confirmed by finance",
                    owner=there[0],
                    due_on=clock.today() + timedelta(days=DAYS_AGO - 3),
                )
            settle_item(item, actor=secretary, result=result)
            go_on(meeting, actor=chair)
            if number == 2:
                leave(meeting, actor=secretary, person=there[1])
    return close_meeting(meeting, actor=chair)


def _follow_up(meeting: Meeting, people: Mapping[str, User], began: datetime) -> None:
    """What the forum gave outside the meeting: open, moved, done and dropped."""
    forum, secretary = meeting.forum, people["office-member"]
    day = figures.local_date(began)
    with clock.fixed_at(began + timedelta(days=1)):
        given = [
            give_action(forum, actor=secretary, text=text, owner=people[owner], due_on=day + timedelta(days=days))
            for text, owner, days in (
                ("Bring the list of suppliers that stand behind more than one system", "omar.haddad", 58),
                ("Write down how long each gate took this year", "office-member", 12),
                ("Ask the works council for a date in spring", "lucia.ferrante", 40),
                ("Compare our run costs with last year’s plan", "finance-controller", 52),
            )
        ]
    with clock.fixed_at(began + timedelta(days=6)):
        finish_action(given[1], actor=secretary, note="It stands on the page of the forum.")
        drop_action(given[2], actor=secretary, reason="The date was set by the council itself.")
        owner = people["finance-controller"]
        reason = "The plan is approved a week later."
        move_action(given[3], actor=owner, due_on=day + timedelta(days=59), reason=reason)
