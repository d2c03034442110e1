from .action_item import ActionItem, ActionItemQuerySet
from .agenda import AgendaItem, AgendaItemQuerySet, ItemVote, VoteChoice
from .attendance import Attendance, Proxy
from .forum import SINGLE, VOTING, Forum, ForumQuerySet, Membership, MembershipQuerySet
from .meeting import Cadence, Meeting, MeetingQuerySet
from .minutes import Addendum, AddendumQuerySet, Minutes, MinutesQuerySet

__all__ = [
    "SINGLE",
    "VOTING",
    "ActionItem",
    "ActionItemQuerySet",
    "Addendum",
    "AddendumQuerySet",
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
    "MinutesQuerySet",
    "Proxy",
    "VoteChoice",
]
