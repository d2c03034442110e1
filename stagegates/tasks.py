from celery import shared_task

from .actions import monitor


@shared_task
def schedule_monitoring() -> None:
    """Schedule, move and drop looks at systems in use, as the rules and stages of this night say."""
    monitor.schedule_monitoring()
