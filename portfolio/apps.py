from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "portfolio"
    verbose_name = "Portfolio"

    def ready(self) -> None:
        """Listen to what happens, and fill the registries of the apps below."""
        from aiso.events.outbox import subscribe

        from . import tasks

        subscribe("person.deactivated", tasks.end_ownerships)
        subscribe("comment.added", tasks.notify_mentioned)
        subscribe("comment.edited", tasks.notify_mentioned)
        for changed in ("initiative.registered", "initiative.edited"):
            subscribe(changed, tasks.learn_search_words)
