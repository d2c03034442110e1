from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "aiso.events"
    verbose_name = "Events"

    def ready(self) -> None:
        # Tasks are sent by whichever Celery app was made last: make it ours in every process.
        import aiso.celery  # noqa: F401
