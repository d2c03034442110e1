from celery import shared_task

from aiso.events.models import Event

from . import actions
from .kinds import kind_of
from .models import ConfigurationVersion


@shared_task
def follow_published(event_id: int) -> None:
    """Work out what follows from a version that took effect, unless that was done at once."""
    version = ConfigurationVersion.objects.get(pk=Event.objects.get(pk=event_id).payload["version"])
    if version.settled_at is not None and version.followed_at is None:
        actions.follow(version)


@shared_task
def take_effect() -> None:
    """Let versions take effect whose day has come. A missed night is caught up by the next."""
    for slug in sorted({*ConfigurationVersion.objects.due().values_list("kind", flat=True)}):
        take_effect_of.delay(slug)


@shared_task
def take_effect_of(slug: str) -> None:
    """Those of one kind, apart: one that fails keeps no other from its day."""
    if kind := kind_of(slug):
        actions.take_effect(kind)
