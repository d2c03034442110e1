from celery import shared_task

from aiso.events.models import Event

from . import actions
from .models import ConfigurationVersion


@shared_task
def follow_published(event_id: int) -> None:
    """Work out what follows from a published version, unless that was done with the publishing."""
    version = ConfigurationVersion.objects.get(pk=Event.objects.get(pk=event_id).payload["version"])
    if version.followed_at is None:
        actions.follow(version)
