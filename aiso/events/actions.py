"""Reading notifications."""

from django.db import transaction
from django.db.models import QuerySet

from aiso import clock
from aiso.accounts.models import User

from .models import Notification


@transaction.atomic
def mark_read(notifications: "QuerySet[Notification]", *, actor: User) -> int:
    """Mark some of one's own notifications as read; returns how many were not before. Others' stay as they are."""
    return notifications.filter(person=actor, read_at=None).update(read_at=clock.now())
