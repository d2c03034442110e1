"""The last portfolio review of the demonstration: money and a pause decided with votes, and what was not reached.

Everything goes through the actions that pages use, each with the clock at its moment.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from aiso import clock
from aiso.accounts.models import User
from forums.actions.action_items import finish_action, give_action
from forums.actions.agenda import fill_agenda, put_on_agenda
from forums.actions.live import (
    arrive,
    cast_item_vote,
    give_proxy,
    put_motion,
    settle_item,
    show_item,
    start_meeting,
    write_note,
)
from forums.actions.meetings import call_meeting, open_meeting
from forums.actions.minutes import close_meeting
from forums.models import ActionItem, AgendaItem, Forum, Meeting, Minutes, VoteChoice
from portfolio.models import Initiative
from portfolio.models.stage import ACTIVE

from ..actions.ask_funding import ask_money, why_not_ask
from ..actions.decide import decide_initiative
from ..actions.decide_in_meeting import decide_item, said_of
from ..actions.ruling import NewCondition, Ruling
from ..agenda.waiting import STALLED
from ..deciding import who_decides_on_each
from ..models import Decision
from ..money import envelope_of
from ..permissions import can_record_in_meeting
from ..separation import parties_to
from ..subjects import FUNDING

Outcome = Decision.Outcome
REVIEW = "portfolio-review"
DAYS_AGO = 17
# Days before the meeting: when money was asked for, the agenda filled, and sent.
ASKED, FILLED, SENT = 12, 8, 6
# Days since which the chair decided between the meetings.
BETWEEN = 5
MINUTES_AN_ITEM = 11
# Who votes, and who casts their vote.
VOTERS = {
    "executive": "executive",
    "lucia.ferrante": "lucia.ferrante",
    "finance-controller": "finance-controller",
    "omar.haddad": "finance-controller",
}
SUM = Decimal(85_000)
WHY_MORE = "The labels of the second year: two clerks for three months, and their desks."
CONDITION = "Show the agreement rate of the two clerks on the first two hundred cases."
WHY_FUNDED = "Without labels nobody can say whether it is right. Half of it now, the rest once two people agree."
AGAINST = "The labels should come out of the unit’s own budget."
WHY_PAUSED = "Nobody has worked on it since spring, and its data source is being replaced. It may come back after that."
ON_PAUSE = "Its owner says that the new source is there in March.\nThe pause was asked for by the owner’s unit."
BY_HAND = ("Do we meet on 24 December?", "No: what is urgent is decided in writing", 5)
WORDS = (
    "Its owner tells by the next review whether it goes on",
    "Goes on: the supplier delivered last week",
)
TODO = ("Ask the owner what it needs, or end it", "Tell the supplier by when the interface is due")
DONE_NOTE = "It goes on: the contract was renewed, and the team starts in January."
WHY_BETWEEN = "The owner moves to another unit on Monday. It rests until somebody takes it over."


def tell_of_the_last_review(people: Mapping[str, User]) -> None:
    """Hold it, with what comes of it; then the chair decides something between the meetings."""
    forum = Forum.objects.get(slug=REVIEW)
    began = timezone.make_aware(datetime.combine(clock.today() - timedelta(days=DAYS_AGO), time(10)))
    with clock.fixed_at(began - timedelta(days=ASKED)):
        _ask_for_money(forum)
    meeting = _prepare(forum, people["office-member"], began)
    _hold(meeting, people, began)
    _follow_up(meeting, people)
    _decide_between(forum, people["executive"])


def _ask_for_money(forum: Forum) -> None:
    """By the first whose sum the forum decides, where there is an envelope on the day of the meeting."""
    day = clock.today() + timedelta(days=ASKED)
    for initiative in _decided_by(forum, SUM):
        owner = initiative.business_owner
        if owner and envelope_of(initiative, day) and not why_not_ask(initiative):
            ask_money(initiative, actor=owner, amount=SUM, reason=WHY_MORE)
            return


def _decided_by(forum: Forum, amount: Decimal) -> Iterator[Initiative]:
    """Owned initiatives without a review on which a forum decides, the last on the register first."""
    owned = Initiative.objects.on_register().filter(stage__in=ACTIVE, business_owner__isnull=False, reviews=None)
    rows = [*owned.filter(is_confidential=False).select_related("business_owner", "bucket").order_by("-pk")]
    named = who_decides_on_each((row, amount) for row in rows)
    return (row for row in rows if named[row.pk].body == forum.slug)


def _prepare(forum: Forum, secretary: User, began: datetime) -> Meeting:
    with clock.fixed_at(began - timedelta(days=FILLED)):
        meeting = call_meeting(forum, actor=secretary, starts_at=began, minutes_planned=60, place="Room 2")
        fill_agenda(meeting)
        title, _, minutes = BY_HAND
        put_on_agenda(meeting, actor=secretary, title=title, minutes=minutes)
    with clock.fixed_at(began - timedelta(days=SENT)):
        return open_meeting(meeting, actor=secretary)


def _hold(meeting: Meeting, people: Mapping[str, User], began: datetime) -> Minutes:
    """Each item takes its time; what is left after an hour waits for the next one."""
    chair, secretary = people["executive"], people["office-member"]
    with clock.fixed_at(began):
        start_meeting(meeting, actor=chair)
        for name in ("lucia.ferrante", "finance-controller", "office-member"):
            arrive(meeting, actor=chair, person=people[name])
        give_proxy(meeting, actor=chair, giver=people["omar.haddad"], holder=people["finance-controller"])
    items = [*meeting.items.to_come().select_related("meeting__forum", "forum", "initiative")]
    decided = sorted(items, key=lambda item: item.source == STALLED and not _may_pause(item, secretary))
    words = iter(zip(WORDS, TODO, strict=True))
    for number, item in enumerate(decided):
        with clock.fixed_at(began + timedelta(minutes=MINUTES_AN_ITEM * number)):
            show_item(item, actor=chair)
        with clock.fixed_at(began + timedelta(minutes=MINUTES_AN_ITEM * (number + 1))):
            if not _speak_of(item, people, words):
                return close_meeting(meeting, actor=chair)
    with clock.fixed_at(began + timedelta(minutes=MINUTES_AN_ITEM * len(decided))):
        return close_meeting(meeting, actor=chair)


def _speak_of(item: AgendaItem, people: Mapping[str, User], words: Iterator[tuple[str, str]]) -> bool:
    """Decide an item or tell what came of it; False once nothing more is told."""
    secretary = people["office-member"]
    if item.source == FUNDING:
        _fund(item, people)
    elif item.source == STALLED and _may_pause(item, secretary):
        _pause(item, people)
    elif item.title == BY_HAND[0]:
        settle_item(item, actor=secretary, result=BY_HAND[1])
    elif told := next(words, None):
        _give(item, people, told[1])
        settle_item(item, actor=secretary, result=told[0])
    else:
        return False
    return True


def _may_pause(item: AgendaItem, actor: User) -> bool:
    """Whether the forum decides on the initiative of an item, and the actor may record it."""
    initiative = item.initiative
    if initiative is None or initiative.business_owner_id is None:
        return False
    body = who_decides_on_each([(initiative, Decimal(0))])[initiative.pk].body
    return body == item.forum.slug and can_record_in_meeting(actor, item.forum, parties_to(initiative))


def _fund(item: AgendaItem, people: Mapping[str, User]) -> None:
    """With one vote against, and a condition that nobody met in time."""
    owner = item.initiative.business_owner if item.initiative else None
    assert owner is not None
    condition = NewCondition(CONDITION, owner, clock.today() + timedelta(days=DAYS_AGO - 7))
    ruling = Ruling(Outcome.CONDITIONS, WHY_FUNDED, [condition], release_now=item.request_item.request.amount / 2)
    _vote(item, people, ruling, {"finance-controller": (VoteChoice.AGAINST, AGAINST)})
    decide_item(item, ruling, actor=people["office-member"])


def _pause(item: AgendaItem, people: Mapping[str, User]) -> None:
    write_note(item, actor=people["office-member"], note=ON_PAUSE)
    ruling = Ruling(Outcome.PAUSE, WHY_PAUSED)
    _vote(item, people, ruling, {"lucia.ferrante": (VoteChoice.ABSTAIN, "")})
    decide_item(item, ruling, actor=people["office-member"])


def _vote(item: AgendaItem, people: Mapping[str, User], ruling: Ruling, told: Mapping[str, tuple[str, str]]) -> None:
    """All in favour but those who are told of. Parties to it are recused; one who is away votes by proxy."""
    put = put_motion(item, actor=people["office-member"], motion=said_of(ruling))
    parties = parties_to(item.initiative) if item.initiative else frozenset()
    for name, holder in VOTERS.items():
        if people[name].pk not in parties:
            choice, reason = told.get(name, (VoteChoice.FOR, ""))
            motion, actor = put.motion_number, people[holder]
            cast_item_vote(item, actor=actor, person=people[name], choice=choice, reason=reason, motion=motion)


def _give(item: AgendaItem, people: Mapping[str, User], text: str) -> ActionItem:
    """One that is done by now, and one that is late."""
    owner, days = people["omar.haddad" if text == TODO[0] else "lucia.ferrante"], DAYS_AGO - 4
    return give_action(
        item.forum,
        actor=people["office-member"],
        meeting=item.meeting,
        item=item,
        text=text,
        owner=owner,
        due_on=clock.today() + timedelta(days=days),
    )


def _follow_up(meeting: Meeting, people: Mapping[str, User]) -> None:
    given = ActionItem.objects.filter(meeting=meeting, text=TODO[0]).first()
    if given:
        with clock.fixed_at(clock.now() - timedelta(days=BETWEEN)):
            finish_action(given, actor=people["omar.haddad"], note=DONE_NOTE)


def _decide_between(forum: Forum, chair: User) -> None:
    """What could not wait for the next meeting, which is shown it."""
    for initiative in _decided_by(forum, Decimal(0)):
        if initiative.stage != "paused" and chair.pk not in parties_to(initiative):
            with clock.fixed_at(clock.now() - timedelta(days=BETWEEN)):
                decide_initiative(initiative, actor=chair, outcome=Outcome.PAUSE, rationale=WHY_BETWEEN)
            return
