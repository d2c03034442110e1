from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "aiso.events"
    verbose_name = "Events"

    def ready(self) -> None:
        # Tasks are sent by whichever Celery app was made last: make it ours in every process.
        import aiso.celery  # noqa: F401
        from aiso.web.navigation import Entry, register_bell

        from .views import unread_count

        register_bell(Entry("Notifications", "bell", "events:notification_list", section="work", count=unread_count))
