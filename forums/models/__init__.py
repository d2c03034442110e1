from .action_item import ActionItem, ActionItemQuerySet
from .agenda import AgendaItem, AgendaItemQuerySet, ItemVote, VoteChoice
from .attendance import Attendance, Proxy
from .forum import SINGLE, VOTING, Forum, ForumQuerySet, Membership, MembershipQuerySet
from .meeting import Cadence, Meeting, MeetingQuerySet
from .minutes import Addendum, Minutes

__all__ = [
    "SINGLE",
    "VOTING",
    "ActionItem",
    "ActionItemQuerySet",
    "Addendum",
    "AgendaItem",
    "AgendaItemQuerySet",
    "Attendance",
    "Cadence",
    "Forum",
    "ForumQuerySet",
    "ItemVote",
    "Meeting",
    "MeetingQuerySet",
    "Membership",
    "MembershipQuerySet",
    "Minutes",
    "Proxy",
    "VoteChoice",
]
