from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "aiso.events"
    verbose_name = "Events"

    def ready(self) -> None:
        # Tasks are sent by whichever Celery app was made last: make it ours in every process.
        import aiso.celery  # noqa: F401
        from aiso.accounts.permissions import can_manage_people
        from aiso.web.navigation import Entry, register_bell, register_entry

        from .views.notifications import unread_count

        register_bell(Entry("Notifications", "bell", "events:notification_list", section="work", count=unread_count))
        register_entry(Entry("Mail to you", "mail", "events:mail_preference", section="account", order=20))
        register_entry(
            Entry(
                "Outgoing mail",
                "mail",
                "events:mail_list",
                section="administration",
                order=60,
                may_see=can_manage_people,
                about="What was sent, what waits for the mail server, and what failed.",
            )
        )
