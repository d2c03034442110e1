from datetime import timedelta

import pghistory
from celery import shared_task
from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User
from aiso.events.models import Event, Notification
from aiso.events.telling import Message, tell

from .actions.assign_owners import end_ownerships_of
from .actions.choose_level import end_past_levels
from .actions.conclude_lanes import conclude_lanes
from .actions.imports import run
from .autonomy_work import message_of_autonomy
from .barriers import message_of_barrier
from .counts import forget_counts
from .incidents import message_of_incident
from .intake_work import message_of
from .models import Clearance, Comment, Initiative, Lane, SearchWord
from .risks import message_of_risk

# The fields whose words searches know, and the one that decides whether they may.
LEARNT = frozenset({"name", "summary", "outcome", "is_confidential"})
# Up to so many initiatives, learning all words anew takes about a tenth of a second.
SMALL = 2000
# A batch takes a few seconds: an import that has not moved for this long has lost its worker.
STALLED_MINUTES = 1
# Days that the nightly look at clearances goes back, so that nights without a worker are made up for.
NIGHTS = 7


@shared_task
def end_ownerships(event_id: int) -> None:
    """Free what a person who left owned. Repeating it finds nothing more to end."""
    event = Event.objects.get(pk=event_id)
    person = User.objects.filter(pk=event.payload["person"], is_active=False).first()
    if person:
        with pghistory.context(user=event.actor_id, reason=event.payload.get("reason") or f"{person} left."):
            end_ownerships_of(person)


@shared_task
def notify_mentioned(event_id: int) -> None:
    """Tell the people whom a comment mentions. One notification an event, however often this runs."""
    event = Event.objects.get(pk=event_id)
    comment = Comment.objects.select_related("initiative", "author").filter(pk=event.payload["comment"]).first()
    if comment is None or comment.withdrawn_at:
        return
    already = Notification.objects.filter(
        event__payload__comment=comment.pk, person__in=comment.mentions.all()
    ).values_list("person", flat=True)
    tell(
        comment.mentions.exclude(pk__in=[*already, comment.author_id]),
        event=event,
        kind=Notification.Kind.MENTION,
        text=f"{comment.author} mentioned you on {comment.initiative.reference}",
        path=f"{comment.initiative.get_absolute_url()}discussion/#comment-{comment.pk}",
    )


@shared_task
def notify_of_intake(event_id: int) -> None:
    """Tell whom a request concerns now. One notification a person and event, however often this runs."""
    event = Event.objects.get(pk=event_id)
    _tell(event, message_of(event))


@shared_task
def notify_of_barrier(event_id: int) -> None:
    """Tell whose barrier it is now, or who raised what is lifted. Once a person and event, however often this runs."""
    event = Event.objects.get(pk=event_id)
    _tell(event, message_of_barrier(event))


@shared_task
def notify_of_risk(event_id: int) -> None:
    """Tell whose risk it is, and who accepted what is accepted no longer. Once a person and event."""
    event = Event.objects.get(pk=event_id)
    _tell(event, message_of_risk(event))


@shared_task
def notify_of_incident(event_id: int) -> None:
    """Tell whom an incident concerns now. One notification a person and event, however often this runs."""
    event = Event.objects.get(pk=event_id)
    _tell(event, message_of_incident(event))


def _tell(event: Event, message: Message | None) -> None:
    if message:
        message.tell(event)


@shared_task
def notify_of_autonomy(event_id: int) -> None:
    """Tell whom a step down, a reopened map or a level asked for concerns. One notification a person and event."""
    event = Event.objects.get(pk=event_id)
    _tell(event, message_of_autonomy(event))


@shared_task
def end_levels_of_the_night() -> None:
    """Let levels fall back whose last day was yesterday or before. Repeating it finds none."""
    if end_past_levels():
        # Lanes may have followed without a change by anybody, which is what counts are kept by.
        forget_counts()


@shared_task
def learn_search_words(event_id: int) -> None:
    """Add the words of changed initiatives to those that searches know.

    How many initiatives say a word is counted anew where that is quick, else with the night's refresh or an import's.
    """
    payload = Event.objects.get(pk=event_id).payload
    # An event that names no fields is of new initiatives, or of an import, after which all is learnt anew.
    fields = {*payload.get("fields", [payload["field"]] if "field" in payload else [])}
    if fields and fields.isdisjoint(LEARNT):
        return
    initiatives = Initiative.objects.filter(pk__in=payload.get("initiatives") or [payload["initiative"]])
    hidden = "is_confidential" in fields and initiatives.filter(is_confidential=True).exists()
    # The words of one that became confidential may be nobody else's: only learning all anew forgets them.
    if hidden or not Initiative.objects.order_by("pk")[SMALL:].exists():
        SearchWord.objects.refresh()
    else:
        SearchWord.objects.learn(initiatives)


@shared_task
def refresh_search_words(event_id: int | None = None) -> None:
    """Learn all words anew, count them, and forget those that no ordinary initiative has any more."""
    SearchWord.objects.refresh()


@shared_task
def run_started_import(event_id: int) -> None:
    """Bring an import to its end. Repeating it goes on where it stands, or finds nothing to do."""
    run.run_import(Event.objects.get(pk=event_id).payload["job"])


@shared_task
def resume_imports() -> None:
    """Take up imports whose worker died."""
    run.resume_imports(STALLED_MINUTES)


@shared_task
def conclude_lanes_of_tool(event_id: int) -> None:
    """Let the lanes of a tool's initiatives follow what was said of it. Repeating it finds them concluded."""
    tool = Event.objects.get(pk=event_id).payload["tool"]
    _conclude(Q(pk__in=Initiative.tools.through.objects.filter(tool=tool).values("initiative")))


@shared_task
def conclude_lanes_of_the_night() -> None:
    """Conclude the lanes of initiatives whose tools' clearances began or ended in these days, or that say no reason.

    Nobody publishes an event when an approval ends. Repeating it finds the lanes concluded.
    """
    today = clock.today()
    began = Q(decided_on__range=(today - timedelta(days=NIGHTS), today))
    ended = Q(expires_on__range=(today - timedelta(days=NIGHTS), today - timedelta(days=1)))
    moved = Clearance.objects.filter(began | ended).values("tool")
    users = Initiative.tools.through.objects.filter(tool__in=moved).values("initiative")
    _conclude(Q(pk__in=users) | Q(lane=Lane.FULL, lane_decided_by=""))


def _conclude(which: Q) -> None:
    if conclude_lanes([*Initiative.objects.filter(which).order_by("pk").values_list("pk", flat=True)]):
        # Lanes followed without a change by anybody, which is what counts are kept by.
        forget_counts()
