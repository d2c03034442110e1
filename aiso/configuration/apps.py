from django.apps import AppConfig


class ConfigurationConfig(AppConfig):
    name = "aiso.configuration"
    verbose_name = "Configuration"

    def ready(self) -> None:
        """Name the pages, and let follow what publishing leaves to the background."""
        from aiso.accounts.permissions import can_see_administration
        from aiso.events.outbox import subscribe
        from aiso.web.navigation import Entry, register_entry

        from . import tasks
        from .calendar import KIND
        from .kinds import register_kind

        register_kind(KIND)
        subscribe("configuration.took_effect", tasks.follow_published)
        register_entry(
            Entry(
                "Configuration",
                "adjustments",
                "configuration:index",
                section="administration",
                order=35,
                may_see=can_see_administration,
                about="The rules that tier, lane and priority follow: drafted, published with a reason, kept.",
            )
        )
