from datetime import timedelta

from celery import shared_task

from aiso import clock

from .models import KeptAnswer

KEPT_FOR = timedelta(hours=24)


@shared_task
def forget_answers() -> None:
    """Drop the answers to keys that are a day old. Repeating it finds nothing more."""
    KeptAnswer.objects.filter(kept_at__lt=clock.now() - KEPT_FOR).delete()
