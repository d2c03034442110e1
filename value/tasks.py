from collections.abc import Callable
from datetime import datetime

from celery import shared_task
from django.core.cache import cache

from aiso.events.models import Event
from aiso.events.telling import Message, tell
from stagegates.touched import touched_by

from .actions import make_packs, packs, run_cost_files
from .actions.schedule_checks import schedule_all_checks, schedule_checks
from .baselines import baseline_message
from .claim_work import claim_message
from .kept import asking, look_backs, recompute
from .proposal_told import proposal_message
from .review.carried import bring_to_next
from .work import message_of

# A lot or a step takes a second or two: a file or pack that has not moved for this long has lost its worker.
STALLED_MINUTES = 1
# Seconds between the first event and counting what changed, and how long at most nobody else asks for it.
COUNTED_AFTER, HURRIED_FOR = 2, 20
HURRIED = "kept-rows-hurried"


@shared_task
def tell_of_measurement(event_id: int) -> None:
    """Tell who is to confirm what was measured, or what finance said of it. Once a person and event."""
    _tell(Event.objects.get(pk=event_id), message_of)


@shared_task
def tell_of_claim(event_id: int) -> None:
    """Tell who is to answer a claim, or what finance said of it. Once a person and event."""
    _tell(Event.objects.get(pk=event_id), claim_message)


@shared_task
def tell_of_proposal(event_id: int) -> None:
    """Tell the owners what is proposed to the portfolio review. Once a person and event."""
    _tell(Event.objects.get(pk=event_id), proposal_message)


@shared_task
def bring_proposal(event_id: int) -> None:
    """Put what was proposed on the agenda of the next portfolio review. Repeating it finds it there."""
    bring_to_next()


@shared_task
def run_queued_costs(event_id: int) -> None:
    """Read a long file of costs, or post it. Repeating it goes on where it stands, or finds nothing to do."""
    run_cost_files.run_cost_file(Event.objects.get(pk=event_id).payload["file"])


@shared_task
def resume_cost_files() -> None:
    """Take up files of costs whose worker died."""
    run_cost_files.resume_cost_files(STALLED_MINUTES)


@shared_task
def make_queued_pack(event_id: int) -> None:
    """Make a board pack. Repeating it goes on where it stands, or finds nothing to do."""
    make_packs.make_pack(Event.objects.get(pk=event_id).payload["pack"])


@shared_task
def resume_packs() -> None:
    """Take up board packs whose worker died."""
    make_packs.resume_packs(STALLED_MINUTES)


@shared_task
def ask_for_monthly_packs() -> None:
    """Ask for the packs that people subscribed to. Repeating it in a month finds them asked for."""
    packs.ask_for_monthly_packs()


@shared_task
def tell_of_baseline(event_id: int) -> None:
    """Tell who is to confirm a baseline, or that it is confirmed. Once a person and event."""
    _tell(Event.objects.get(pk=event_id), baseline_message)


@shared_task
def schedule_checks_after(event_id: int) -> None:
    """Schedule when what was confirmed is measured again, of the initiatives that an event concerns."""
    if touched := touched_by(Event.objects.get(pk=event_id)):
        schedule_checks(touched)


@shared_task
def schedule_checks_of_the_night() -> None:
    """The same of all initiatives, for what no event told."""
    schedule_all_checks()


def _tell(event: Event, message: Callable[[Event], Message | None]) -> None:
    if told := message(event):
        tell(told.people, event=event, kind=told.kind, text=told.text, path=told.path, about=told.about)


@shared_task
def count_soon(event_id: int) -> None:
    """Have what an event changed counted in a moment, together with what changes until then. A worker or a broker that
    dies meanwhile delays it until `count_what_changed` comes by the clock.
    """
    if cache.add(HURRIED, event_id, timeout=HURRIED_FOR):
        count_what_changed.apply_async(countdown=COUNTED_AFTER)


@shared_task
def count_what_changed() -> None:
    """Bring up to date what was marked in kept rows. Repeating it finds nothing to do."""
    cache.delete(HURRIED)
    recompute.recompute_unless_busy()


@shared_task
def count_all_of_the_night() -> None:
    """Bring all kept rows up to date: what no mark told, as after a change of settings."""
    recompute.recompute_all()


@shared_task
def look_back(known_at: str) -> None:
    """Count what was known at a moment, to be read for an hour. Repeating it finds it there."""
    asking.make_asked(datetime.fromisoformat(known_at))


@shared_task
def drop_look_backs() -> None:
    """Drop what was known at moments and is kept no longer. What somebody reads is left to the next time."""
    look_backs.drop_ended()
