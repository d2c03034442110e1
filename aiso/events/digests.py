"""The daily digests: one mail a person and working day, of what was told until the hour that the person chose."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from aiso import clock, workdays
from aiso.accounts.models import User

from .models import Mail, MailPreference, Notification


def write_digests() -> int:
    """Put today's digests that are due among the mails to send; returns how many. Repeating it finds none.

    What is told after the hour, or on a day off, waits for the next working day. A run that was missed is made up
    for by the next one.
    """
    if not workdays.is_working_day(clock.today()):
        return 0
    waiting = Notification.objects.filter(awaits_digest=True)
    people = User.objects.active().filter(pk__in=waiting.values("person")).order_by("pk")
    now = clock.now()
    return sum(_write_digest(each) for each in people.select_related("mail_preference") if due_at(each) <= now)


def due_at(person: User) -> datetime:
    """The moment of a person's digest today."""
    at = MailPreference.of(person).digest_at
    return datetime.combine(clock.today(), at, timezone.get_current_timezone())


@transaction.atomic
def _write_digest(person: User) -> bool:
    due, today = due_at(person), clock.today()
    if Mail.objects.filter(person=person, digest_of=today).exists():
        return False
    waiting = Notification.objects.filter(person=person, awaits_digest=True, created_at__lt=due)
    # What was read in the app meanwhile is no news.
    waiting.exclude(read_at=None).update(awaits_digest=False)
    if not waiting.exists():
        return False
    # Two runs at once: the second waits at the unique day, and finds nothing left.
    mail, is_new = Mail.objects.get_or_create(person=person, digest_of=today)
    if is_new:
        waiting.update(awaits_digest=False, mail=mail)
    return is_new
