"""What is told of the past of a forum, a meeting and an action, on their pages and in the API."""

from aiso.audit.history import PAGE, History, Told, history_of

from .models import ActionItem, Attendance, Forum, Meeting, Membership

SEATS = Told(Membership, says=lambda seat: f"{seat.get_role_display()}: {seat.person}")


def history_of_forum(forum: Forum, *, after: str = "", size: int = PAGE) -> History:
    """How it decides, and who had a seat in it."""
    return history_of(forum, [SEATS], after=after, size=size)


def history_of_meeting(meeting: Meeting, *, after: str = "") -> History:
    """Its course, and who was there. What was on screen is not told: it may be confidential."""
    return history_of(meeting, [Told(Attendance)], hide=("current",), after=after)


def history_of_action(action: ActionItem, *, after: str = "") -> History:
    """Who did what with it. Its item is not told: it may be confidential."""
    return history_of(action, hide=("item",), after=after)
