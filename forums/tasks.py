import pghistory
from celery import shared_task

from aiso.accounts.models import User
from aiso.events.models import Event

from .actions import keep_forums, meetings
from .actions.agenda import fill_agenda
from .meeting_messages import messages_of
from .models import Cadence, Meeting


@shared_task
def end_memberships(event_id: int) -> None:
    """Free the seats of a person who left. Repeating it finds nothing more to end."""
    event = Event.objects.get(pk=event_id)
    person = User.objects.filter(pk=event.payload["person"], is_active=False).first()
    if person:
        reason = event.payload.get("reason") or f"{person} left."
        with pghistory.context(user=event.actor_id):
            keep_forums.end_memberships_of(person, reason=reason)


@shared_task
def notify_of_meeting(event_id: int) -> None:
    """Tell members of a meeting. Once a person and event, however often this runs."""
    event = Event.objects.get(pk=event_id)
    for message in messages_of(event):
        message.tell(event)


@shared_task
def prepare_meetings() -> None:
    """Make the meetings of the months ahead, and fill the agenda of each forum's next one while it is a draft."""
    with pghistory.context(reason="Made ahead."):
        for cadence in Cadence.objects.select_related("forum"):
            meetings.make_meetings(cadence)
        following = Meeting.objects.coming().order_by("forum_id", "starts_at", "pk").distinct("forum_id")
        for meeting in following.select_related("forum"):
            if meeting.state == Meeting.State.DRAFT:
                fill_agenda(meeting)
